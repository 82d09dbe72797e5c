import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchUserInfo } from 'openid-client';
import { enter, openSsoWorld, type SsoWorld } from '../support/sso.ts';

let world: SsoWorld;
beforeAll(async () => {
  world = await openSsoWorld();
});
afterAll(async () => {
  await world.close();
});

describe('a login', () => {
  it('opens a site by code and PKCE, and userinfo answers what was asked and allowed', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const attempt = await site.begin({ scope: 'openid profile' });
    const tokens = await site.finish(attempt, await enter(visitor, attempt.url));
    expect(tokens.claims()).toMatchObject({
      iss: world.origin,
      aud: site.clientId,
      acr: 'urn:tongxing:loa:2',
      amr: ['pwd'],
      sub: expect.stringMatching(/^[\w-]{22}$/),
    });
    const info = await fetchUserInfo(site.config, tokens.access_token, String(tokens.claims()?.sub));
    expect(info).toEqual({
      sub: tokens.claims()?.sub,
      name: '示例人',
      updated_at: 1_700_000_000,
      acr: undefined,
    });
  });
});
