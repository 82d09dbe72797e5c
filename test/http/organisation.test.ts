import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { createTestApp, type TestApp } from '../support/app.ts';
import { enterPortal, faultsOf, heading, openSite, send, type TestSite, visit } from '../support/pages.ts';
import { personAt, type TestPerson } from '../support/people.ts';
import type { Answer, LoginAttempt, Visitor } from '../support/relying-party.ts';

let app: TestApp;
let site: TestSite;
let second: TestSite;
const password = 'quiet-harbour-1880';
const scope = 'openid profile organisation';
const companyName = '示例省演示食品有限公司';

beforeAll(async () => {
  app = await createTestApp();
  site = await openSite(app, { client_name: '示例办事大厅', scope });
  second = await openSite(app, { client_name: '示例医保', scope });
});
afterAll(() => app.close());
beforeEach(() => app.registers.control('', { register: 'business', mode: 'normal' }));

let people = 700;

/** A person and a company of theirs; nobody knows either yet but the registers. */
async function company(options: Parameters<TestApp['enrol']>[1] = {}) {
  people += 1;
  const person = personAt(people);
  const creditCode = `91520000MA1${String(people).padStart(6, '0')}K`;
  const accountId = await app.enrol(person, { password, ...options });
  await app.registers.control('/people', { id_number: person.idNumber, name: person.name });
  await register(creditCode, person);
  return { person, accountId, creditCode, visitor: app.visitor() };
}

const register = (creditCode: string, representative: TestPerson, standing = 'active') =>
  app.registers.control('/organisations', {
    credit_code: creditCode,
    name: companyName,
    representative_id_number: representative.idNumber,
    standing,
  });

const isDown = () => app.registers.control('', { register: 'business', mode: 'error' });

/** Opens the login page of a site on its tab for organisations. */
async function openTab(visitor: Visitor, on = site, asked = scope) {
  const { page, attempt } = await on.open(visitor, { scope: asked });
  expect(page.text).toContain('tab=organisation');
  const tab = await visitor.get(`${page.url.split('?')[0]}?tab=organisation`);
  expect(tab.text).toMatch(/id="organisation"[\s\S]*id="identifier"[\s\S]*id="password"[\s\S]*id="submit"/);
  return { page: tab, attempt };
}

/** Allows what the site asks and answers what it learns. */
async function learn(visitor: Visitor, at: Answer, attempt: LoginAttempt, on = site) {
  const back = at.location ? at : await send(visitor, at, '/allow');
  const tokens = await on.party.finish(attempt, back.location ?? '');
  const ask = () =>
    oidc.fetchUserInfo(on.party.config, tokens.access_token, String(tokens.claims()?.sub)) as Promise<{
      acting_for?: Record<string, unknown>;
    }>;
  return { info: await ask(), ask };
}

const claimOf = (creditCode: string) => ({
  id_type: '001',
  id_number: creditCode,
  name: companyName,
  role: 'legal_representative',
});

/** Logs in on the tab and answers what comes next. */
async function login(
  { person, creditCode, visitor }: Awaited<ReturnType<typeof company>>,
  values: Record<string, string> = {},
) {
  const { page, attempt } = await openTab(visitor);
  const at = await send(visitor, page, '/password', {
    identifier: person.idNumber,
    organisation: creditCode,
    password,
    ...values,
  });
  return { at, attempt };
}

/** Logs in to the portal and binds the company there. */
async function bindInAccount({ person, creditCode, visitor }: Awaited<ReturnType<typeof company>>) {
  const page = await enterPortal(
    visitor,
    { identifier: person.idNumber, password },
    '/account/organisations',
  );
  const bound = await send(visitor, page, '/account/organisations', { creditCode });
  expect(bound.text).toContain('已绑定');
  return bound;
}

const eventsOf = async (accountId: string, ...types: string[]) => {
  await app.service.audit.drain();
  return (await app.service.audit.eventsOf(accountId, { types })).items;
};

describe('the tab for organisations', () => {
  it('lets a representative in as themselves, acting for the company from the first site on', async () => {
    const one = await company();
    const { at, attempt } = await login(one);
    expect(heading(at)).toBe('示例办事大厅想使用您的信息');
    expect(at.text).toContain(`您正在以法定代表人身份代表「${companyName}」办事`);
    // In groups, which a narrow screen may put on two lines.
    expect(at.text).toContain(one.creditCode.replace(/(.{4})(?=.)/g, '$1 '));
    const { info } = await learn(one.visitor, at, attempt);
    expect(info.acting_for).toEqual(claimOf(one.creditCode));
    const { page, attempt: next } = await second.open(one.visitor, { scope });
    const there = await learn(one.visitor, page, next, second);
    expect(there.info.acting_for).toEqual(claimOf(one.creditCode));
    const portal = await visit(one.visitor, '/account');
    expect(portal.text).toContain(`代表「${companyName}」办事`);
    const [entered] = await eventsOf(one.accountId, 'sso.site.entered');
    expect(entered?.data.organisation).toMatch(/^[\w-]{22}$/);
    expect(JSON.stringify(await eventsOf(one.accountId))).not.toContain(one.creditCode);
    expect(app.logs.join('\n')).not.toContain(one.creditCode);
  });

  it.each([
    [
      'together in the first field',
      (a: string, b: string) => ({ identifier: `${b} ${a}`, organisation: '' }),
    ],
    ['the other way round', (a: string, b: string) => ({ identifier: b, organisation: a })],
  ])('takes both numbers %s', async (_, how) => {
    const one = await company();
    const { at } = await login(one, how(one.person.phoneNumber.slice(3), one.creditCode));
    expect(at.text).toContain(`代表「${companyName}」办事`);
  });

  it('works by a code by SMS too, without the credit code in any address', async () => {
    const one = await company();
    const { page } = await openTab(one.visitor);
    const sms = await one.visitor.get(`${page.url.split('?')[0]}?way=sms&tab=organisation`);
    const ask = await send(one.visitor, sms, '/sms', {
      identifier: one.person.phoneNumber.slice(3),
      organisation: one.creditCode,
    });
    expect(heading(ask)).toBe('输入短信验证码');
    expect(ask.url).not.toContain(one.creditCode);
    const code = await app.registers.lastCode(one.person.phoneNumber);
    const wrong = await send(one.visitor, ask, '/code', { code: code === '000000' ? '111111' : '000000' });
    const at = await send(one.visitor, wrong, '/code', { code });
    expect(at.text).toContain(`代表「${companyName}」办事`);
  });

  it('says what is wrong with a code before anybody is asked, and keeps what was typed', async () => {
    const one = await company();
    const { page } = await openTab(one.visitor);
    for (const [organisation, text] of [
      ['', '请输入单位的统一社会信用代码，18 位'],
      ['91520000MA', '位数不对，请核对后重新填写。'],
    ] as const) {
      const wrong = await send(one.visitor, page, '/password', {
        identifier: one.person.idNumber,
        organisation,
        password,
      });
      expect(wrong.status).toBe(422);
      expect(faultsOf(wrong)).toEqual([text]);
      expect(wrong.text).toContain('name="organisation"');
    }
  });

  it('with a wrong password says what it says on the other tab, and asks no register', async () => {
    const one = await company();
    const { at } = await login(one, { password: 'not-this-one-1' });
    expect(faultsOf(at)[0]).toContain('没有登录成功');
    expect(await eventsOf(one.accountId, 'identity.organisation.bound')).toEqual([]);
  });

  it.each([
    ["somebody else's company", 'mismatch', '登记的法定代表人不是您'],
    ['a company that nobody knows', 'not-found', '没有您填的统一社会信用代码'],
    ['a company that was struck off', 'struck-off', '已注销或被吊销'],
    ['any company while the register is down', 'unavailable', '暂时连不上'],
  ])('logs in whoever names %s, says why not, and goes on as the person', async (_, reason, text) => {
    const one = await company();
    const other = await company();
    let { creditCode } = one;
    if (reason === 'mismatch') creditCode = other.creditCode;
    if (reason === 'not-found') creditCode = '91520000MA0NNNNN0X';
    if (reason === 'struck-off') await register(creditCode, one.person, 'struck_off');
    if (reason === 'unavailable') await isDown();
    const { at, attempt } = await login({ ...one, creditCode });
    expect(heading(at)).toBe('以谁的身份办事');
    expect(at.text).toContain(text);
    expect(at.text).not.toContain(companyName);
    const consent = await send(one.visitor, at, '/acting', { choice: 'self' });
    expect(consent.text).toContain('没有，您以本人身份办事');
    const { info } = await learn(one.visitor, consent, attempt);
    expect(info).not.toHaveProperty('acting_for');
    expect(info).toHaveProperty('name');
  });

  it('needs a proven identity and a login that carries it', async () => {
    const one = await company({ level: 1 });
    const { at } = await login(one);
    expect(at.text).toContain('代表单位办事要先达到中级实名');
    expect(at.text).not.toContain('/acting/bind');
    const forced = await send(one.visitor, at, '/acting', { choice: 'AAAAAAAAAAAAAAAAAAAAAA' });
    expect(forced.status).toBe(422);
    expect(faultsOf(forced)[0]).toContain('中级实名');
  });
});

describe('the question for whom', () => {
  it('is put when a site wants to know and the person has a company; the answer holds for the next site', async () => {
    const one = await company();
    await bindInAccount(one);
    const { page, attempt } = await site.open(one.visitor, { scope });
    expect(heading(page)).toBe('以谁的身份办事');
    const [organisation] = await app.service.identity.organisations.list(one.accountId);
    const consent = await send(one.visitor, page, '/acting', {
      choice: organisation?.organisationId ?? '',
    });
    expect(consent.text).toContain(companyName);
    expect((await learn(one.visitor, consent, attempt)).info.acting_for).toEqual(claimOf(one.creditCode));
    const { page: there } = await second.open(one.visitor, { scope });
    expect(heading(there)).toBe('示例医保想使用您的信息');
  });

  it('offers to bind a company on the spot', async () => {
    const one = await company();
    const { at } = await login(one, { organisation: '91520000MA0NNNNN0X' });
    const wrong = await send(one.visitor, at, '/acting/bind', { organisation: 'x' });
    expect(faultsOf(wrong)).toEqual(['位数不对，请核对后重新填写。']);
    const consent = await send(one.visitor, wrong, '/acting/bind', { organisation: one.creditCode });
    expect(consent.text).toContain(`代表「${companyName}」办事`);
  });

  it('takes no organisation of others for an answer, and none at all neither', async () => {
    const [one, other] = [await company(), await company()];
    await bindInAccount(one);
    await bindInAccount(other);
    const [theirs] = await app.service.identity.organisations.list(other.accountId);
    const { page } = await site.open(one.visitor, { scope });
    for (const choice of [theirs?.organisationId ?? '', 'AAAAAAAAAAAAAAAAAAAAAA']) {
      const refused = await send(one.visitor, page, '/acting', { choice });
      expect(faultsOf(refused)[0]).toContain('您现在不能代表这个单位');
    }
    const empty = await send(one.visitor, page, '/acting', { choice: '' });
    expect(faultsOf(empty)).toEqual(['请选择以谁的身份办事']);
  });

  it('is nobody else’s to answer: not without the interaction, not when something else is asked', async () => {
    const one = await company();
    const { page } = await site.open(one.visitor, { scope });
    const [uid = ''] = /[\w-]{10,64}$/.exec(page.url.split('?')[0] ?? '') ?? [];
    const early = await one.visitor.post(
      `/interaction/${uid}/acting`,
      { choice: 'self' },
      { origin: app.issuer },
    );
    expect(early.status).toBe(403);
    const stranger = app.visitor();
    const theirs = await stranger.get(`/interaction/${uid}`);
    expect(heading(theirs)).toBe('这次登录已过期');
  });
});

describe('the switch in the account', () => {
  it('changes for whom all sites see the person, and says so on every page', async () => {
    const one = await company();
    const page = await bindInAccount(one);
    expect(page.text).toContain('您现在以本人身份');
    const acting = await send(one.visitor, page, '/account/acting');
    expect(acting.text).toContain(`您现在代表「${companyName}」办事`);
    expect((await visit(one.visitor, '/account/methods')).text).toContain(`代表「${companyName}」办事`);
    expect((await visit(one.visitor, '/')).text).toContain(`代表「${companyName}」办事`);
    const { page: consent, attempt } = await site.open(one.visitor, { scope });
    const { info, ask } = await learn(one.visitor, consent, attempt);
    expect(info.acting_for).toEqual(claimOf(one.creditCode));
    const sites = await visit(one.visitor, '/account/sites');
    expect(sites.text).toContain(`（代表「${companyName}」）`);
    expect((await visit(one.visitor, '/account/activity')).text).toContain(`（代表「${companyName}」）`);
    const self = await send(one.visitor, acting, '/account/acting/self');
    expect(self.text).toContain('已切换为本人身份');
    await expect(ask()).rejects.toThrow();
    const { page: again } = await site.open(one.visitor, { scope });
    expect(again.text).toContain('没有，您以本人身份办事');
    const changes = await eventsOf(one.accountId, 'sso.acting.changed');
    expect(changes.map(({ data }) => typeof data.organisation)).toEqual(['undefined', 'string']);
  });

  it('says why a company cannot be bound', async () => {
    const [one, other] = [await company(), await company()];
    const page = await enterPortal(
      one.visitor,
      { identifier: one.person.idNumber, password },
      '/account/organisations',
    );
    const refused = await send(one.visitor, page, '/account/organisations', { creditCode: other.creditCode });
    expect(refused.status).toBe(422);
    expect(faultsOf(refused)[0]).toContain('登记的法定代表人不是您');
    expect(refused.text).not.toContain(companyName);
    await isDown();
    const down = await send(one.visitor, page, '/account/organisations', { creditCode: one.creditCode });
    expect(faultsOf(down)[0]).toContain('市场监管登记系统暂时连不上');
    const english = await one.visitor.get('/account/organisations?lang=en');
    expect(heading(english)).toBe('My account');
    expect(english.text).toContain('You are acting for yourself');
  });

  it('sends a person at level 1 to raise it first', async () => {
    const one = await company({ level: 1 });
    const page = await enterPortal(
      one.visitor,
      { identifier: one.person.idNumber, password },
      '/account/organisations',
    );
    const refused = await send(one.visitor, page, '/account/organisations', { creditCode: one.creditCode });
    expect(refused.url).toContain('/interaction/');
    expect(await app.service.identity.organisations.list(one.accountId)).toEqual([]);
  });

  it('can give up the binding: this session goes on for the person, others that acted for it are over', async () => {
    const one = await company();
    const page = await bindInAccount(one);
    await send(one.visitor, page, '/account/acting');
    const elsewhere = { ...one, visitor: app.visitor() };
    const { at, attempt } = await login(elsewhere);
    const { ask } = await learn(elsewhere.visitor, at, attempt);
    const here = await visit(one.visitor, '/account/organisations');
    const released = await send(one.visitor, here, '/account/organisations/release');
    expect(released.text).toContain('已解除绑定');
    expect(released.text).not.toContain(companyName);
    await expect(ask()).rejects.toThrow();
    expect((await site.open(elsewhere.visitor, { scope })).page.text).toContain('id="password"');
  });

  it('answers an organisation of others as one that is absent', async () => {
    const [one, other] = [await company(), await company()];
    await bindInAccount(other);
    const page = await bindInAccount(one);
    const [theirs] = await app.service.identity.organisations.list(other.accountId);
    const answers = [];
    for (const organisation of [theirs?.organisationId ?? '', 'AAAAAAAAAAAAAAAAAAAAAA']) {
      const refused = await send(one.visitor, page, '/account/acting', { organisation });
      answers.push([refused.status, faultsOf(refused)]);
      await send(one.visitor, page, '/account/organisations/release', { organisation });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(await app.service.identity.organisations.list(other.accountId)).toHaveLength(1);
  });
});

describe('the register’s last word', () => {
  const day = 24 * 3600;

  it('ends acting at once when the register names another representative: sessions, tokens and all', async () => {
    const one = await company();
    const { at, attempt } = await login(one);
    const { ask } = await learn(one.visitor, at, attempt);
    const successor = await company();
    await register(one.creditCode, successor.person);
    const { at: theirs } = await login({ ...successor, creditCode: one.creditCode });
    expect(theirs.text).toContain(`代表「${companyName}」办事`);
    await expect(ask()).rejects.toThrow();
    const { page } = await site.open(one.visitor, { scope });
    expect(page.text).toContain('id="password"');
    const [ended] = await eventsOf(one.accountId, 'identity.organisation.ended');
    expect(ended?.data.reason).toBe('representative-changed');
    const texts = (await app.registers.inbox(one.person.phoneNumber)).map(({ text }) => text);
    expect(texts).toContainEqual(expect.stringContaining(`「${companyName}」法定代表人已变更`));
  });

  it('is asked again after a day: while it is down nobody acts, and the person’s own things work', async () => {
    const one = await company();
    const first = await login(one);
    await learn(one.visitor, first.at, first.attempt);
    app.clock.advance(day + 60);
    await isDown();
    const later = { ...one, visitor: app.visitor() };
    const { at, attempt } = await login(later);
    expect(at.text).toContain('暂时连不上');
    const [organisation] = await app.service.identity.organisations.list(one.accountId);
    const still = await send(later.visitor, at, '/acting', { choice: organisation?.organisationId ?? '' });
    expect(faultsOf(still)[0]).toContain('您自己的事可以照常办');
    const consent = await send(later.visitor, still, '/acting', { choice: 'self' });
    expect((await learn(later.visitor, consent, attempt)).info).toHaveProperty('name');
    const page = await visit(later.visitor, '/account/organisations');
    expect(faultsOf(await send(later.visitor, page, '/account/acting'))[0]).toContain('暂时连不上');
    await app.registers.control('', { register: 'business', mode: 'normal' });
    expect((await send(later.visitor, page, '/account/acting')).text).toContain('已切换');
  });

  it('that the company was struck off ends it with the reason in words', async () => {
    const one = await company();
    await bindInAccount(one);
    app.clock.advance(day + 60);
    await register(one.creditCode, one.person, 'struck_off');
    const visitor = app.visitor();
    const page = await enterPortal(
      visitor,
      { identifier: one.person.idNumber, password },
      '/account/organisations',
    );
    const refused = await send(visitor, page, '/account/acting');
    expect(faultsOf(refused)[0]).toContain('登记信息已有变化');
    expect(refused.text).not.toContain(companyName);
    const [ended] = await eventsOf(one.accountId, 'identity.organisation.ended');
    expect(ended?.data.reason).toBe('struck-off');
  });
});
