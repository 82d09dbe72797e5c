import { describe, expect, it } from '@jest/globals';
import { type Locale, personMenu } from '../../src/http/index.ts';

const menuAt = (path: string, locale: Locale = 'en') =>
  personMenu({ locale, koa: { path } } as Parameters<typeof personMenu>[0]);

describe('the menu of a person', () => {
  it.each([
    ['/wallet', '/wallet'],
    ['/wallet/0123456789012345678901/show', '/wallet'],
    ['/wallet/shares', '/wallet/shares'],
    ['/wallet/shares/withdraw', '/wallet/shares'],
    ['/account', '/account'],
    ['/account/passkeys/add', '/account'],
  ])('on %s marks %s alone', (path, current) => {
    expect(menuAt(path).filter((entry) => entry.current)).toEqual([
      expect.objectContaining({ href: current }),
    ]);
  });

  it.each(['/', '/accounting'])('marks nothing on %s', (path) => {
    expect(menuAt(path).some(({ current }) => current)).toBe(false);
  });

  it('speaks the language of the page', () => {
    expect(menuAt('/', 'zh-CN').map(({ label }) => label)).toEqual(['证照', '授权', '我的账号', '退出登录']);
    expect(menuAt('/').map(({ label }) => label)).toEqual(['Licences', 'Consents', 'My account', 'Log out']);
  });
});
