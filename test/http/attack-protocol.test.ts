import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { z } from 'zod';
import { api } from '../../src/http/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import {
  askAs,
  assertionStatus,
  enrolPerson,
  enter,
  type OpenedSite,
  openKnownSite,
  redemption,
  userinfoStatus,
} from '../support/attacker.ts';
import { heading, send } from '../support/pages.ts';
import type { TestPerson } from '../support/people.ts';
import { wrongRedirects } from '../support/wrong-redirects.ts';

let app: TestApp;
let site: OpenedSite;
let other: OpenedSite;
let person: TestPerson;

beforeAll(async () => {
  app = await createTestApp();
  app.service.http.mount([
    api({
      method: 'GET',
      path: '/api/v1/echo',
      access: { scope: 'licences:read' },
      summary: 'Says who calls, so that a test can see which tokens open our API',
      response: { status: 200, schema: z.object({ kind: z.string() }) },
      handle: async ({ caller }) => ({ body: { kind: caller.kind } }),
    }),
  ]);
  site = await openKnownSite(app, {
    client_id: 'attacked',
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid profile phone offline_access licences:read',
    post_logout_redirect_uris: ['https://site.example/bye'],
  });
  other = await openKnownSite(app, { client_id: 'another', client_name: '另一个网站' });
  person = await enrolPerson(app, 1);
});
afterAll(() => app.close());

/** The authorization request of the site with members changed, taken away, or repeated. */
async function authorize(changes: Record<string, string | undefined>, extra = '', method = 'GET') {
  const url = new URL((await site.party.begin()).url);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  const visitor = app.visitor();
  if (method === 'GET') return visitor.get(url.href + extra);
  return visitor.post(url.origin + url.pathname, Object.fromEntries(url.searchParams));
}

const tokens = async (params = {}) => {
  const entered = await enter(app.visitor(), site, person, params);
  const { status, body } = await site.ask('token', redemption(entered));
  expect({ status, body }).toMatchObject({ status: 200 });
  return body as Record<string, string>;
};

/** An attribute that leads away; the language switch repeats the query of our own address, which is no way out. */
const linkToEvil = /="(?:https?:)?\/\/[^"]*evil/;

describe('redirect_uri', () => {
  it.each(wrongRedirects)('with %s gets our page, and nothing leaves', async (_, redirect_uri) => {
    for (const method of ['GET', 'POST']) {
      const answer = await authorize({ redirect_uri }, '', method);
      expect(answer.location).toBeUndefined();
      expect(answer.status).toBe(400);
      expect(heading(answer)).toBe('这次登录请求有问题');
      expect(answer.text).not.toMatch(linkToEvil);
      expect(answer.headers.get('content-security-policy')).not.toContain('evil.example');
    }
  });

  it('that is absent is not guessed, although the site registered one only', async () => {
    const answer = await authorize({ redirect_uri: undefined });
    expect([answer.status, answer.location]).toEqual([400, undefined]);
  });

  it('given twice is refused, whichever comes first', async () => {
    for (const first of ['https://site.example/callback', 'https://evil.example/']) {
      const answer = await authorize({ redirect_uri: first }, '&redirect_uri=https%3A%2F%2Fevil.example%2F');
      expect([answer.status, answer.location]).toEqual([400, undefined]);
    }
  });

  it('is checked before it is pushed, and again when the code is redeemed', async () => {
    const fields = {
      response_type: 'code',
      redirect_uri: 'https://evil.example/',
      scope: 'openid',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
    };
    expect(await site.ask('par', fields)).toMatchObject({ status: 400, body: {} });
    const entered = redemption(await enter(app.visitor(), site, person));
    const moved = { ...entered, redirect_uri: 'https://site.example/callback2' };
    expect((await site.ask('token', moved)).status).toBe(400);
  });

  it('of a site that is not registered gets our page too, in words for a person', async () => {
    const answer = await authorize({ client_id: 'nobody', redirect_uri: 'https://evil.example/' });
    expect([answer.status, answer.location]).toEqual([400, undefined]);
    expect(answer.text).toContain('没有在本平台登记');
    expect(answer.text).not.toMatch(linkToEvil);
  });
});

describe('PKCE', () => {
  it.each([
    ['plain', { code_challenge_method: 'plain' }],
    ['absent', { code_challenge: undefined, code_challenge_method: undefined }],
    ['without its method, which would mean plain', { code_challenge_method: undefined }],
    ['shorter than a hash', { code_challenge: 'short' }],
  ])('that is %s is refused before anybody logs in', async (_, changes) => {
    const { location = '' } = await authorize(changes);
    expect(location).toMatch(/^https:\/\/site\.example\/callback\?error=invalid_request/);
  });

  it.each([
    ['wrong', { code_verifier: 'w'.repeat(43) }],
    ['absent', { code_verifier: '' }],
    ['the challenge itself', undefined],
  ])('with a verifier that is %s gets no token', async (_, changes) => {
    const entered = await enter(app.visitor(), site, person);
    const right = redemption(entered);
    const challenge = new URL(entered.attempt.url).searchParams.get('code_challenge') ?? '';
    const answer = await site.ask('token', { ...right, ...(changes ?? { code_verifier: challenge }) });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^invalid_/) } });
  });

  it('dropped on the way is not forgotten: a pushed request keeps the challenge that it was pushed with', async () => {
    const visitor = app.visitor();
    await enter(visitor, site, person);
    const attempt = await site.party.begin({}, true);
    const url = new URL(attempt.url);
    url.searchParams.set('code_challenge', 'x'.repeat(43));
    url.searchParams.set('code_challenge_method', 'plain');
    const { location = '' } = await visitor.follow(await visitor.get(url.href));
    const fields = redemption({ attempt, callback: new URL(location) });
    const { code_verifier: _, ...without } = fields;
    expect((await site.ask('token', without)).status).toBe(400);
  });
});

describe('a code', () => {
  it('that was stolen is worth nothing to another client', async () => {
    const fields = redemption(await enter(app.visitor(), site, person));
    expect(await other.ask('token', fields)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('used a second time gives nothing, and ends what the first use gave', async () => {
    const fields = redemption(await enter(app.visitor(), site, person, { scope: 'openid' }));
    const first = await site.ask('token', fields);
    expect(await userinfoStatus(app, first.body.access_token)).toBe(200);
    expect(await site.ask('token', fields)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await userinfoStatus(app, first.body.access_token)).toBe(401);
    const refresh = { grant_type: 'refresh_token', refresh_token: String(first.body.refresh_token) };
    expect((await site.ask('token', refresh)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('is over after 60 seconds', async () => {
    const fields = redemption(await enter(app.visitor(), site, person));
    const now = Date.now();
    const untouched = ['nextTick', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'] as const;
    const more = ['clearImmediate', 'clearInterval', 'clearTimeout', 'hrtime', 'performance'] as const;
    jest.useFakeTimers({ now: now + 61_000, doNotFake: [...untouched, ...more] });
    try {
      expect(await site.ask('token', fields)).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
    } finally {
      jest.useRealTimers();
    }
  });

  it('or token that never was is refused in the same words as one that is over', async () => {
    const fields = { ...redemption(await enter(app.visitor(), site, person)), code: 'c'.repeat(43) };
    const unknown = await site.ask('token', fields);
    expect(unknown).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const refresh = { grant_type: 'refresh_token', refresh_token: 'r'.repeat(43) };
    expect((await site.ask('token', refresh)).body).toEqual(unknown.body);
  });
});

describe('a refresh token', () => {
  it('used twice ends the whole grant: the stolen chain and the owner’s', async () => {
    const first = await tokens({ scope: 'openid offline_access', prompt: 'consent' });
    const use = (refresh_token: unknown) =>
      site.ask('token', { grant_type: 'refresh_token', refresh_token: String(refresh_token) });
    const second = await use(first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect(await use(first.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await use(second.body.refresh_token)).status).toBe(400);
    for (const token of [first.access_token, second.body.access_token])
      expect(await userinfoStatus(app, token)).toBe(401);
  });

  it('of one site is worth nothing to another', async () => {
    const { refresh_token } = await tokens();
    const answer = await other.ask('token', {
      grant_type: 'refresh_token',
      refresh_token: String(refresh_token),
    });
    expect(answer.status).toBe(400);
  });
});

describe('response types and modes', () => {
  it.each(['token', 'id_token', 'code id_token', 'code token', 'code id_token token', 'none'])(
    'the response type %s is refused',
    async (response_type) => {
      const { location = '' } = await authorize({ response_type, nonce: 'n' });
      expect(location).toMatch(/[?&#]error=(unsupported_response_type|invalid_request)/);
      expect(location).not.toMatch(/token=/);
    },
  );

  it.each(['fragment', 'web_message', 'jwt', 'query.jwt', 'fragment.jwt'])(
    'the response mode %s is refused, and not by that mode',
    async (response_mode) => {
      const { location = '' } = await authorize({ response_mode });
      expect(location).toMatch(/^https:\/\/site\.example\/callback\?error=/);
    },
  );

  it('every response names its issuer: success, refusal by the person, by a check, and by form', async () => {
    const seen: (string | null)[] = [];
    const { callback } = await enter(app.visitor(), site, person);
    seen.push(callback.searchParams.get('iss'));
    const visitor = app.visitor();
    const { page } = await site.open(visitor);
    const aborted = await send(visitor, page, '/abort');
    for (const location of [
      aborted.location,
      (await authorize({ prompt: 'none' })).location,
      (await authorize({ scope: 'openid id_number' })).location,
      (await authorize({ response_mode: 'fragment' })).location,
    ])
      seen.push(new URL(location ?? '').searchParams.get('iss'));
    const form = await authorize({ prompt: 'none', response_mode: 'form_post' });
    seen.push(/name="iss" value="([^"]*)"/.exec(form.text)?.[1] ?? null);
    expect(seen).toEqual(Array(6).fill(app.issuer));
  });

  it('requests by value or by reference, and registrations on the way, are refused', async () => {
    for (const [name, value] of [
      ['request', 'eyJhbGciOiJub25lIn0.e30.'],
      ['request_uri', 'https://evil.example/request'],
      ['request_uri', 'urn:ietf:params:oauth:request_uri:guess'],
      ['registration', '{}'],
    ] as const) {
      const { location, status } = await authorize({ [name]: value });
      expect(location ?? String(status)).toMatch(/error=(\w+_not_supported|invalid_request_uri)|^400$/);
    }
  });
});

/** A JWT by hand: any header, any payload, any signature. */
const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (header: object, payload: object) => `${segment(header)}.${segment(payload)}.`;

describe('a JWT', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const ours = () => app.service.keyring.tokenKeySet().keys.find(({ alg }) => alg === 'ES256') as JWK;
  const accessClaims = (changes: object = {}) => ({
    iss: app.issuer,
    aud: `${app.issuer}/api`,
    sub: 'system',
    client_id: 'system',
    jti: 'j',
    iat: now(),
    exp: now() + 60,
    scope: 'licences:read',
    ...changes,
  });
  const forge = async (payload: object, header: object = {}, key?: Parameters<SignJWT['sign']>[0]) =>
    new SignJWT({ ...payload })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(ours().kid), ...header })
      .sign(key ?? (await importJWK(ours(), 'ES256')));
  const callApi = async (token: string, scheme = 'Bearer') => {
    const response = await fetch(`${app.issuer}/api/v1/echo`, {
      headers: { authorization: `${scheme} ${token}` },
    });
    return { status: response.status, challenge: response.headers.get('www-authenticate') };
  };
  /** The public key as text, which HS256 would take for a secret. */
  const publicText = async () => {
    const { keys } = (await (await fetch(`${app.issuer}/oidc/jwks`)).json()) as { keys: JWK[] };
    return keys.map((jwk) => new TextEncoder().encode(JSON.stringify(jwk)));
  };
  let secret: string;

  beforeAll(async () => {
    const system = await app.addClient({
      client_id: 'system',
      grant_types: ['client_credentials'],
      scope: 'licences:read',
      redirect_uris: [],
    });
    secret = String(system.client_secret);
  });

  it('that is right opens our API, so that the refusals below mean something', async () => {
    const granted = await askAs(app, 'system', secret, 'token', { grant_type: 'client_credentials' });
    expect((await callApi(String(granted.body.access_token))).status).toBe(200);
    expect((await callApi(await forge(accessClaims()))).status).toBe(200);
  });

  it('without signature, or signed with the public key as a secret, opens nothing', async () => {
    for (const alg of ['none', 'None', 'NONE', 'nOnE', ''])
      expect((await callApi(unsigned({ alg, typ: 'at+jwt' }, accessClaims()))).status).toBe(401);
    for (const key of await publicText())
      expect((await callApi(await forge(accessClaims(), { alg: 'HS256' }, key))).status).toBe(401);
    const [header, payload] = (await forge(accessClaims())).split('.');
    expect((await callApi(`${header}.${payload}.`)).status).toBe(401);
    expect((await callApi(`${header}.${payload}.${'A'.repeat(86)}`)).status).toBe(401);
  });

  it('that brings or names its own key opens nothing', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    for (const header of [
      { jwk },
      { kid: '../../../../dev/null' },
      { kid: "' OR 1=1 --" },
      { kid: '__proto__' },
      { jku: 'https://evil.example/jwks', kid: 'theirs' },
      { x5u: 'https://evil.example/x5u' },
      { crit: ['exp'], exp: 1 },
    ]) {
      const token = await forge(accessClaims(), header, privateKey).catch(() => 'not.even.made');
      expect(await callApi(token)).toMatchObject({ status: 401, challenge: 'Bearer error="invalid_token"' });
    }
  });

  it('of another type, audience, issuer or time opens nothing, although the signature is ours', async () => {
    for (const [payload, header] of [
      [accessClaims(), { typ: 'JWT' }],
      [accessClaims(), { typ: 'logout+jwt' }],
      [accessClaims({ aud: 'https://other.example/api' }), {}],
      [accessClaims({ aud: 'attacked' }), {}],
      [accessClaims({ iss: 'https://other.example' }), {}],
      [accessClaims({ exp: now() - 3600 }), {}],
      [accessClaims({ nbf: now() + 3600 }), {}],
    ] as const)
      expect((await callApi(await forge(payload, header))).status).toBe(401);
  });

  it('bound to a key of its holder is no bearer token, and no scheme that we do not speak makes it one', async () => {
    const bound = await forge(accessClaims({ cnf: { jkt: 'thumbprint' } }));
    for (const scheme of ['Bearer', 'DPoP']) expect((await callApi(bound, scheme)).status).toBe(401);
    expect((await callApi(await forge(accessClaims()), 'DPoP')).status).toBe(401);
    const { access_token } = await tokens();
    expect(await userinfoStatus(app, access_token, 'DPoP')).toBeGreaterThanOrEqual(400);
  });

  it('of one kind is not taken for another: ID tokens, access tokens, tokens for our API', async () => {
    const site1 = await tokens({ scope: 'openid' });
    expect((await callApi(String(site1.id_token))).status).toBe(401);
    expect((await callApi(String(site1.access_token))).status).toBe(401);
    expect(await userinfoStatus(app, site1.id_token)).toBe(401);
    const granted = await askAs(app, 'system', secret, 'token', { grant_type: 'client_credentials' });
    expect(await userinfoStatus(app, granted.body.access_token)).toBe(401);
    for (const id_token_hint of [String(site1.access_token), String(granted.body.access_token)]) {
      const { location } = await authorize({ id_token_hint });
      expect(location).toContain('error=invalid_request');
    }
    for (const token of [site1.id_token, granted.body.access_token])
      expect((await site.ask('introspection', { token: String(token) })).body.active).not.toBe(true);
  });

  it('as a hint at who is logged in has to be ours and of this site', async () => {
    const { id_token = '' } = await tokens({ scope: 'openid' });
    const [, payload = ''] = id_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const [key] = await publicText();
    const forged = [
      unsigned({ alg: 'none' }, claims),
      await forge(claims, { alg: 'HS256', typ: 'JWT' }, key),
      `${segment({ alg: 'ES256', kid: '../x' })}.${payload}.${'A'.repeat(86)}`,
      await forge({ ...claims, aud: 'another' }, { typ: 'JWT' }),
    ];
    for (const id_token_hint of forged) {
      const { location = '' } = await authorize({ id_token_hint });
      expect(location).toContain('error=invalid_request');
    }
    for (const hint of forged.slice(0, 3)) {
      const query = new URLSearchParams({
        id_token_hint: hint,
        post_logout_redirect_uri: 'https://site.example/bye',
      });
      const answer = await app.visitor().get(`/oidc/logout?${query}`);
      expect([answer.status, answer.location]).toEqual([400, undefined]);
    }
  });

  it('as a client’s assertion is pinned to its key, algorithm, audience and one use', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const stranger = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' };
    await app.addClient({
      client_id: 'by-key',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      scope: 'licences:read',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [jwk] },
    });
    const claims = (changes: object = {}) => ({
      iss: 'by-key',
      sub: 'by-key',
      aud: app.issuer,
      jti: crypto.randomUUID(),
      iat: now(),
      exp: now() + 60,
      ...changes,
    });
    const header = { typ: 'JWT', kid: 'k' };
    const ask = (assertion: string) => assertionStatus(app.issuer, assertion);
    const right = await forge(claims(), header, privateKey);
    expect(await ask(right)).toBe(200);
    const wrong = [
      right,
      unsigned({ alg: 'none' }, claims()),
      await forge(
        claims(),
        { ...header, alg: 'HS256' },
        new TextEncoder().encode(JSON.stringify(jwk).padEnd(64)),
      ),
      await forge(claims(), header, stranger.privateKey),
      await forge(
        claims(),
        { ...header, jwk: await exportJWK(stranger.publicKey).catch(() => jwk) },
        stranger.privateKey,
      ),
      await forge(claims({ aud: 'https://other.example' }), header, privateKey),
      await forge(claims({ sub: 'attacked' }), header, privateKey),
      await forge(claims({ iss: { $ne: null }, sub: { $ne: null } }), header, privateKey),
      await forge(claims({ exp: now() - 60 }), header, privateKey),
      await forge(claims({ jti: undefined }), header, privateKey),
    ];
    for (const assertion of wrong) expect([400, 401]).toContain(await ask(assertion));
  });
});

describe('another client', () => {
  it('neither learns of, nor ends, a token that is not its own', async () => {
    const { access_token = '', refresh_token = '' } = await tokens();
    for (const token of [access_token, refresh_token]) {
      expect((await other.ask('introspection', { token })).body).toEqual({ active: false });
      await other.ask('revocation', { token });
    }
    expect(await userinfoStatus(app, access_token)).toBe(200);
    expect((await site.ask('introspection', { token: access_token })).body).toMatchObject({ active: true });
  });

  it('without the right secret gets one answer, whether it is registered or not', async () => {
    const answers = await Promise.all(
      [
        ['attacked', 'wrong'],
        ['nobody', 'wrong'],
        ['tongxing-portal', 'wrong'],
      ].map(([id = '', guess = '']) => askAs(app, id, guess, 'token', { grant_type: 'client_credentials' })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveProperty('size', 1);
    expect(answers[0]).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
});
