import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enter, openSsoWorld, type SsoWorld } from '../support/sso.ts';
import { wrongRedirects } from '../support/wrong-redirects.ts';

let world: SsoWorld;
let site: Awaited<ReturnType<SsoWorld['site']>>;
const secret = 'a-secret-of-a-test-and-of-nothing-else';

beforeAll(async () => {
  world = await openSsoWorld();
  site = await world.site({
    client_id: 'attacked',
    client_secret: secret,
    redirect_uris: ['https://site.example/callback'],
    post_logout_redirect_uris: ['https://site.example/bye'],
  });
});
afterAll(async () => {
  await world.close();
});

async function authorize(changes: Record<string, string | undefined>, extra = '') {
  const url = new URL((await site.begin()).url);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return world.visitor().get(url.href + extra);
}

const redeem = (fields: Record<string, string>, id = 'attacked', password = secret) =>
  fetch(`${world.origin}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', ...fields }),
  });

async function freshCode(params = {}) {
  const attempt = await site.begin(params);
  const callback = await enter(world.visitor(), attempt.url);
  return {
    code: String(new URL(callback).searchParams.get('code')),
    redirect_uri: site.redirectUri,
    code_verifier: attempt.verifier,
  };
}

describe('a redirect_uri', () => {
  it.each(wrongRedirects)('with %s gets our page, and nothing leaves', async (_, redirect_uri) => {
    const answer = await authorize({ redirect_uri });
    expect(answer.location).toBeUndefined();
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('<h1>');
  });

  it('given twice is refused, whichever comes first', async () => {
    const answer = await authorize({}, '&redirect_uri=https%3A%2F%2Fevil.example%2F');
    expect(answer.location).toBeUndefined();
    expect(answer.status).toBe(400);
  });

  it('that is refused is logged with what was received and what is registered', async () => {
    await authorize({ redirect_uri: 'https://site.example/calback' });
    const line = world.logs.findLast((text) => text.includes('not the registered one')) ?? '';
    expect(JSON.parse(line)).toMatchObject({
      client: 'attacked',
      received: 'https://site.example/calback',
      registered: ['https://site.example/callback'],
    });
  });

  it('of an unknown client leads nowhere either', async () => {
    const answer = await authorize({ client_id: 'nobody', redirect_uri: 'https://evil.example/' });
    expect(answer.location).toBeUndefined();
    expect(answer.text).toContain('invalid_client');
  });
});

describe('response types and modes', () => {
  it.each(['token', 'id_token', 'code id_token', 'code token', 'none'])(
    'response_type=%s is refused',
    async (response_type) => {
      const answer = await authorize({ response_type, nonce: 'n' });
      expect(answer.location).toMatch(/[?&#]error=(unsupported_response_type|invalid_request)/);
    },
  );

  it.each(['fragment', 'web_message', 'jwt', 'query.jwt'])(
    'response_mode=%s is refused, and not by that mode',
    async (response_mode) => {
      const { location = '' } = await authorize({ response_mode });
      expect(location).toMatch(/^https:\/\/site\.example\/callback\?error=/);
      expect(location).toContain(`iss=${encodeURIComponent(world.origin)}`);
    },
  );

  it('every error names the issuer (RFC 9207)', async () => {
    const { location = '' } = await authorize({ scope: 'openid id_number' });
    expect(new URL(location).searchParams.get('iss')).toBe(world.origin);
  });

  it.each([
    ['request', 'eyJhbGciOiJub25lIn0.e30.'],
    ['request_uri', 'https://evil.example/request'],
    ['registration', '{}'],
  ])('%s is refused', async (name, value) => {
    expect((await authorize({ [name]: value })).location).toMatch(/error=\w+_not_supported/);
  });
});

describe('PKCE', () => {
  it.each([
    ['absent', { code_challenge: undefined, code_challenge_method: undefined }],
    ['plain', { code_challenge_method: 'plain' }],
    ['without a method', { code_challenge_method: undefined }],
    ['too short', { code_challenge: 'short' }],
  ])('%s is refused at the authorization endpoint', async (_, changes) => {
    expect((await authorize(changes)).location).toContain('error=invalid_request');
  });

  it.each([
    ['wrong', { code_verifier: 'w'.repeat(43) }],
    ['absent', { code_verifier: '' }],
  ])('a verifier that is %s gets nothing', async (_, changes) => {
    const response = await redeem({ ...(await freshCode()), ...changes });
    expect(response.status).toBe(400);
  });

  it('is spared by a written exception only', async () => {
    const legacy = await world.site({ pkce_exception: '旧社保系统不支持 PKCE，2027 年前替换' });
    const url = new URL((await legacy.begin()).url);
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    expect((await world.visitor().get(url.href)).location).toContain('/interaction/');
    await expect(world.site({ pkce_exception: 'yes' })).rejects.toMatchObject({
      code: 'client-metadata-invalid',
    });
  });
});

describe('a code', () => {
  it('of another client, or with another address, is worth nothing', async () => {
    await world.site({ client_id: 'other', client_secret: secret });
    expect((await redeem(await freshCode(), 'other')).status).toBe(400);
    const moved = { ...(await freshCode()), redirect_uri: 'https://site.example/callback2' };
    expect((await redeem(moved)).status).toBe(400);
  });

  it('used again one after the other ends what was issued', async () => {
    const fields = await freshCode();
    const first = (await (await redeem(fields)).json()) as { access_token: string };
    expect(first.access_token).toBeTruthy();
    expect(await (await redeem(fields)).json()).toMatchObject({ error: 'invalid_grant' });
    const userinfo = await fetch(`${world.origin}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${first.access_token}` },
    });
    expect(userinfo.status).toBe(401);
  });

  it('of the portal cannot be redeemed at the token endpoint', async () => {
    const { url } = world.sso.portal.authorizationUrl({ returnTo: '/account' });
    const callback = new URL(await enter(world.visitor(), url));
    const response = await redeem(
      {
        code: String(callback.searchParams.get('code')),
        redirect_uri: `${world.origin}/session/callback`,
        code_verifier: 'v'.repeat(43),
      },
      'tongxing-portal',
      'guess',
    );
    expect(response.status).toBe(401);
  });
});

describe('a logout', () => {
  it('goes on to a registered address only', async () => {
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    const wrong = await visitor.get(
      `${world.origin}/oidc/logout?client_id=attacked&post_logout_redirect_uri=https://evil.example/`,
    );
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('post_logout_redirect_uri not registered');
    const right = await visitor.get(
      `${world.origin}/oidc/logout?client_id=attacked&state=s&post_logout_redirect_uri=https://site.example/bye`,
    );
    expect(right.headers.get('x-form-action')).toBe('https://site.example');
    const done = await visitor.submit(right, {}, 'logout-yes');
    expect(done.location).toBe('https://site.example/bye?state=s');
  });

  it('needs the secret of its own page: a foreign form does nothing', async () => {
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    await visitor.get(`${world.origin}/oidc/logout`);
    const forged = await visitor.post(`${world.origin}/oidc/logout/confirm`, {
      xsrf: 'guess',
      logout: 'yes',
    });
    expect(forged.status).toBe(403);
    expect((await visitor.get((await site.begin({ prompt: 'none' })).url)).location).toContain('code=');
  });

  it('shows nothing of what it is sent as HTML', async () => {
    const answer = await authorize({
      redirect_uri: 'https://evil.example/"><script>alert(1)</script>',
      state: '<script>',
    });
    expect(answer.text).not.toContain('<script>alert');
  });
});

describe('too much of anything', () => {
  it('ten thousand scopes and a body over the limit are refused quickly', async () => {
    const scope = Array.from({ length: 10_000 }, (_, n) => `s${n}`).join(' ');
    const started = performance.now();
    const response = await fetch(`${world.origin}/oidc/par`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`attacked:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ scope, client_id: 'attacked' }),
    });
    expect(response.status).toBe(413);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
