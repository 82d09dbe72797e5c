import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/app.ts';
import { cookieOf, enrolPerson, enter, hasForm, openKnownSite, password } from '../support/attacker.ts';
import { createDevice } from '../support/device.ts';
import {
  csrfOf,
  enterPortal,
  faultsOf,
  heading,
  passkeyOptions,
  pathOf,
  send,
  type TestSite,
  visit,
} from '../support/pages.ts';
import { personAt, type TestPerson } from '../support/people.ts';
import { type Answer, readForms, type Visitor } from '../support/relying-party.ts';

let app: TestApp;
let site: TestSite;
const script = '"><script>alert(1)</script><img src=x onerror=alert(2)>';

beforeAll(async () => {
  app = await createTestApp();
  site = await openKnownSite(app, { post_logout_redirect_uris: ['https://site.example/bye'] });
});
afterAll(() => app.close());

const isLoggedIn = async (visitor: Visitor) =>
  (await visitor.get((await site.party.begin({ prompt: 'none' })).url)).location?.includes('code=') ?? false;

/** Somebody with an account, logged in to the portal. */
async function someone(n: number, options = {}) {
  const person = await enrolPerson(app, n, options);
  const visitor = app.visitor();
  const page = await enterPortal(visitor, { identifier: person.idNumber, password });
  return { person, visitor, page };
}

describe('a session', () => {
  it('gets a new id at login: a cookie that somebody planted before opens nothing afterwards', async () => {
    const person = await enrolPerson(app, 1);
    const attacker = app.visitor();
    await attacker.get('/oidc/logout');
    const planted = cookieOf(attacker, 'tongxing-sso');
    expect(planted).toBeTruthy();
    const victim = attacker.clone();
    await enter(victim, site, person);
    expect(cookieOf(victim, 'tongxing-sso')).not.toBe(planted);
    expect(await isLoggedIn(attacker)).toBe(false);
    expect(await isLoggedIn(victim)).toBe(true);
  });

  it('gets a new id at step-up: whoever had copied the cookie before does not rise with it', async () => {
    const person = await enrolPerson(app, 2, { isPhoneMatched: false });
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const ask = await send(visitor, await visitor.get(`${pathOf(page)}?way=sms`), '/sms', {
      identifier: person.idNumber,
    });
    const code = await app.registers.lastCode(person.phoneNumber);
    const consent = await send(visitor, ask, '/code', { code });
    if (hasForm(consent, '/allow')) await send(visitor, consent, '/allow');
    const before = cookieOf(visitor, 'tongxing-sso');
    const thief = visitor.clone();
    expect(await isLoggedIn(thief)).toBe(true);
    const raised = await site.open(visitor, { acr_values: 'urn:tongxing:loa:2' });
    const done = await send(visitor, raised.page, '/password', { identifier: person.idNumber, password });
    const tokens = await site.party.finish(raised.attempt, done.location ?? '');
    expect(tokens.claims()?.acr).toBe('urn:tongxing:loa:2');
    expect(cookieOf(visitor, 'tongxing-sso')).not.toBe(before);
    expect(await isLoggedIn(thief)).toBe(false);
  });

  it('of the portal gets a new id at every login, and dies with the one behind it', async () => {
    const { person, visitor } = await someone(3);
    const thief = visitor.clone();
    const before = cookieOf(visitor, 'tongxing_portal');
    const again = await visitor.get((await site.party.begin({ prompt: 'login' })).url);
    const page = await visitor.follow(again);
    await send(visitor, page, '/password', { identifier: person.idNumber, password });
    await visitor.submit(await visit(visitor, '/logout'), {}, 'logout-yes');
    for (const one of [visitor, thief]) expect(heading(await visit(one, '/account'))).toBe('登录');
    await enterPortal(visitor, { identifier: person.idNumber, password });
    expect(cookieOf(visitor, 'tongxing_portal')).not.toBe(before);
    expect(heading(await visit(thief, '/account'))).toBe('登录');
  });

  it('cookie that was made up or changed counts as none', async () => {
    const { visitor } = await someone(4);
    const value = cookieOf(visitor, 'tongxing-sso') ?? '';
    for (const wrong of [`${value}x`, 'x.y', '__proto__', '{"$ne":""}', 'a'.repeat(3000)]) {
      const thief = app.visitor();
      thief.setCookie(`tongxing-sso=${encodeURIComponent(wrong)}; path=/`);
      thief.setCookie(`tongxing_portal=${encodeURIComponent(wrong)}; path=/`);
      expect(await isLoggedIn(thief)).toBe(false);
      expect(heading(await visit(thief, '/account'))).toBe('登录');
    }
  });
});

describe('an interaction of browser A in browser B', () => {
  it('shows nothing and does nothing, even with a form token of B', async () => {
    const [a, b] = [app.visitor(), app.visitor()];
    const { page } = await site.open(a);
    const { page: own } = await site.open(b);
    const person = await enrolPerson(app, 10);
    expect((await b.get(pathOf(page))).status).toBe(410);
    for (const act of ['password', 'sms', 'code', 'passkey', 'abort', 'allow', 'deny', 'raise', 'lower']) {
      const answer = await b.post(
        `${pathOf(page)}/${act}`,
        { _csrf: csrfOf(own), identifier: person.idNumber, password, code: '123456' },
        { origin: app.issuer },
      );
      expect([act, answer.status, answer.location]).toEqual([act, 410, undefined]);
    }
    for (const act of ['register', 'recover'])
      expect((await b.get(`${pathOf(page)}/${act}`)).status).toBe(410);
    const options = await b.post(`${pathOf(page)}/passkey-options`, {}, { origin: app.issuer });
    expect(options.status).toBeGreaterThanOrEqual(400);
    expect(heading(await a.get(pathOf(page)))).toBe('登录');
  });

  it('is not resumed there either: the link that A’s login ends with logs nobody in', async () => {
    const person = await enrolPerson(app, 11);
    const [a, b] = [app.visitor(), app.visitor()];
    const { page } = await site.open(a);
    const [form] = readForms(page).filter(({ action }) => action.endsWith('/password'));
    const done = await a.post(
      new URL(form?.action ?? '', app.issuer).href,
      { ...form?.fields, identifier: person.idNumber, password },
      { origin: app.issuer },
    );
    expect(done.location).toContain('/oidc/auth/');
    const stolen = await b.get(done.location ?? '');
    expect([stolen.status, stolen.location]).toEqual([400, undefined]);
    expect(await isLoggedIn(b)).toBe(false);
  });

  it('does not lead one person’s registration or recovery into another browser', async () => {
    const person = personAt(12);
    await app.registers.control('/people', { id_number: person.idNumber, name: person.name });
    const [a, b] = [app.visitor(), app.visitor()];
    const { page } = await site.open(a);
    const first = await a.get(`${pathOf(page)}/register`);
    const { name, idNumber } = person;
    const phone = await send(a, first, '/register', { name, idType: '111', idNumber, agree: 'yes' });
    const draft = new URL(phone.url).searchParams.get('r');
    expect(draft).toBeTruthy();
    const { page: other } = await site.open(b);
    for (const step of ['register', 'recover']) {
      const answer = await b.get(`${pathOf(other)}/${step}?r=${draft}`);
      expect(faultsOf(answer)[0]).toContain('停留太久');
      expect(answer.text).not.toContain(name.slice(0, 1).concat('*'));
    }
  });
});

describe('login CSRF', () => {
  it('from a foreign page is refused, although it has a right password and the victim’s cookies', async () => {
    const attacker = await enrolPerson(app, 20);
    const victim = app.visitor();
    const { page } = await site.open(victim);
    const fields = { _csrf: csrfOf(page), identifier: attacker.idNumber, password };
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: app.issuer, 'sec-fetch-site': 'cross-site' },
      { origin: app.issuer, 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await victim.post(`${pathOf(page)}/password`, fields, headers);
      expect(answer.status).toBe(403);
    }
    expect(await isLoggedIn(victim)).toBe(false);
  });

  it('by the answer of somebody else’s login does not enter the portal', async () => {
    const { person } = await someone(21);
    const attacker = app.visitor();
    const start = await attacker.get('/login');
    const page = await attacker.follow(start);
    const done = await send(attacker, page, '/password', { identifier: person.idNumber, password });
    expect(done.location).toContain('/portal/callback?code=');
    const victim = app.visitor();
    await victim.get('/login');
    const answer = await victim.get(done.location ?? '');
    expect(answer.status).toBe(400);
    expect(heading(await visit(victim, '/account'))).toBe('登录');
  });
});

describe('a form without the token of this browser', () => {
  const foreign = async () => csrfOf((await site.open(app.visitor())).page);
  const ways = async (): Promise<[string, Record<string, string>, Record<string, string>][]> => [
    ['no token', {}, {}],
    ['an empty token', { _csrf: '' }, {}],
    ['the token of another browser', { _csrf: await foreign() }, { origin: app.issuer }],
  ];

  async function expectRefused(visitor: Visitor, path: string, from: string, fields = {}) {
    for (const [what, token, headers] of await ways()) {
      const answer = await visitor.post(
        path,
        { ...fields, ...token },
        { ...headers, referer: `${app.issuer}${from}` },
      );
      expect([path, what, answer.status]).toEqual([path, what, 403]);
      expect(heading(answer)).toBe('页面已失效');
      expect(answer.text).toContain(`href="${from}"`);
    }
  }

  it('gets 403 with a way back on every form of a login, and nothing has happened', async () => {
    const person = await enrolPerson(app, 30);
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const base = pathOf(page);
    for (const act of [
      'password',
      'sms',
      'code',
      'passkey',
      'abort',
      'register',
      'recover',
      'raise',
      'lower',
    ])
      await expectRefused(visitor, `${base}/${act}`, base, { identifier: person.idNumber, password });
    expect(await isLoggedIn(visitor)).toBe(false);
    expect(await app.registers.inbox(person.phoneNumber)).toEqual([]);
    expect(heading(await visitor.get(base))).toBe('登录');
  });

  it('gets 403 with a way back on consent, and nothing was allowed or refused', async () => {
    const person = await enrolPerson(app, 31);
    const visitor = app.visitor();
    const { page } = await site.open(visitor, { scope: 'openid phone' });
    const consent = await send(visitor, page, '/password', { identifier: person.idNumber, password });
    const base = pathOf(consent);
    for (const act of ['allow', 'deny']) await expectRefused(visitor, `${base}/${act}`, base);
    expect(heading(await visitor.get(base))).toContain('想使用您的信息');
    expect((await visit(visitor, '/account/sites')).text).not.toContain('示例网站');
  });

  it('gets 403 with a way back on logout, and the login stays', async () => {
    const { visitor } = await someone(32);
    await visitor.get('/oidc/logout');
    for (const xsrf of ['', 'guess', 'f'.repeat(48)]) {
      const answer = await visitor.post(
        '/oidc/logout/confirm',
        { xsrf, logout: 'yes' },
        { referer: `${app.issuer}/oidc/logout` },
      );
      expect([answer.status, heading(answer)]).toEqual([403, '页面已失效']);
      expect(answer.text).toContain('href="/oidc/logout"');
    }
    const untouched = app.visitor();
    const answer = await untouched.post('/oidc/logout/confirm', { logout: 'yes' });
    expect([answer.status, heading(answer)]).toEqual([403, '页面已失效']);
    expect(heading(await visit(visitor, '/account'))).toBe('我的账号');
  });

  it('gets 403 with a way back on every form of the account, and the account is as it was', async () => {
    const { person, visitor } = await someone(33);
    const posts = app.service.http
      .routes()
      .filter(
        ({ method, path, kind }) => method === 'POST' && path.startsWith('/account') && kind === 'page',
      );
    expect(posts.length).toBeGreaterThan(12);
    for (const { path } of posts)
      await expectRefused(visitor, path, '/account', { confirm: 'yes', method: 'password', password });
    expect(heading(await visit(visitor, '/account'))).toBe('我的账号');
    const elsewhere = await enterPortal(app.visitor(), { identifier: person.idNumber, password });
    expect(heading(elsewhere)).toBe('我的账号');
  });
});

/** Nothing on the page runs, and nothing frames it. */
function expectInert(answer: Answer): void {
  const { headers, text } = answer;
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe-');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(text).not.toMatch(/<script>alert|<img src=x|\sstyle="|<style/);
  expect(text.replace(/="[^"]*"/g, '=""')).not.toMatch(/<[a-z][^>]*\son\w+=/);
  expect(text.match(/<script(?![^>]*\ssrc="\/assets\/)[^>]*>/g) ?? []).toEqual([]);
}

describe('every answer', () => {
  it('forbids frames and inline scripts: pages, errors, redirects, documents, files', async () => {
    const { visitor } = await someone(40);
    const { page } = await site.open(app.visitor());
    const routes = app.service.http.routes().filter(({ method }) => method === 'GET');
    const reachable = routes.map(({ path }) => path).filter((path) => !path.includes('{'));
    expect(reachable.length).toBeGreaterThan(20);
    const paths = [
      ...reachable,
      ...['/oidc/auth', '/oidc/auth/guess', '/oidc/logout', '/oidc/logout/success', '/oidc/token'],
      ...['/oidc/userinfo', '/oidc/nothing', '/.well-known/openid-configuration', '/oidc/jwks'],
      ...['/nothing', '/api/v1/nothing', '/interaction/guess', pathOf(page), '/report/guess', '/?a=1&a=2'],
      ...[...page.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path),
    ];
    for (const path of new Set(paths)) expectInert(await visitor.get(path));
    for (const path of ['/login', '/nothing', '/oidc/token', '/oidc/par', pathOf(page), '/account/theft'])
      expectInert(await visitor.post(path, {}));
  });

  it('in form_post mode is a page of ours with a script of ours, in no frame', async () => {
    const attempt = await site.party.begin({ prompt: 'none', response_mode: 'form_post', state: script });
    const answer = await app.visitor().get(attempt.url);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("form-action 'self' https://site.example");
    expect(answer.text).toMatch(/<script type="module" src="\/assets\/[^"]+\/submit-form\.js">/);
    expect(answer.text).toMatch(/<button type="submit" id="return-continue">/);
    expect(answer.text).not.toContain('<script>alert');
    expect(answer.text).toContain('&lt;script&gt;');
  });
});

describe('what strangers write', () => {
  it('stands on the login page as text: login_hint, ui_locales, names of sites, what was typed', async () => {
    const named = await openKnownSite(app, { client_id: 'named', client_name: `网站${script}` });
    const visitor = app.visitor();
    const params = { login_hint: script, ui_locales: `${script} en`, state: script, scope: 'openid phone' };
    const { page } = await named.open(visitor, params);
    expectInert(page);
    expect(page.text).toContain('&lt;script&gt;');
    const typed = await send(visitor, page, '/password', { identifier: script, password: script });
    expectInert(typed);
    expect(typed.text).not.toContain(`value="${script}`);
    const start = await visitor.get(`${pathOf(page)}/register`);
    const registered = await send(visitor, start, '/register', {
      name: script,
      idType: script,
      idNumber: script,
      agree: 'yes',
    });
    expectInert(registered);
    const person = await enrolPerson(app, 50);
    const consent = await send(visitor, page, '/password', { identifier: person.idNumber, password });
    expectInert(consent);
    const back = await send(visitor, consent, '/allow');
    expect(new URL(back.location ?? '').searchParams.get('state')).toBe(params.state);
    expectInert(await visit(visitor, '/account/sites'));
    expectInert(await visitor.get('/oidc/logout?client_id=named'));
  });

  it('stands on the account pages and error pages as text', async () => {
    const { visitor } = await someone(51);
    for (const path of [
      `/account?saved=${encodeURIComponent(script)}`,
      `/account/phone/code?c=${encodeURIComponent(script)}`,
      `/account/passkeys/remove?id=${encodeURIComponent(script)}`,
      `/account/activity?after=${encodeURIComponent(script)}`,
      `/${encodeURIComponent(script)}`,
      `/?lang=${encodeURIComponent(script)}`,
      `/report/${encodeURIComponent(script)}`,
      `/oidc/auth?error=${encodeURIComponent(script)}&client_id=${encodeURIComponent(script)}`,
      `/oidc/logout?post_logout_redirect_uri=${encodeURIComponent(`javascript:${script}`)}`,
      `/portal/callback?error=${encodeURIComponent(script)}&state=x`,
    ])
      expectInert(await visitor.get(path, { 'user-agent': script, 'x-forwarded-host': 'evil.example' }));
    const form = await visit(visitor, '/account/name');
    expectInert(await send(visitor, form, '/account/name', { name: script }));
  });
});

describe('an open redirect', () => {
  it.each([
    'https://evil.example/',
    'https://site.example/bye/more',
    'https://site.example/bye?next=https://evil.example',
    'https://site.example@evil.example/bye',
    'https://site.example:444/bye',
    'https://site.example/BYE',
    'https://site.example/x/../bye',
    '//evil.example/bye',
    'javascript:alert(1)',
  ])('after logout to %s is refused', async (address) => {
    const query = new URLSearchParams({ client_id: site.clientId, post_logout_redirect_uri: address });
    const answer = await app.visitor().get(`/oidc/logout?${query}`);
    expect([answer.status, answer.location]).toEqual([400, undefined]);
  });

  it('after logout without naming the site is not followed', async () => {
    const { visitor } = await someone(60);
    const query = new URLSearchParams({ post_logout_redirect_uri: 'https://site.example/bye' });
    const question = await visitor.get(`/oidc/logout?${query}`);
    const done = await visitor.submit(question, {}, 'logout-yes');
    expect([heading(done), done.location]).toEqual(['您已退出登录', undefined]);
  });

  it('by members of our own addresses, headers or slashes does not exist', async () => {
    const visitor = app.visitor();
    for (const path of ['/login', '/register', '/logout', '/account']) {
      const query = 'returnTo=https://evil.example&next=//evil.example&redirect=https://evil.example';
      const headers = {
        referer: 'https://evil.example/',
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
      };
      const { location = '' } = await visitor.get(`${path}?${query}`, headers);
      expect(new URL(location).origin).toBe(app.issuer);
      expect(new URL(location).searchParams.get('redirect_uri') ?? app.issuer).toContain(app.issuer);
    }
    for (const path of ['//evil.example/', '/.//evil.example/', '/a/..//evil.example/', '/%5Cevil.example/'])
      expect((await visitor.get(app.issuer + path)).text).not.toMatch(/="(?:https?:)?[\\/]{2}evil/);
  });
});

/** A page without what differs from one request to the next. */
const shape = (answer: Answer, person: TestPerson) => ({
  status: answer.status,
  headers: [...answer.headers.keys()].filter((name) => name !== 'keep-alive').sort(),
  text: [person.idNumber, person.phoneNumber, person.phoneNumber.slice(3), person.name]
    .reduce((text, one) => text.replaceAll(one, '…'), answer.text)
    .replace(
      /value="[\w-]{22,}"|\/interaction\/[\w-]+|[?;&](?:c|r)=[\w-]{22}|<dd class="number">[\w-]{22}</g,
      '…',
    )
    .replace(/\d+月\d+日 ?\d\d:\d\d|.\*+（52\*+\d\d）/g, '…'),
});

describe('somebody who is not here', () => {
  // Known to the police register like everybody; only the first has an account.
  const [known, unknown] = [personAt(70), personAt(71)];
  const both = [known, unknown] as const;

  beforeAll(async () => {
    await app.enrol(known, { password });
    for (const { idNumber, name } of both)
      await app.registers.control('/people', { id_number: idNumber, name });
  });

  /** The same steps for both; every page on the way has to look alike. */
  async function compare(
    walk: (person: TestPerson, visitor: Visitor, page: Answer) => AsyncGenerator<Answer>,
    people: readonly TestPerson[] = both,
  ) {
    const seen = [];
    for (const person of people) {
      const visitor = app.visitor();
      const { page } = await site.open(visitor);
      const shapes = [];
      for await (const answer of walk(person, visitor, page)) shapes.push(shape(answer, person));
      seen.push(shapes);
    }
    expect(seen[1]).toEqual(seen[0]);
    return seen[0] ?? [];
  }

  it('gets the answers of somebody who is: login by password, up to the lock', async () => {
    const shapes = await compare(async function* (person, visitor, page) {
      for (let attempt = 0; attempt < 7; attempt++)
        yield await send(visitor, page, '/password', { identifier: person.idNumber, password: 'not-this-1' });
    });
    expect(shapes.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 429, 429]);
  });

  it('is not told apart by a lock that reaches over from one name of a person to another', async () => {
    const people = [await enrolPerson(app, 78), personAt(79)];
    const shapes = await compare(async function* (person, visitor, page) {
      const { idNumber, phoneNumber } = person;
      for (const identifier of [...Array(6).fill(idNumber), phoneNumber.slice(3)])
        yield await send(visitor, page, '/password', { identifier, password: 'not-this-1' });
    }, people);
    expect(shapes.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 429, 422]);
  });

  it('gets the answers of somebody who is: a code by SMS, wrong codes, and too many of them', async () => {
    const shapes = await compare(async function* (person, visitor, page) {
      const sms = await visitor.get(`${pathOf(page)}?way=sms`);
      const ask = await send(visitor, sms, '/sms', { identifier: person.phoneNumber.slice(3) });
      yield ask;
      yield await send(visitor, sms, '/sms', { identifier: person.phoneNumber.slice(3) });
      for (let attempt = 0; attempt < 6; attempt++)
        yield await send(visitor, ask, '/code', { code: '000000' });
    });
    expect(shapes[1]?.status).toBe(429);
  });

  it('gets the answers of somebody who is: registration by a stranger, up to the question for another proof', async () => {
    const phones = new Map([
      [known.idNumber, personAt(72).phoneNumber],
      [unknown.idNumber, personAt(73).phoneNumber],
    ]);
    const shapes = await compare(async function* (person, visitor, page) {
      const { name, idNumber } = person;
      const phoneNumber = phones.get(idNumber) ?? '';
      const start = await visitor.get(`${pathOf(page)}/register`);
      const phone = await send(visitor, start, '/register', { name, idType: '111', idNumber, agree: 'yes' });
      yield phone;
      const ask = await send(visitor, phone, '/register/phone', { phoneNumber: phoneNumber.slice(3) });
      const code = await app.registers.lastCode(phoneNumber);
      const proof = await send(visitor, ask, '/register/code', { code });
      yield { ...proof, text: proof.text.replaceAll(phoneNumber.slice(-4), '') };
    });
    expect(shapes[1]?.text).toContain('还要再确认一次是您本人');
  });

  it('gets the answers of somebody who is: recovery, and wrong codes', async () => {
    const shapes = await compare(async function* (person, visitor, page) {
      const { name, idNumber } = person;
      const start = await visitor.get(`${pathOf(page)}/recover`);
      const ask = await send(visitor, start, '/recover', { name, idType: '111', idNumber });
      yield ask;
      for (let attempt = 0; attempt < 6; attempt++)
        yield await send(visitor, ask, '/recover/code', { code: '000000' });
    });
    expect(shapes[0]?.text).toContain('输入短信验证码');
  });

  it('gets the options of a passkey that everybody gets: no list of keys, nobody’s name', async () => {
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const { options } = await passkeyOptions(visitor, `${pathOf(page)}/passkey-options`);
    expect(options.allowCredentials ?? []).toEqual([]);
    expect(Object.keys(options)).not.toContain('user');
  });

  it('costs the same work as somebody who is: processor time of the cheapest of several runs', async () => {
    const groups = [
      [await enrolPerson(app, 74), await enrolPerson(app, 75)],
      [personAt(76), personAt(77)],
    ];
    const cheapest = [Infinity, Infinity];
    for (let round = 0; round < 8; round++) {
      for (const [index, group] of groups.entries()) {
        const visitor = app.visitor();
        const { page } = await site.open(visitor);
        const identifier = group[round % 2]?.idNumber ?? '';
        const before = process.cpuUsage();
        await send(visitor, page, '/password', { identifier, password: `no-${round}-never` });
        const { user, system } = process.cpuUsage(before);
        cheapest[index] = Math.min(cheapest[index] ?? Infinity, user + system);
      }
    }
    const [here = 0, nowhere = 0] = cheapest;
    // Hashing is most of it, on other threads; an answer without it would cost less than half.
    expect(nowhere / here).toBeGreaterThan(0.6);
    expect(nowhere / here).toBeLessThan(1.7);
  });
});

describe('somebody else’s', () => {
  it('account pages lead to a login, whatever the address', async () => {
    const stranger = app.visitor();
    const routes = app.service.http.routes().filter(({ path }) => path.startsWith('/account'));
    for (const { method, path, kind } of routes) {
      const answer =
        method === 'GET' ? await stranger.get(path) : await stranger.post(path, {}, { origin: app.issuer });
      if (kind === 'page') expect(answer.location).toContain('/oidc/auth?');
      else expect(answer.status).toBe(401);
    }
  });

  it('sessions cannot be ended, and sites not withdrawn, by naming them', async () => {
    const victim = await someone(80);
    const { page: consent } = await site.open(victim.visitor, { scope: 'openid phone' });
    await send(victim.visitor, consent, '/allow');
    const second = app.visitor();
    await enterPortal(second, { identifier: victim.person.idNumber, password });
    const activity = await visit(victim.visitor, '/account/activity');
    const id = /name="session" value="([^"]+)"/.exec(activity.text)?.[1] ?? '';
    expect(id).not.toBe('');
    const attacker = await someone(81);
    const token = csrfOf(attacker.page);
    const post = (path: string, fields: Record<string, string>) =>
      attacker.visitor.post(path, { _csrf: token, ...fields }, { origin: app.issuer });
    const guess = await post('/account/sessions/end', { session: 'guess' });
    const real = await post('/account/sessions/end', { session: id });
    expect([real.status, real.location]).toEqual([guess.status, guess.location]);
    await post('/account/sites/withdraw', { client: site.clientId });
    expect(heading(await visit(second, '/account'))).toBe('我的账号');
    expect((await visit(victim.visitor, '/account/sites')).text).toContain('示例网站');
  });

  it('passkeys are neither shown, renamed nor removed by naming them', async () => {
    const victim = await someone(82);
    const device = createDevice({ origin: app.issuer });
    const form = await visit(victim.visitor, '/account/passkeys/new');
    const { challenge, options } = await passkeyOptions(victim.visitor, '/account/passkeys/options');
    const created = device.create({ challengeId: challenge, options });
    const added = await send(victim.visitor, form, '/account/passkeys/new', {
      challenge,
      response: JSON.stringify(created),
      name: '受害人的手机',
    });
    const id = decodeURIComponent(/passkeys\/remove\?id=([^"&]+)/.exec(added.text)?.[1] ?? '');
    expect(id).not.toBe('');
    const attacker = await someone(83);
    for (const act of ['rename', 'remove']) {
      const shown = await attacker.visitor.get(`/account/passkeys/${act}?id=${encodeURIComponent(id)}`);
      expect(shown.location).toBe(`${app.issuer}/account/methods`);
      await attacker.visitor.post(
        `/account/passkeys/${act}`,
        { _csrf: csrfOf(attacker.page), id, name: '偷来的' },
        { origin: app.issuer },
      );
    }
    const methods = await visit(victim.visitor, '/account/methods');
    expect(methods.text).toContain('受害人的手机');
    // The victim’s challenge and key, brought by the attacker: bound to the victim’s login.
    const stolen = await attacker.visitor.post(
      '/account/passkeys/new',
      { _csrf: csrfOf(attacker.page), challenge, response: JSON.stringify(created), name: 'x' },
      { origin: app.issuer },
    );
    expect(stolen.status).toBe(422);
  });

  it('code for a new phone changes no other account, although it is right', async () => {
    const [victim, attacker] = [await someone(84), await someone(85)];
    const next = personAt(984).phoneNumber;
    const form = await visit(victim.visitor, '/account/phone');
    const ask = await send(victim.visitor, form, '/account/phone', { phoneNumber: next.slice(3) });
    const challenge = new URL(ask.url).searchParams.get('c') ?? '';
    const code = await app.registers.lastCode(next);
    const stolen = await attacker.visitor.post(
      '/account/phone/code',
      { _csrf: csrfOf(attacker.page), challenge, code },
      { origin: app.issuer },
    );
    expect(faultsOf(stolen)[0]).toContain('已过期');
    expect((await send(victim.visitor, ask, '/account/phone/code', { code })).text).toContain('手机号已更换');
  });

  it('identity is not registered, nor recovered, by leaving out the steps that prove it', async () => {
    const person = personAt(86);
    const { name, idNumber } = person;
    await app.registers.control('/people', { id_number: idNumber, name });
    const owner = await enrolPerson(app, 87);
    await app.registers.control('/people', { id_number: owner.idNumber, name: owner.name });
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const base = pathOf(page);
    const fields = { _csrf: csrfOf(page), method: 'password', password, password2: password };
    const post = (path: string, more: Record<string, string>) =>
      visitor.post(base + path, { ...fields, ...more }, { origin: app.issuer });

    const start = await visitor.get(`${base}/register`);
    const phone = await send(visitor, start, '/register', { name, idType: '111', idNumber, agree: 'yes' });
    const registration = new URL(phone.url).searchParams.get('r') ?? '';
    const stranger = personAt(986).phoneNumber;
    expect((await post('/register/finish', { registration })).location).toBeUndefined();
    await send(visitor, phone, '/register/phone', { phoneNumber: stranger.slice(3) });
    expect((await post('/register/finish', { registration })).location).toBeUndefined();
    const code = await app.registers.lastCode(stranger);
    const second = await visitor.follow(await post('/register/code', { registration, code }));
    expect(heading(second)).toBe('还要再确认一次是您本人');
    expect((await post('/register/finish', { registration })).location).toBeUndefined();

    const ask = await send(visitor, await visitor.get(`${base}/recover`), '/recover', {
      ...{ name: owner.name, idType: '111', idNumber: owner.idNumber },
    });
    const recovery = new URL(ask.url).searchParams.get('r') ?? '';
    expect((await post('/recover/finish', { recovery })).location).toBeUndefined();
    expect(await isLoggedIn(visitor)).toBe(false);
    const unharmed = await enterPortal(app.visitor(), { identifier: owner.idNumber, password });
    expect(heading(unharmed)).toBe('我的账号');
  });

  it('consent is not given by whoever has not logged in, nor a level by saying that it is enough', async () => {
    const visitor = app.visitor();
    const claims = { id_token: { acr: { essential: true, value: 'urn:tongxing:loa:3' } } };
    const { page } = await site.open(visitor, { claims: JSON.stringify(claims) });
    for (const act of ['allow', 'lower', 'raise']) {
      const answer = await visitor.post(
        `${pathOf(page)}/${act}`,
        { _csrf: csrfOf(page) },
        { origin: app.issuer },
      );
      expect([act, answer.location]).toEqual([act, undefined]);
    }
    expect(await isLoggedIn(visitor)).toBe(false);
  });

  it('data goes to no site beyond its registration and the person’s consent, whatever the request names', async () => {
    const person = await enrolPerson(app, 88);
    const modest = await openKnownSite(app, { client_id: 'modest', scope: 'openid profile' });
    const wanted = { id_number: { essential: true }, phone_number: null, name: null };
    const claims = JSON.stringify({ id_token: wanted, userinfo: wanted });
    const entered = await enter(app.visitor(), modest, person, { claims });
    const tokens = await modest.party.finish(entered.attempt, entered.callback.href);
    const userinfo = await fetch(`${app.issuer}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const told = JSON.stringify([tokens.claims(), await userinfo.json()]);
    expect(told).toContain(person.name);
    expect(told).not.toContain(person.idNumber);
    expect(told).not.toContain(person.phoneNumber);
    for (const scope of ['openid id_number', 'openid profile phone']) {
      const { page } = await modest.open(app.visitor(), { scope });
      expect(page.location).toContain('error=invalid_scope');
    }
  });

  it('figures of the service are not on its public address', async () => {
    expect((await app.visitor().get('/metrics')).status).toBe(404);
  });

  it('report link is a guess that answers alike for every guess, and asks before it does anything', async () => {
    const visitor = app.visitor();
    const answers = [];
    for (const token of ['guess', 'a'.repeat(22), `${'a'.repeat(22)}.${'b'.repeat(22)}.${'c'.repeat(43)}`]) {
      const page = await visitor.get(`/report/${token}`);
      answers.push(page.status, (await visitor.submit(page)).status);
    }
    expect(answers).toEqual([200, 410, 200, 410, 200, 410]);
  });
});
