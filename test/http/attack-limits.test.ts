import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/app.ts';
import { enrolPerson, enter, type OpenedSite, openKnownSite, password } from '../support/attacker.ts';
import { csrfOf, enterPortal, faultsOf, heading, pathOf, send, visit } from '../support/pages.ts';
import { personAt, type TestPerson } from '../support/people.ts';

let app: TestApp;
let site: OpenedSite;

beforeAll(async () => {
  app = await createTestApp();
  site = await openKnownSite(app, { client_uri: 'https://site.example/start' });
});
afterAll(() => app.close());

const wrongOnes = (code: string) =>
  Array.from({ length: 6 }, (_, n) => String((Number(code) + 1 + n) % 1_000_000).padStart(6, '0'));

/** Asks for a code to log in with, in a browser and a login of its own. */
async function askCode(identifier: string, visitor = app.visitor()) {
  const { page } = await site.open(visitor);
  const sms = await visitor.get(`${pathOf(page)}?way=sms`);
  return { visitor, page: await send(visitor, sms, '/sms', { identifier }) };
}

async function askAndRead(person: TestPerson) {
  const asked = await askCode(person.idNumber);
  return { ...asked, code: await app.registers.lastCode(person.phoneNumber) };
}

describe('a code by SMS', () => {
  it('names the service and the site, what it is for and how long it is good, and nothing about the person', async () => {
    const person = await enrolPerson(app, 1);
    await askAndRead(person);
    const [message] = await app.registers.inbox(person.phoneNumber);
    expect(message?.text).toMatch(/^【通行】验证码 \d{6}，用于在 localhost 登录「示例网站」，5 分钟内有效。/);
    for (const secret of [person.name, person.idNumber, person.phoneNumber.slice(3)])
      expect(message?.text).not.toContain(secret);
  });

  it('is over after five wrong tries: then the right one is too late', async () => {
    const person = await enrolPerson(app, 2);
    const { visitor, page, code } = await askAndRead(person);
    const said = [];
    for (const guess of wrongOnes(code))
      said.push(faultsOf(await send(visitor, page, '/code', { code: guess }))[0]);
    expect(said.slice(0, 5)).toEqual([
      ...[4, 3, 2, 1].map((left) => `验证码不对，还可以试 ${left} 次`),
      '验证码试错次数已满。请重新发送',
    ]);
    const late = await send(visitor, page, '/code', { code });
    expect(late.location).toBeUndefined();
    expect(late.status).toBeGreaterThanOrEqual(422);
  });

  it('works once', async () => {
    const person = await enrolPerson(app, 3);
    const { visitor, page, code } = await askAndRead(person);
    const thief = visitor.clone();
    const done = await send(visitor, page, '/code', { code });
    expect(done.status).toBeLessThan(400);
    const again = await send(thief, page, '/code', { code });
    expect(again.location).toBeUndefined();
    expect(again.status).toBeGreaterThanOrEqual(400);
  });

  it('belongs to its login: in another one, or for another errand, it is worth nothing', async () => {
    const person = await enrolPerson(app, 4);
    await app.registers.control('/people', { id_number: person.idNumber, name: person.name });
    const { page, code } = await askAndRead(person);
    const challenge = new URL(page.url).searchParams.get('c') ?? '';
    const thief = app.visitor();
    const { page: other } = await site.open(thief);
    const fields = { _csrf: csrfOf(other), challenge, code };
    const stolen = await thief.post(`${pathOf(other)}/code`, fields, { origin: app.issuer });
    expect(faultsOf(stolen)[0]).toContain('已过期或已用过');

    app.clock.advance(61);
    const start = await thief.get(`${pathOf(other)}/recover`);
    const { name, idNumber } = person;
    await send(thief, start, '/recover', { name, idType: '111', idNumber });
    const recovery = await app.registers.lastCode(person.phoneNumber);
    const asLogin = { ...fields, code: recovery };
    const crossed = await thief.post(`${pathOf(other)}/code`, asLogin, { origin: app.issuer });
    expect(faultsOf(crossed)[0]).toContain('已过期或已用过');
  });

  it('is over after five minutes', async () => {
    const person = await enrolPerson(app, 5);
    const { visitor, page, code } = await askAndRead(person);
    app.clock.advance(301);
    expect(faultsOf(await send(visitor, page, '/code', { code }))[0]).toContain('已过期');
  });

  it('cannot be ordered to bomb a phone: one a minute, five an hour, ten a day by one name, twelve a day in all', async () => {
    const person = await enrolPerson(app, 6);
    const names = [person.idNumber, person.phoneNumber.slice(3)];
    const first = await askCode(names[0] ?? '');
    expect(first.page.status).toBe(200);
    const second = await askCode(names[0] ?? '');
    expect(second.page.status).toBe(429);
    expect(Number(second.page.headers.get('retry-after'))).toBeGreaterThan(0);
    for (let n = 0; n < 5; n++) {
      app.clock.advance(61);
      const { page } = await askCode(names[0] ?? '');
      expect(page.status).toBe(n < 4 ? 200 : 429);
    }
    for (let hour = 0; hour < 8; hour++) {
      app.clock.advance(3601);
      for (const name of names) await askCode(name);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await app.registers.inbox(person.phoneNumber)).length).toBe(12);
  });

  it('cannot be ordered more often by pretending to come from elsewhere', async () => {
    const person = await enrolPerson(app, 7);
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const statuses = [];
    for (const address of ['203.0.113.1', '203.0.113.2', '2001:db8::1']) {
      const answer = await visitor.follow(
        await visitor.post(
          `${pathOf(page)}/sms`,
          { _csrf: csrfOf(page), identifier: person.idNumber },
          { origin: app.issuer, 'x-forwarded-for': address, forwarded: `for=${address}` },
        ),
      );
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([200, 429, 429]);
  });
});

describe('a password', () => {
  it('guessed by strangers locks strangers out with a growing delay, not its owner', async () => {
    const person = await enrolPerson(app, 10);
    const identifier = person.idNumber;
    const home = app.visitor();
    await enter(home, site, person);
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const guess = async () => send(visitor, page, '/password', { identifier, password: 'not-this-one-1' });
    const delays = [];
    for (let round = 0; round < 3; round++) {
      let answer = await guess();
      while (answer.status === 422) answer = await guess();
      expect(answer.status).toBe(429);
      delays.push(Number(answer.headers.get('retry-after')));
      app.clock.advance(delays.at(-1) ?? 0);
    }
    expect(delays[1]).toBeGreaterThan(delays[0] ?? 0);
    expect(delays[2]).toBeGreaterThan(delays[1] ?? 0);
    await guess();
    const locked = await send(visitor, page, '/password', { identifier, password });
    expect(locked.status).toBe(429);
    const again = await home.follow(await home.get((await site.party.begin({ prompt: 'login' })).url));
    const owner = await send(home, again, '/password', { identifier, password });
    expect(owner.location).toContain('code=');
  });
});

/** Values that mean something to a database, a template, a path, a number or a merge; all within the size limits. */
const hostile = [
  '{"$ne":""}',
  '{"$where":"sleep(9)"}',
  '(a+)+$',
  '__proto__',
  'constructor.prototype',
  '../../../../etc/passwd\u0000.html',
  "' OR '1'='1",
  '<%= 7*7 %>{{7*7}}',
  '\u202e\ud800\uffff 𠮷',
  '9'.repeat(400),
  '['.repeat(2000),
];
const fieldNames =
  'identifier password password2 code challenge response name idType idNumber agree phoneNumber registration recovery cardNumber method session client id as draft'.split(
    ' ',
  );

describe('injection', () => {
  it('into the fields of every form of every page changes nothing and breaks nothing', async () => {
    const person = await enrolPerson(app, 20);
    const owner = app.visitor();
    const page = await enterPortal(owner, { identifier: person.idNumber, password });
    const routes = app.service.http
      .routes()
      .filter(({ method, path }) => method === 'POST' && path !== '/account/theft');
    const failures = app.logs.length;
    for (const { path, kind } of routes) {
      const isInteraction = path.startsWith('/interaction/');
      // Another value for each field, other ones in each round; an interaction may end with a round.
      for (let shift = 0; shift < hostile.length; shift += isInteraction ? 6 : 3) {
        const visitor = isInteraction ? app.visitor() : owner;
        const at = isInteraction ? (await site.open(visitor)).page : page;
        const target = path.replace('{uid}', pathOf(at).split('/').at(-1) ?? '').replace('{token}', 'guess');
        const entries = fieldNames.map((name, n) => [name, hostile[(n + shift) % hostile.length] ?? '']);
        const fields: Record<string, string> = Object.fromEntries(entries);
        const answer =
          kind === 'page'
            ? await visitor.post(target, { ...fields, _csrf: csrfOf(at) }, { origin: app.issuer })
            : await visitor.postJson(target, JSON.stringify(fields));
        expect([path, shift, answer.status < 500]).toEqual([path, shift, true]);
      }
    }
    expect(app.logs.slice(failures).filter((line) => line.includes('a request failed'))).toEqual([]);
    expect(heading(await visit(owner, '/account'))).toBe('我的账号');
  });

  it('of operators by names with brackets reaches no query: names are names', async () => {
    const person = await enrolPerson(app, 21);
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const post = (fields: Record<string, string>) =>
      visitor.post(`${pathOf(page)}/password`, { _csrf: csrfOf(page), ...fields }, { origin: app.issuer });
    const crafted = await post({ 'identifier[$ne]': '', 'password[$gt]': '', identifier: person.idNumber });
    expect([crafted.status, crafted.location]).toEqual([422, undefined]);
    for (const name of ['__proto__', 'constructor', 'prototype'])
      expect((await post({ [name]: 'x' })).status).toBe(400);
    expect((await post({ '__proto__[isAdmin]': '1', identifier: 'x', password: 'y' })).status).toBe(422);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
    const twice = await fetch(new URL(`${pathOf(page)}/password`, app.issuer), {
      method: 'POST',
      headers: { cookie: visitor.cookies(pathOf(page)).join('; '), origin: app.issuer },
      body: new URLSearchParams([
        ['_csrf', csrfOf(page)],
        ['identifier', 'a'],
        ['identifier', 'b'],
      ]),
    });
    expect(twice.status).toBe(400);
  });

  it('of JSON that is too deep, too long, or of another shape is refused by what it is', async () => {
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const path = `${pathOf(page)}/passkey-options`;
    const nest = (depth: number): string => `${'{"draft":'.repeat(depth)}1${'}'.repeat(depth)}`;
    for (const [body, status] of [
      ['{"draft":{"$ne":""}}', 422],
      ['{"draft":["a"]}', 422],
      ['{"$where":"1"}', 422],
      ['{"as":"admin"}', 422],
      ['[]', 422],
      ['null', 422],
      ['', 400],
      ['{', 400],
      ['{"__proto__":{"isAdmin":true}}', 400],
      ['{"draft":{"constructor":1}}', 400],
      [nest(30), 400],
      [nest(5000), 400],
      [`[${'1,'.repeat(2000)}1]`, 400],
    ] as const)
      expect([body.slice(0, 30), (await visitor.postJson(path, body)).status]).toEqual([
        body.slice(0, 30),
        status,
      ]);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });

  it('into a passkey’s answer is a refused passkey', async () => {
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    for (const response of [
      '{"id":{"$ne":""}}',
      '{"id":["a"],"rawId":1}',
      '{"__proto__":{"id":"x"}}',
      `{"id":"${'a'.repeat(5000)}"}`,
      '"text"',
      '['.repeat(10_000),
    ]) {
      const answer = await visitor.post(
        `${pathOf(page)}/passkey`,
        { _csrf: csrfOf(page), challenge: '{"$ne":""}', response },
        { origin: app.issuer },
      );
      expect([response.slice(0, 20), answer.status]).toEqual([response.slice(0, 20), 422]);
      expect(faultsOf(answer)[0]).toContain('没有用通行密钥登录成功');
    }
  });

  it('into the protocol’s parameters is an OAuth error, never a failure of ours', async () => {
    const failures = app.logs.length;
    for (const endpoint of ['token', 'par', 'introspection', 'revocation'])
      for (const value of hostile) {
        const names =
          'grant_type code redirect_uri code_verifier refresh_token token scope claims resource'.split(' ');
        const fields = Object.fromEntries(names.map((name) => [name, value]));
        const { status } = await site.ask(endpoint, {
          ...fields,
          'client_id[$ne]': '',
          __proto__: value,
        } as never);
        expect([endpoint, value.slice(0, 20), status >= 200 && status < 500]).toEqual([
          endpoint,
          value.slice(0, 20),
          true,
        ]);
      }
    for (const value of hostile)
      for (const name of [
        'client_id',
        'scope',
        'claims',
        'id_token_hint',
        'acr_values',
        'ui_locales',
        'max_age',
        'prompt',
        'nonce',
        'resource',
      ]) {
        const url = new URL((await site.party.begin()).url);
        url.searchParams.set(name, value);
        expect((await app.visitor().get(url.href)).status).toBeLessThan(500);
      }
    for (const claims of [
      'null',
      '[]',
      '{"id_token":{"acr":{"essential":true,"values":{"$ne":1}}}}',
      '{"userinfo":[1]}',
      '{"__proto__":{}}',
      '{"id_token":{"acr":{"values":[{}]}}}',
    ]) {
      const url = new URL((await site.party.begin({ claims })).url);
      expect((await app.visitor().get(url.href)).status).toBeLessThan(500);
    }
    expect(app.logs.slice(failures).filter((line) => line.includes('failed'))).toEqual([]);
  });
});

/** A request that fetch would not send: any path, a body without a length. */
function raw(
  path: string,
  options: { method?: string; headers?: Record<string, string>; chunks?: string[] } = {},
) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const sent = request(
        { host: 'localhost', port: new URL(app.issuer).port, path, agent: false, ...options },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
        },
      );
      sent.on('error', reject);
      for (const chunk of options.chunks ?? []) sent.write(chunk);
      sent.end();
    },
  );
}

describe('too much', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const endpoints = [
    'token',
    'par',
    'introspection',
    'revocation',
    'auth',
    'logout',
    'logout/confirm',
    'userinfo',
  ];

  it.each([
    '/interaction/guess-of-a-uid/password',
    '/report/guess',
    ...endpoints.map((name) => `/oidc/${name}`),
  ])('of a body for %s is refused with 413, with or without a length, as page or document', async (path) => {
    const body = `a=${'x'.repeat(70_000)}`;
    const chunks = Array.from({ length: 8 }, () => 'x'.repeat(9_000));
    const page = await raw(path, {
      method: 'POST',
      headers: { ...form, accept: 'text/html' },
      chunks: [body],
    });
    const document = await raw(path, {
      method: 'POST',
      headers: { ...form, accept: 'application/json' },
      chunks,
    });
    expect([page.status, document.status]).toEqual([413, 413]);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain('<h1>');
    expect(document.headers['content-type']).toMatch(/^application\/(problem\+)?json/);
    const told = JSON.parse(document.text);
    expect(told.code ?? told.error).toMatch(/^content-too-large$|^invalid_request$/);
  });

  it('packed into little is not unpacked', async () => {
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const answer = await raw(`${pathOf(page)}/password`, {
      method: 'POST',
      headers: { ...form, 'content-encoding': 'gzip', cookie: visitor.cookies(pathOf(page)).join('; ') },
      chunks: ['x'],
    });
    expect(answer.status).toBe(415);
  });

  it('of everything else is refused at once: parameters, addresses, headers, scopes, claims', async () => {
    const started = performance.now();
    const many = new URLSearchParams(Array.from({ length: 300 }, (_, n) => [`p${n}`, '']));
    expect((await app.visitor().get(`/?${many}`)).status).toBe(400);
    expect((await raw(`/${'x'.repeat(20_000)}`)).status).toBe(431);
    expect((await raw('/', { headers: { cookie: 'x'.repeat(20_000) } })).status).toBe(431);
    const scope = `openid ${Array.from({ length: 10_000 }, (_, n) => `s${n}`).join(' ')}`;
    expect((await site.ask('par', { scope })).status).toBe(413);
    expect((await site.ask('par', { scope: scope.slice(0, 50_000) })).status).toBe(400);
    const nested = `${'{"id_token":'.repeat(800)}{}${'}'.repeat(800)}`;
    expect((await site.ask('par', { scope: 'openid', claims: nested })).status).toBe(400);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('of one link by one address is answered with 429 and when to come back', async () => {
    const visitor = app.visitor();
    const page = await visitor.get('/report/guess');
    const statuses = [];
    let last = page;
    for (let n = 0; n < 22; n++) {
      last = await visitor.submit(page);
      statuses.push(last.status);
    }
    expect(new Set(statuses)).toEqual(new Set([410, 429]));
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(heading(last)).toBe('操作过于频繁');
  });
});

describe('what bad input gets', () => {
  const both = async (method: string, path: string) => {
    const page = await raw(path, { method, headers: { accept: 'text/html' } });
    const document = await raw(path, { method, headers: { accept: 'application/json' } });
    return { page, document };
  };

  it('an unknown path: 404, as page or document by Accept', async () => {
    for (const path of ['/nothing', '/oidc/nothing', '/account/nothing', '/interaction', '/assets/x/y.css']) {
      const { page, document } = await both('GET', path);
      expect([path, page.status, document.status]).toEqual([path, 404, 404]);
      expect(page.text).toContain('<h1>');
      expect(document.headers['content-type']).toBe('application/problem+json');
      expect(JSON.parse(document.text)).toMatchObject({
        status: 404,
        code: 'not-found',
        type: expect.any(String),
      });
    }
  });

  it('a wrong method: 405 with Allow on every path that exists, as page or document by Accept', async () => {
    const routes = app.service.http.routes().map(({ path }) => path.replace(/\{\w+\}/g, 'guess-of-a-uid'));
    const protocol = app.service.sso.paths.filter((path) => !path.includes('{'));
    expect(protocol.length).toBeGreaterThan(10);
    for (const path of new Set([...routes, ...protocol, '/oidc/auth/guess'])) {
      const { page, document } = await both('DELETE', path);
      expect([path, page.status, document.status]).toEqual([path, 405, 405]);
      for (const { headers } of [page, document]) expect(headers.allow).toMatch(/^(GET|POST)/);
      if (!path.startsWith('/api/')) expect(page.text).toContain('<h1>');
      expect(JSON.parse(document.text)).toMatchObject({ status: 405, code: 'method-not-allowed' });
    }
  });

  it('a login that is over: a page that starts again at the site, in this browser and in any other', async () => {
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const now = Date.now();
    const keep = ['nextTick', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'] as const;
    const more = ['clearImmediate', 'clearInterval', 'clearTimeout', 'hrtime', 'performance'] as const;
    jest.useFakeTimers({ now: now + 31 * 60_000, doNotFake: [...keep, ...more] });
    try {
      const shown = await visitor.get(pathOf(page));
      const sent = await send(visitor, page, '/password', { identifier: '13800000000', password });
      const elsewhere = await app.visitor().get(pathOf(page));
      for (const answer of [shown, sent, elsewhere]) {
        expect([answer.status, heading(answer)]).toEqual([410, '这次登录已过期']);
        expect(answer.text).toContain('href="https://site.example/start"');
        expect(answer.text).toContain('示例网站');
      }
    } finally {
      jest.useRealTimers();
    }
  });

  it.each(['error', 'no-answer', 'malformed'])(
    'a register that is down (%s): what was typed is saved, and the person is told what happens next',
    async (mode) => {
      const person = personAt({ error: 40, 'no-answer': 41, malformed: 42 }[mode] ?? 0);
      await app.registers.control('', { register: 'police', mode });
      const visitor = app.visitor();
      const { page } = await site.open(visitor);
      const start = await visitor.get(`${pathOf(page)}/register`);
      const { name, idNumber } = person;
      const next = await send(visitor, start, '/register', { name, idType: '111', idNumber, agree: 'yes' });
      await app.registers.control('', { register: 'police', mode: 'normal' });
      expect(next.status).toBe(200);
      expect(next.text).toContain('您的信息已保存');
      expect(next.text).toContain('恢复后');
    },
  );
});

describe('a flood of passwords', () => {
  it('is bounded: beyond the queue 503 with Retry-After, the rest of the service answers, and then all is well', async () => {
    const person = await enrolPerson(app, 50);
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const flood = Array.from({ length: 160 }, (_, n) =>
      visitor.post(
        `${pathOf(page)}/password`,
        { _csrf: csrfOf(page), identifier: personAt(10_000 + n).idNumber, password: 'p'.repeat(128) },
        { origin: app.issuer },
      ),
    );
    const during = await fetch(`${app.issuer}/healthz`);
    expect(during.status).toBe(200);
    const answers = await Promise.all(flood);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(new Set(answers.map(({ status }) => status)).size).toBeLessThanOrEqual(3);
    for (const { status } of answers) expect([422, 429, 503]).toContain(status);
    const { callback } = await enter(app.visitor(), site, person);
    expect(callback.searchParams.has('code')).toBe(true);
  });
});
