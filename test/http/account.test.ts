import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createDevice } from '../support/device.ts';
import {
  enterPortal,
  faultsOf,
  heading,
  openSite,
  passkeyOptions,
  send,
  type TestSite,
  visit,
} from '../support/pages.ts';
import { personAt } from '../support/people.ts';

let app: TestApp;
let site: TestSite;
const password = 'quiet-harbour-1880';

beforeAll(async () => {
  app = await createTestApp();
  site = await openSite(app);
});
afterAll(() => app.close());

/** Somebody with an account, logged in to the portal. */
async function someone(n: number, options: Parameters<TestApp['enrol']>[1] = {}, path?: string) {
  const person = personAt(n);
  const accountId = await app.enrol(person, { password, ...options });
  const visitor = app.visitor();
  const page = await enterPortal(visitor, { identifier: person.idNumber, password }, path);
  return { person, accountId, visitor, page };
}

describe('the account', () => {
  it('is reached through the login that every site uses, and shows everything masked', async () => {
    const { person, page } = await someone(100);
    expect(heading(page)).toBe('我的账号');
    expect(page.text).toContain('中级实名');
    for (const secret of [person.name, person.idNumber, person.phoneNumber.slice(3)])
      expect(page.text).not.toContain(secret);
  });

  it('shows the data in full when asked to, and writes that down without the data', async () => {
    const { person, accountId, visitor, page } = await someone(101);
    const full = await send(visitor, page, '/account/show');
    expect(full.text.replaceAll(' ', '')).toContain(person.idNumber);
    await app.service.audit.drain();
    const events = await app.service.audit.eventsOf(accountId, { types: ['portal.identifiers.shown'] });
    expect(events.items).toHaveLength(1);
    expect(JSON.stringify(events.items)).not.toContain(person.idNumber);
  });

  it('lists where the person is logged in, what they entered, and ends other sessions', async () => {
    const { person, visitor } = await someone(102);
    const elsewhere = app.visitor();
    await enterPortal(elsewhere, { identifier: person.idNumber, password });
    const activity = await visit(visitor, '/account/activity');
    expect(activity.text.match(/action="\/account\/sessions\/end"/g)).toHaveLength(1);
    expect(activity.text).not.toMatch(/进入过：[^<]*通行/);
    const done = await send(visitor, activity, '/account/sessions/end-others');
    expect(done.text).toContain('其他地方的登录都已退出');
    expect(heading(await visit(elsewhere, '/account'))).toBe('登录');
    expect(heading(await visit(visitor, '/account'))).toBe('我的账号');
  });

  it('lists the sites that were allowed, and takes it back', async () => {
    const { visitor } = await someone(103);
    const { page: consent } = await site.open(visitor, { scope: 'openid profile id_number' });
    await send(visitor, consent, '/allow');
    const sites = await visit(visitor, '/account/sites');
    expect(sites.text).toContain('示例网站');
    expect(sites.text).toContain('可以得到：姓名、证件类型、证件号码');
    const done = await send(visitor, sites, '/account/sites/withdraw');
    expect(done.text).toContain('同意已收回');
    const { page: again } = await site.open(visitor, { scope: 'openid profile id_number' });
    expect(heading(again)).toBe('示例网站想使用您的信息');
  });

  it('asks for a login of the last minutes before anything dangerous', async () => {
    const { visitor } = await someone(104);
    expect(heading(await visit(visitor, '/account/password'))).toBe('修改密码');
    app.clock.advance(301);
    for (const path of ['password', 'phone', 'passkeys/new', 'disable']) {
      const { location = '' } = await visitor.get(`/account/${path}`);
      expect(new URL(location).searchParams.get('max_age')).toBe('300');
    }
    expect((await visitor.get('/account/activity')).status).toBe(200);
  });
});

describe('changes to the account', () => {
  it('a password: typed twice, not a common one, then only the new one opens the door', async () => {
    const { person, visitor } = await someone(110);
    const form = await visit(visitor, '/account/password');
    const differ = await send(visitor, form, '/account/password', {
      password: 'one-thing-22',
      password2: 'another-22',
    });
    expect(faultsOf(differ)).toEqual(['两次输入的密码不一样']);
    const fresh = 'evening-lantern-1890';
    const done = await send(visitor, differ, '/account/password', { password: fresh, password2: fresh });
    expect(done.text).toContain('密码已更新');
    const other = app.visitor();
    const refused = await enterPortal(other, { identifier: person.idNumber, password });
    expect(faultsOf(refused)[0]).toContain('没有登录成功');
    expect(heading(await enterPortal(other, { identifier: person.idNumber, password: fresh }))).toBe(
      '我的账号',
    );
  });

  it('a phone: a code to the new one, a word to the old one', async () => {
    const { person, visitor } = await someone(111);
    const next = personAt(911).phoneNumber;
    await app.registers.control('/subscribers', { phone_number: next, id_number: person.idNumber });
    const form = await visit(visitor, '/account/phone');
    const wrong = await send(visitor, form, '/account/phone', { phoneNumber: '12345' });
    expect(wrong.status).toBe(422);
    const ask = await send(visitor, wrong, '/account/phone', { phoneNumber: next.slice(3) });
    expect(heading(ask)).toBe('输入新手机收到的验证码');
    const code = await app.registers.lastCode(next);
    const done = await send(visitor, ask, '/account/phone/code', { code });
    expect(done.text).toContain('手机号已更换');
    await app.service.identity.deliverMessages();
    expect((await app.registers.inbox(person.phoneNumber)).length).toBeGreaterThan(0);
  });

  it('a passkey: added by the script of the page, then it logs in, is renamed and removed', async () => {
    const { visitor } = await someone(112);
    const device = createDevice({ origin: app.issuer });
    const form = await visit(visitor, '/account/passkeys/new');
    const { challenge, options } = await passkeyOptions(visitor, '/account/passkeys/options');
    const created = device.create({ challengeId: challenge, options });
    const added = await send(visitor, form, '/account/passkeys/new', {
      challenge,
      response: JSON.stringify(created),
      name: '试用手机',
    });
    expect(added.text).toContain('通行密钥已添加');
    expect(added.text).toContain('试用手机');

    const other = app.visitor();
    const login = await visit(other, '/account');
    const { pathname } = new URL(login.url);
    const asked = await passkeyOptions(other, `${pathname}/passkey-options`);
    const signed = device.get({ challengeId: asked.challenge, options: asked.options });
    const back = await send(other, login, '/passkey', {
      challenge: asked.challenge,
      response: JSON.stringify(signed),
    });
    expect(heading(await visit(other, back.location ?? ''))).toBe('我的账号');

    const remove = /\/account\/passkeys\/remove\?id=[^"]+/.exec(added.text)?.[0] ?? '';
    const rename = await visitor.get(remove.replace('remove', 'rename'));
    const renamed = await send(visitor, rename, '/rename', { name: '旧手机' });
    expect(renamed.text).toContain('旧手机');
    const question = await visitor.get(remove);
    expect(heading(question)).toBe('删除通行密钥“旧手机”？');
    expect((await send(visitor, question, '/remove')).text).toContain('通行密钥已删除');
  });

  it('a way to log in: blocked, then not even the right password opens, and never the last one', async () => {
    const { visitor } = await someone(113);
    const methods = await visit(visitor, '/account/methods');
    const blocked = await visitor.submit(methods, {}, 'toggle-sms', 1);
    expect(blocked.text).toContain('这种登录方式已停用');
    const last = await visitor.submit(blocked, {}, 'toggle-password', 0);
    expect(faultsOf(last)[0]).toContain('仅有的登录方式');
  });

  it('a name: through the police register only', async () => {
    const { person, visitor } = await someone(114);
    await app.registers.control('/people', { id_number: person.idNumber, name: '赵更名' });
    const form = await visit(visitor, '/account/name');
    const refused = await send(visitor, form, '/account/name', { name: '赵自封' });
    expect(faultsOf(refused)[0]).toContain('和公安人口库里的姓名不一致');
    const done = await send(visitor, refused, '/account/name', { name: '赵更名' });
    expect(done.text).toContain('姓名已更新');
  });

  it('the level: by the operator, or by the social security card', async () => {
    const { person, visitor, page } = await someone(115, { level: 1, isPhoneMatched: false });
    expect(page.text).toContain('初级实名');
    await app.registers.control('/people', { id_number: person.idNumber, name: person.name });
    await app.registers.control('/cards', { id_number: person.idNumber, card_number: person.cardNumber });
    const level = await visit(visitor, '/account/level');
    const no = await send(visitor, level, '/account/level');
    expect(faultsOf(no)[0]).toContain('运营商没有确认');
    const done = await send(visitor, no, '/account/level/card', { cardNumber: person.cardNumber });
    expect(faultsOf(done)).toEqual([]);
    expect(done.text).toContain('等级已提高');
  });

  it('disabling: only when confirmed, in numbers, and then nothing opens any more', async () => {
    const { person, visitor } = await someone(116);
    const form = await visit(visitor, '/account/disable');
    const unconfirmed = await send(visitor, form, '/account/disable');
    expect(faultsOf(unconfirmed)).toEqual(['请先勾选，确认您明白后果']);
    const done = await send(visitor, unconfirmed, '/account/disable', { confirm: 'yes' });
    expect(heading(done)).toBe('账号已停用');
    expect(heading(await visit(visitor, '/account'))).toBe('登录');
    const refused = await enterPortal(app.visitor(), { identifier: person.idNumber, password });
    expect(faultsOf(refused)[0]).toContain('没有登录成功');
  });

  it('reporting theft: every session ends, this one too', async () => {
    const { person, visitor } = await someone(117);
    const elsewhere = app.visitor();
    await enterPortal(elsewhere, { identifier: person.idNumber, password });
    const form = await visit(visitor, '/account/theft');
    const done = await send(visitor, form, '/account/theft');
    expect(heading(done)).toBe('已收到您的报告');
    expect(heading(await visit(visitor, '/account'))).toBe('登录');
    expect(heading(await visit(elsewhere, '/account'))).toBe('登录');
  });
});

describe('the link in a message about the account', () => {
  it('asks first, works without a login, ends every session and the way in that it is about, once', async () => {
    const { person, visitor } = await someone(118);
    const form = await visit(visitor, '/account/password');
    const fresh = 'somebody-else-1881';
    await send(visitor, form, '/account/password', { password: fresh, password2: fresh });
    const path = await app.registers.lastLink(person.phoneNumber);
    const owner = app.visitor();
    const question = await owner.get(path);
    expect(question.status).toBe(200);
    // Looking does nothing: previews of messages open links too.
    expect(heading(await visit(visitor, '/account'))).toBe('我的账号');
    const done = await owner.submit(question);
    expect(done.text).toContain('密码');
    expect(heading(await visit(visitor, '/account'))).toBe('登录');
    const refused = await enterPortal(app.visitor(), { identifier: person.idNumber, password: fresh });
    expect(heading(refused)).toBe('登录');
    expect((await owner.get(`${path.slice(0, -1)}x`)).status).toBe(200);
    expect((await owner.submit(await owner.get(`${path.slice(0, -1)}x`))).status).toBe(410);
  });
});

describe('the doors of the portal', () => {
  it('greet strangers and people who are logged in', async () => {
    const stranger = await app.visitor().get('/');
    expect(heading(stranger)).toBe('一次登录，办全省的事');
    const { visitor } = await someone(120);
    expect(heading(await visitor.get('/'))).toMatch(/您好$/);
  });

  it('lead to registration, which says how to log in instead', async () => {
    const page = await visit(app.visitor(), '/register');
    expect(heading(page)).toBe('您是谁');
    expect(page.text).toContain('已有账号？直接登录');
  });

  it('do not go round in circles without cookies, and do not take a foreign answer', async () => {
    const answer = await app.visitor().get('/portal/callback?code=foreign&state=foreign');
    expect(answer.status).toBe(400);
    expect(heading(answer)).toBe('这次登录已过期');
  });

  it('let people out everywhere at once', async () => {
    const { visitor } = await someone(121);
    const { page: consent } = await site.open(visitor);
    if (!consent.location) await send(visitor, consent, '/allow');
    const stay = await visitor.submit(await visit(visitor, '/logout'), {}, 'logout-no');
    expect(heading(stay)).toBe('您没有退出');
    expect(heading(await visit(visitor, '/account'))).toBe('我的账号');
    const question = await visit(visitor, '/logout');
    expect(heading(question)).toBe('要退出登录吗');
    expect(question.text).toContain('<li>示例网站</li>');
    const done = await visitor.submit(question, {}, 'logout-yes');
    expect(heading(done)).toBe('您已退出登录');
    expect(done.text).toContain('<li>示例网站</li>');
    expect(heading(await visit(visitor, '/account'))).toBe('登录');
  });

  it('say what is kept and for whom these pages are made', async () => {
    for (const [path, title] of [
      ['/privacy', '隐私说明'],
      ['/accessibility', '无障碍说明'],
    ] as const)
      expect(heading(await app.visitor().get(path))).toBe(title);
  });
});
