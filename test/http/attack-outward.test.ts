import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import { z } from 'zod';
import { api } from '../../src/http/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import {
  enrolPerson,
  enter,
  type OpenedSite,
  openKnownSite,
  password,
  redemption,
} from '../support/attacker.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { enterPortal, heading, openSite, pathOf, send, visit } from '../support/pages.ts';
import { personAt, type TestPerson } from '../support/people.ts';
import type { Answer, Visitor } from '../support/relying-party.ts';

/** Waits until something is so, at most five seconds. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !(await isSo()); ) {
    if (Date.now() > end) throw new Error('it did not become so');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a request of ours into our own network', () => {
  let app: TestApp;
  let trap: LocalServer;
  /** The only place that the setting allows; it sends everybody on to the trap. */
  let allowed: LocalServer;
  const asked: string[] = [];
  let places: string[];

  beforeAll(async () => {
    trap = await startLocalServer((_request, response) => void response.end('{}'));
    allowed = await startLocalServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(307, { location: `${trap.url}/inside` }).end();
    });
    places = [
      ...['127.0.0.1', 'localhost', '127.1', '2130706433', '0x7f.0.0.1', '0.0.0.0', '[::1]', '[::]'].map(
        (host) => `https://${host}:${trap.port}/inside`,
      ),
      `https://[::ffff:127.0.0.1]:${trap.port}/inside`,
      `${allowed.url}/redirects`,
    ];
    app = await createTestApp({
      settings: {
        TONGXING_OUTBOUND_ALLOW: allowed.hostPort,
        TONGXING_POLICE_URL: `${allowed.url}/police`,
      },
    });
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([trap.close(), allowed.close()]);
  });

  it('by jwks_uri does not arrive', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    for (const [index, jwks_uri] of places.entries()) {
      const clientId = `jwks-${index}`;
      await app.addClient({
        client_id: clientId,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        scope: 'licences:read',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri,
      });
      const assertion = await new SignJWT({ jti: `j-${index}` })
        .setProtectedHeader({ alg: 'ES256', kid: 'k', jku: jwks_uri, x5u: jwks_uri })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(app.issuer)
        .setExpirationTime('1 minute')
        .sign(privateKey);
      const response = await fetch(`${app.issuer}/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion: assertion,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        }),
      });
      expect([jwks_uri, response.status]).toEqual([jwks_uri, 401]);
      expect(await response.text()).not.toContain('127.0.0.1');
    }
    expect(trap.connections()).toBe(0);
  });

  it('by sector_identifier_uri does not arrive, and the site is not registered', async () => {
    for (const sector_identifier_uri of places) {
      const redirect_uris = ['https://site.example/callback', 'https://b.example/'];
      await expect(app.addClient({ redirect_uris, sector_identifier_uri })).rejects.toMatchObject({
        code: 'client-metadata-invalid',
      });
    }
    expect(trap.connections()).toBe(0);
  });

  it('by request_uri is not even thought of', async () => {
    const site = await openKnownSite(app, { client_id: 'referrer' });
    for (const request_uri of places) {
      const url = new URL((await site.party.begin()).url);
      url.searchParams.set('request_uri', request_uri);
      const answer = await app.visitor().get(url.href);
      expect(answer.location ?? '').not.toContain('code=');
      expect((await site.ask('par', { request_uri, scope: 'openid' })).status).toBe(400);
    }
    expect(trap.connections()).toBe(0);
  });

  it('by backchannel_logout_uri does not arrive', async () => {
    const person = await enrolPerson(app, 1);
    const visitor = app.visitor();
    for (const [index, backchannel_logout_uri] of places.entries()) {
      const site = await openSite(app, { client_id: `logout-${index}`, backchannel_logout_uri });
      await enter(visitor, site, person);
    }
    await visitor.submit(await visitor.get('/oidc/logout'), {}, 'logout-yes');
    const told = async () => {
      const lines = (await app.service.metrics.text()).split('\n');
      const of = (outcome: string) =>
        Number(
          lines
            .find(
              (line) =>
                line.includes('outbound_requests_total{kind="backchannel-logout"') &&
                line.includes(`"${outcome}"`),
            )
            ?.split(' ')
            .at(-1) ?? 0,
        );
      return of('refused') + of('3xx');
    };
    await until(async () => (await told()) >= places.length);
    expect(trap.connections()).toBe(0);
  });

  it('by a register that redirects does not arrive; the question carries nobody’s number in its address', async () => {
    const { name, idNumber } = personAt(2);
    const site = await openKnownSite(app, { client_id: 'registering' });
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const start = await visitor.get(`${pathOf(page)}/register`);
    const next = await send(visitor, start, '/register', { name, idType: '111', idNumber, agree: 'yes' });
    expect(next.text).toContain('您的信息已保存');
    expect(asked).toContain('/police/person-checks');
    expect(asked.join(' ')).not.toContain(idNumber);
    expect(trap.connections()).toBe(0);
  });
});

/** What must never be seen: in logs, in addresses, in the log of events, in metrics, in the files of the store. */
interface Secrets {
  personal: Set<string>;
  keys: Set<string>;
  codes: Set<string>;
}

describe('a whole life of an account', () => {
  let app: TestApp;
  let site: OpenedSite;
  const secrets: Secrets = { personal: new Set(), keys: new Set(), codes: new Set() };
  const addresses: string[] = [];
  const sent = globalThis.fetch;

  /** Notes every address that the browser visits or is sent to, and every cookie that it gets. */
  const listening: typeof fetch = async (input, init) => {
    const response = await sent(input, init);
    const url = input instanceof Request ? input.url : String(input);
    if (url.startsWith(app.issuer)) addresses.push(url, response.headers.get('location') ?? '');
    for (const line of response.headers.getSetCookie()) {
      const value = /^[^=]+=([^;]*)/.exec(line)?.[1] ?? '';
      if (value.length > 15) secrets.keys.add(decodeURIComponent(value));
    }
    return response;
  };

  function keep(person: TestPerson): TestPerson {
    const { idNumber, name, phoneNumber, cardNumber } = person;
    for (const one of [idNumber, name, phoneNumber.slice(3), cardNumber]) secrets.personal.add(one);
    return person;
  }
  async function codeOf(phoneNumber: string): Promise<string> {
    const code = await app.registers.lastCode(phoneNumber);
    secrets.codes.add(code);
    return code;
  }
  async function known(n: number): Promise<TestPerson> {
    const person = keep(personAt(n));
    await app.registers.control('/people', { id_number: person.idNumber, name: person.name });
    await app.registers.control('/subscribers', {
      phone_number: person.phoneNumber,
      id_number: person.idNumber,
    });
    await app.registers.control('/cards', { id_number: person.idNumber, card_number: person.cardNumber });
    return person;
  }

  async function register(person: TestPerson, visitor: Visitor): Promise<Answer> {
    const { page } = await site.open(visitor, { login_hint: 'somebody' });
    const start = await visitor.get(`${pathOf(page)}/register`);
    const { name, idNumber, phoneNumber } = person;
    const identity = { idType: '111', idNumber, agree: 'yes' };
    const wrong = await send(visitor, start, '/register', { ...identity, name: '赵冒名' });
    const phone = await send(visitor, wrong, '/register', { ...identity, name });
    const ask = await send(visitor, phone, '/register/phone', { phoneNumber: phoneNumber.slice(3) });
    await send(visitor, ask, '/register/code', { code: '000000' });
    const last = await send(visitor, ask, '/register/code', { code: await codeOf(phoneNumber) });
    await send(visitor, last, '/register/finish', { method: 'password', password: 'short', password2: 'x' });
    const own = { method: 'password', password: idNumber, password2: idNumber };
    await send(visitor, last, '/register/finish', own);
    return send(visitor, last, '/register/finish', { method: 'password', password, password2: password });
  }

  /** Tokens through every endpoint, right and wrong. */
  async function useTokens(person: TestPerson): Promise<void> {
    const claims = JSON.stringify({ id_token: { id_number: null, name: null, phone_number: null } });
    const scope = 'openid profile phone id_number offline_access';
    const entered = await enter(app.visitor(), site, person, { scope, claims, prompt: 'consent' });
    const fields = redemption(entered);
    const { body } = await site.ask('token', fields);
    for (const one of [
      body.access_token,
      body.refresh_token,
      body.id_token,
      fields.code,
      fields.code_verifier,
      site.secret,
    ])
      secrets.keys.add(String(one));
    await fetch(`${app.issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${body.access_token}` } });
    await fetch(`${app.issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${body.id_token}` } });
    await fetch(`${app.issuer}/api/v1/nothing`, { headers: { authorization: `Bearer ${body.id_token}` } });
    for (const token of [String(body.access_token), String(body.id_token), person.idNumber])
      await site.ask('introspection', { token });
    const refreshed = await site.ask('token', {
      grant_type: 'refresh_token',
      refresh_token: String(body.refresh_token),
    });
    for (const one of [refreshed.body.access_token, refreshed.body.refresh_token])
      secrets.keys.add(String(one));
    await site.ask('token', fields);
    await site.ask('token', { ...fields, code: person.idNumber, code_verifier: person.phoneNumber });
    await site.ask('par', {
      scope: person.idNumber,
      claims: person.name,
      redirect_uri: 'https://evil.example/',
    });
  }

  async function fail(person: TestPerson): Promise<void> {
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    for (const identifier of [person.idNumber, person.phoneNumber, `${person.name}`])
      await send(visitor, page, '/password', { identifier, password: 'wrong-quiet-harbour' });
    secrets.keys.add('wrong-quiet-harbour');
    for (const register of ['police', 'telecom', 'sms'])
      await app.registers.control('', { register, mode: register === 'telecom' ? 'malformed' : 'error' });
    const { name, idNumber, phoneNumber } = person;
    const start = await visitor.get(`${pathOf(page)}/register`);
    const phone = await send(visitor, start, '/register', { name, idType: '111', idNumber, agree: 'yes' });
    await send(visitor, phone, '/register/phone', { phoneNumber: phoneNumber.slice(3) });
    const recover = await visitor.get(`${pathOf(page)}/recover`);
    await send(visitor, recover, '/recover', { name, idType: '111', idNumber });
    await send(visitor, await visitor.get(`${pathOf(page)}?way=sms`), '/sms', { identifier: idNumber });
    for (const register of ['police', 'telecom', 'sms'])
      await app.registers.control('', { register, mode: 'normal' });
    // Forms that are refused before anything reads them, and answers that fail.
    await visitor.post(`${pathOf(page)}/password`, { identifier: idNumber, password });
    await visitor.post(`${pathOf(page)}/password`, { identifier: idNumber.repeat(5000), password });
    await visitor.post('/oidc/auth', { client_id: idNumber, redirect_uri: name, login_hint: idNumber });
    const redirect = `https://site.example/callback?id=${idNumber}&phone=${phoneNumber}`;
    await visitor.post('/oidc/auth', { client_id: site.clientId, redirect_uri: redirect, login_hint: name });
    expect((await visitor.post('/api/v1/broken', {})).status).toBe(405);
    expect((await visitor.get('/api/v1/broken')).status).toBe(500);
  }

  async function care(person: TestPerson): Promise<void> {
    const visitor = app.visitor();
    const page = await enterPortal(visitor, { identifier: person.idNumber, password });
    expect(heading(page)).toBe('我的账号');
    await send(visitor, page, '/account/show');
    const next = keep(personAt(902)).phoneNumber;
    await app.registers.control('/subscribers', { phone_number: next, id_number: person.idNumber });
    const ask = await send(visitor, await visit(visitor, '/account/phone'), '/account/phone', {
      phoneNumber: next.slice(3),
    });
    await send(visitor, ask, '/account/phone/code', { code: await codeOf(next) });
    await app.registers.control('/people', { id_number: person.idNumber, name: '钱更名' });
    secrets.personal.add('钱更名');
    await send(visitor, await visit(visitor, '/account/name'), '/account/name', { name: '钱更名' });
    const fresh = 'evening-lantern-1890';
    secrets.keys.add(fresh);
    await send(visitor, await visit(visitor, '/account/password'), '/account/password', {
      password: fresh,
      password2: fresh,
    });
    await visit(visitor, '/account/activity');
    await send(visitor, await visit(visitor, '/account/theft'), '/account/theft');
  }

  async function raise(person: TestPerson): Promise<void> {
    const visitor = app.visitor();
    await enterPortal(visitor, { identifier: person.idNumber, password });
    const level = await visit(visitor, '/account/level');
    for (const cardNumber of ['G00000000', person.cardNumber])
      await send(visitor, level, '/account/level/card', { cardNumber });
  }

  async function recover(person: TestPerson): Promise<void> {
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const start = await visitor.get(`${pathOf(page)}/recover`);
    const { name, idNumber, phoneNumber } = person;
    const ask = await send(visitor, start, '/recover', { name, idType: '111', idNumber });
    const last = await send(visitor, ask, '/recover/code', { code: await codeOf(phoneNumber) });
    const login = { method: 'password', password: 'second-lantern-1891', password2: 'second-lantern-1891' };
    secrets.keys.add('second-lantern-1891');
    await send(visitor, last, '/recover/finish', login);
  }

  beforeAll(async () => {
    app = await createTestApp();
    app.service.http.mount([
      api({
        method: 'GET',
        path: '/api/v1/broken',
        access: { anyone: 'fails as a library could that puts what it was given into its errors' },
        summary: 'Fails',
        response: { status: 204, schema: z.undefined() },
        handle: async () => {
          const { idNumber, phoneNumber } = personAt(100);
          const cause = new Error(`duplicate key { phone: "${phoneNumber}" }`);
          throw new Error(`no answer about ${idNumber}`, { cause });
        },
      }),
    ]);
    globalThis.fetch = listening;
    secrets.keys.add(password);
    site = await openKnownSite(app, {
      client_id: 'life',
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile phone id_number offline_access',
      backchannel_logout_uri: 'https://127.0.0.1:9/logout',
    });
    const [first, second, third] = [await known(100), await known(101), await known(102)];
    const done = await register(first, app.visitor());
    expect(done.location ?? heading(done)).toMatch(/code=|示例网站/);
    await useTokens(first);
    await fail(first);
    await care(first);
    await app.enrol(third, { password, level: 1, isPhoneMatched: false });
    await raise(third);
    await app.enrol(second, { password });
    app.clock.advance(61);
    await recover(second);
    await app.service.identity.deliverMessages();
    await app.service.audit.drain();
  });
  afterAll(async () => {
    globalThis.fetch = sent;
    await app.close();
  });

  /** Those of the secrets that a text holds. A code is six digits that stand alone. */
  const found = (text: string, { personal = true, keys = true, codes = true } = {}) => [
    ...[...(personal ? secrets.personal : []), ...(keys ? secrets.keys : [])].filter((one) =>
      text.includes(one),
    ),
    ...[...(codes ? secrets.codes : [])].filter((one) => new RegExp(`(?<!\\d)${one}(?!\\d)`).test(text)),
  ];

  it('was one: people, secrets, codes and addresses were really seen on the way', () => {
    expect(secrets.personal.size).toBeGreaterThan(8);
    expect(secrets.keys.size).toBeGreaterThan(40);
    expect(secrets.codes.size).toBe(3);
    expect(addresses.length).toBeGreaterThan(150);
    expect(app.logs.length).toBeGreaterThan(5);
    expect(app.logs.join('')).toContain('no answer about [redacted]');
    expect(found([...secrets.personal].join(' ')).length).toBe(secrets.personal.size);
  });

  it('leaves no identifier, password, code, token or cookie in the logs', () => {
    for (const line of app.logs) expect([found(line), line]).toEqual([[], line]);
  });

  it('puts no personal data, password or code into any address, on our side or towards the site', () => {
    const decoded = addresses.map((address) => decodeURIComponent(address.replaceAll('+', ' ')));
    for (const address of decoded) expect([found(address, { keys: false }), address]).toEqual([[], address]);
    for (const address of decoded) expect(address).not.toContain(password);
  });

  it('leaves nothing of it in the log of events, nor in the metrics', async () => {
    let events = '';
    for await (const batch of app.service.audit.export()) events += JSON.stringify(batch);
    expect(events).toContain('identity.');
    expect(found(events)).toEqual([]);
    expect(found(await app.service.metrics.text())).toEqual([]);
  });

  it('leaves nothing readable in the files of the store, which an operator could copy', () => {
    const folder = dirname(app.config.store.slice('sqlite:'.length));
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const databases = files.filter(({ name }) => name.includes('tongxing'));
    expect(databases.length).toBeGreaterThan(1);
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(join(parentPath, name));
      const all = [...secrets.personal, ...secrets.keys].filter((one) => bytes.includes(Buffer.from(one)));
      expect([name, all]).toEqual([name, []]);
    }
  });

  it('shows people to themselves masked', async () => {
    const person = await known(103);
    await app.enrol(person, { password });
    const page = await enterPortal(app.visitor(), { identifier: person.idNumber, password });
    expect(heading(page)).toBe('我的账号');
    expect(found(page.text, { keys: false, codes: false })).toEqual([]);
  });
});
