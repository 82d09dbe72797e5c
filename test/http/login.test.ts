import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/app.ts';
import { faultsOf, heading, openSite, send, type TestSite } from '../support/pages.ts';
import { personAt } from '../support/people.ts';

let app: TestApp;
let site: TestSite;
const password = 'quiet-harbour-1880';

beforeAll(async () => {
  app = await createTestApp();
  site = await openSite(app);
});
afterAll(() => app.close());

describe('logging in at a site', () => {
  it('by password: which site asks, then what it would learn, then back with a code', async () => {
    const person = personAt(1);
    await app.enrol(person, { password });
    const visitor = app.visitor();
    const { page, attempt } = await site.open(visitor, { scope: 'openid profile phone' });
    expect(heading(page)).toBe('登录');
    expect(page.text).toContain('示例网站');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://site.example");
    const consent = await send(visitor, page, '/password', {
      identifier: person.phoneNumber.slice(3),
      password,
    });
    expect(heading(consent)).toBe('示例网站想使用您的信息');
    expect(consent.text).not.toContain(person.name);
    expect(consent.text).not.toContain(person.phoneNumber.slice(3));
    const back = await send(visitor, consent, '/allow');
    expect(back.location).toMatch(/^https:\/\/site\.example\/callback\?/);
    const tokens = await site.party.finish(attempt, back.location ?? '');
    expect(tokens.claims()).toMatchObject({ acr: 'urn:tongxing:loa:2', amr: ['pwd'] });
  });

  it('by a code that an SMS brings, which names the service; a wrong one says how many tries are left', async () => {
    const person = personAt(2);
    await app.enrol(person, { password });
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const sms = await visitor.get(`${page.url.split('?')[0]}?way=sms`);
    const ask = await send(visitor, sms, '/sms', { identifier: person.idNumber });
    expect(heading(ask)).toBe('输入短信验证码');
    const code = await app.registers.lastCode(person.phoneNumber);
    const wrong = await send(visitor, ask, '/code', { code: code === '000000' ? '111111' : '000000' });
    expect(wrong.status).toBe(422);
    expect(faultsOf(wrong)).toEqual(['验证码不对，还可以试 4 次']);
    const done = await send(visitor, wrong, '/code', { code });
    expect(done.location ?? heading(done)).toMatch(/^https:\/\/site\.example|示例网站想使用您的信息/);
  });

  it('says the same to a wrong password, an unknown number and a way that is not set up', async () => {
    const person = personAt(3);
    await app.enrol(person);
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const answers = [];
    for (const identifier of [person.idNumber, personAt(4).idNumber, '13900009999', 'nonsense']) {
      const refused = await send(visitor, page, '/password', { identifier, password: 'not-this-one-1' });
      expect(refused.text).toContain(`value="${identifier}"`);
      answers.push({ status: refused.status, faults: faultsOf(refused) });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.faults[0]).toContain('没有登录成功');
  });

  it('tells the site when the person does not want to', async () => {
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const back = await send(visitor, page, '/abort');
    expect(new URL(back.location ?? '').searchParams.get('error')).toBe('access_denied');
  });

  it('keeps the login when the person refuses the data, and remembers what they allowed', async () => {
    const person = personAt(5);
    await app.enrol(person, { password });
    const visitor = app.visitor();
    const { page } = await site.open(visitor, { scope: 'openid phone' });
    const consent = await send(visitor, page, '/password', { identifier: person.idNumber, password });
    const refused = await send(visitor, consent, '/deny');
    expect(new URL(refused.location ?? '').searchParams.get('error')).toBe('access_denied');
    const { page: again } = await site.open(visitor, { scope: 'openid phone' });
    expect(heading(again)).toBe('示例网站想使用您的信息');
    const allowed = await send(visitor, again, '/allow');
    expect(new URL(allowed.location ?? '').searchParams.has('code')).toBe(true);
    const { page: third } = await site.open(visitor, { scope: 'openid phone' });
    expect(new URL(third.location ?? '').searchParams.has('code')).toBe(true);
  });

  it('asks again when the site wants it, knows the person, and lets them be somebody else', async () => {
    const [first, second] = [personAt(6), personAt(7)];
    await app.enrol(first, { password });
    await app.enrol(second, { password });
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    await send(visitor, page, '/password', { identifier: first.idNumber, password });
    const { page: again } = await site.open(visitor, { prompt: 'login' });
    expect(heading(again)).toBe('请再确认一次是您本人');
    const stranger = await send(visitor, again, '/password', { identifier: second.idNumber, password });
    expect(faultsOf(stranger)[0]).toContain('没有登录成功');
    const other = await visitor.get(`${new URL(again.url).pathname}?as=other`);
    expect(heading(other)).toBe('登录');
    const leaving = await send(visitor, other, '/password', { identifier: second.idNumber, password });
    expect(leaving.location ?? heading(leaving)).toMatch(/code=|示例网站想使用您的信息/);
  });

  it('speaks the language that the site suggests, until the person chooses another', async () => {
    const visitor = app.visitor();
    const { page } = await site.open(visitor, { ui_locales: 'en-GB zh-CN' });
    expect(heading(page)).toBe('Log in');
    const chinese = await visitor.get(`${page.url}?lang=zh-CN`);
    expect(heading(chinese)).toBe('登录');
    const refused = await send(visitor, chinese, '/password', { identifier: '1', password: 'nobody-1234' });
    const again = await send(visitor, refused, '/password', { identifier: '1', password: 'nobody-1234' });
    const [, link = ''] = /href="([^"]+)" lang="en"/.exec(again.text) ?? [];
    expect(heading(await visitor.get(link.replaceAll('&amp;', '&')))).toBe('Log in');
  });
});

describe('an interaction', () => {
  it('of one browser is refused in another, and says what to do', async () => {
    const { page } = await site.open(app.visitor());
    const stolen = await app.visitor().get(page.url);
    expect(stolen.status).toBe(410);
    expect(heading(stolen)).toBe('这次登录已过期');
    expect(stolen.text).toContain('回到示例网站重新登录');
    expect(stolen.text).toContain('href="https://site.example"');
    const unknown = await app.visitor().get('/interaction/nobodysinteraction');
    expect(unknown.status).toBe(410);
    expect(unknown.text).not.toContain('示例网站');
  });

  it('does nothing for a form without the token of this browser', async () => {
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const answer = await visitor.post(`${page.url}/abort`, { _csrf: 'foreign' });
    expect(answer.status).toBe(403);
    expect(heading(answer)).toBe('页面已失效');
  });
});

describe('a site that asks for more', () => {
  const wanting = (level: number, essential = false): Record<string, string> =>
    essential
      ? {
          claims: JSON.stringify({
            id_token: { acr: { essential: true, values: [`urn:tongxing:loa:${level}`] } },
          }),
        }
      : { acr_values: `urn:tongxing:loa:${level}` };

  it.each([
    [false, 20],
    [true, 23],
  ])(
    'gets it after the operator confirmed the phone, in the middle of the login (essential: %s)',
    async (essential, n) => {
      const person = personAt(n);
      await app.registers.control('/subscribers', {
        phone_number: person.phoneNumber,
        id_number: person.idNumber,
      });
      await app.enrol(person, { password, level: 1, isPhoneMatched: false });
      const visitor = app.visitor();
      const { page, attempt } = await site.open(visitor, wanting(2, essential));
      const ask = await send(visitor, page, '/password', { identifier: person.idNumber, password });
      expect(heading(ask)).toBe('核对手机号后继续');
      const done = await send(visitor, ask, '/raise');
      const back = done.location ? done : await send(visitor, done, '/allow');
      const tokens = await site.party.finish(attempt, back.location ?? '');
      expect(tokens.claims()?.acr).toBe('urn:tongxing:loa:2');
    },
  );

  it('gets less when the person goes on without, and is told the truth', async () => {
    const person = personAt(21);
    await app.enrol(person, { password });
    const visitor = app.visitor();
    const { page, attempt } = await site.open(visitor, wanting(3));
    const ask = await send(visitor, page, '/password', { identifier: person.idNumber, password });
    expect(heading(ask)).toBe('现在达不到高级实名');
    const done = await send(visitor, ask, '/lower');
    const back = done.location ? done : await send(visitor, done, '/allow');
    const tokens = await site.party.finish(attempt, back.location ?? '');
    expect(tokens.claims()?.acr).toBe('urn:tongxing:loa:2');
  });

  it('that cannot do with less is told that it cannot be had', async () => {
    const person = personAt(22);
    await app.enrol(person, { password });
    const visitor = app.visitor();
    const { page } = await site.open(visitor, wanting(3, true));
    const back = await send(visitor, page, '/password', { identifier: person.idNumber, password });
    expect(new URL(back.location ?? '').searchParams.get('error')).toBe('unmet_authentication_requirements');
  });
});
