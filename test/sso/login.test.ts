import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { createRelyingParty } from '../support/relying-party.ts';
import { detailsOn, enter, openSsoWorld, type SsoWorld } from '../support/sso.ts';

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
    const callback = await enter(visitor, attempt.url);
    expect(new URL(callback).searchParams.get('iss')).toBe(world.origin);
    const tokens = await site.finish(attempt, callback);
    expect(tokens.claims()).toMatchObject({
      iss: world.origin,
      aud: site.clientId,
      acr: 'urn:tongxing:loa:2',
      amr: ['pwd'],
      sub: expect.stringMatching(/^[\w-]{22}$/),
    });
    const sub = String(tokens.claims()?.sub);
    const info = await oidc.fetchUserInfo(site.config, tokens.access_token, sub);
    expect(info).toEqual({ sub, name: '示例人', updated_at: 1_700_000_000 });
  });

  it.each([
    ['RS256 where the registration names no algorithm, as the standard says', {}, 'RS256'],
    ['ES256 where it names that', { id_token_signed_response_alg: 'ES256' }, 'ES256'],
  ])('signs the ID token with %s', async (_, metadata, algorithm) => {
    const site = await world.site(metadata);
    const attempt = await site.begin();
    const callback = await enter(world.visitor(), attempt.url);
    const { id_token: token = '' } = await site.finish(attempt, callback);
    const keys = createRemoteJWKSet(new URL(`${world.origin}/oidc/jwks`));
    const { protectedHeader } = await jwtVerify(token, keys, {
      issuer: world.origin,
      audience: site.clientId,
    });
    expect(protectedHeader.alg).toBe(algorithm);
  });

  it('enters a second site without a page when it asks for what is allowed already', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    const again = await visitor.get((await site.begin()).url);
    expect(again.status).toBe(303);
    expect(again.location).toMatch(/[?&]code=/);
  });

  it('is described at both well-known addresses, with what this service really does', async () => {
    const [openid, oauth] = await Promise.all(
      ['openid-configuration', 'oauth-authorization-server'].map(async (name) => {
        const response = await fetch(`${world.origin}/.well-known/${name}`);
        return (await response.json()) as Record<string, unknown>;
      }),
    );
    expect(openid).toEqual(oauth);
    expect(openid).not.toHaveProperty('registration_endpoint');
    expect(openid).toMatchObject({
      issuer: world.origin,
      authorization_endpoint: `${world.origin}/oidc/auth`,
      pushed_authorization_request_endpoint: `${world.origin}/oidc/par`,
      end_session_endpoint: `${world.origin}/oidc/logout`,
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'form_post'],
      subject_types_supported: ['pairwise'],
      code_challenge_methods_supported: ['S256'],
      acr_values_supported: [0, 1, 2, 3].map((level) => `urn:tongxing:loa:${level}`),
      prompt_values_supported: ['none', 'login', 'consent', 'create'],
      scopes_supported: [
        'openid',
        'profile',
        'phone',
        'id_number',
        'organisation',
        'staff',
        'offline_access',
      ],
      backchannel_logout_session_supported: true,
    });
  });

  it('names its endpoints by the issuer, whatever the Host header says', async () => {
    const { request } = await import('node:http');
    const { port } = new URL(world.origin);
    const text = await new Promise<string>((resolve, reject) => {
      request(
        {
          host: 'localhost',
          port,
          path: '/.well-known/openid-configuration',
          headers: { host: 'evil.example' },
        },
        (response) => {
          let body = '';
          response.on('data', (chunk) => {
            body += chunk;
          });
          response.on('end', () => resolve(body));
        },
      )
        .on('error', reject)
        .end();
    });
    expect(text).not.toContain('evil.example');
  });

  it('goes by a pushed request, and each request_uri works once', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const attempt = await site.begin({ scope: 'openid' }, true);
    expect(attempt.url).toContain('request_uri=');
    const tokens = await site.finish(attempt, await enter(visitor, attempt.url));
    expect(tokens.access_token).toBeTruthy();
    const again = await visitor.follow(await visitor.get(attempt.url));
    expect(again.text + again.location).toContain('invalid_request_uri');
  });

  it('authenticates a client by private_key_jwt, each assertion once', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const added = await world.sso.clients.add({
      redirect_uris: ['http://localhost:3999/callback'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] },
      id_token_signed_response_alg: 'ES256',
    });
    expect(added.client_secret).toBeUndefined();
    const site = await createRelyingParty({
      issuer: world.origin,
      clientId: String(added.client_id),
      privateKey,
      redirectUri: 'http://localhost:3999/callback',
      algorithm: 'ES256',
    });
    const attempt = await site.begin();
    const tokens = await site.finish(attempt, await enter(world.visitor(), attempt.url));
    expect(tokens.claims()?.aud).toBe(added.client_id);
  });

  it('hands the site what it needs in a form when it asks for form_post', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    const page = await visitor.get((await site.begin({ response_mode: 'form_post' })).url);
    expect(page.text).toMatch(/<form method="post" action="http:\/\/localhost:300\d\/callback"/);
    expect(page.text).toMatch(/<input type="hidden" name="code" value="[\w-]+">/);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`form-action 'self' ${new URL(site.redirectUri).origin}`);
  });

  it('takes the request by POST too', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const { url } = await site.begin();
    const answer = await visitor.post(
      `${world.origin}/oidc/auth`,
      Object.fromEntries(new URL(url).searchParams) as Record<string, string>,
    );
    expect(answer.location).toContain('/interaction/');
  });

  it('passes login_hint and ui_locales on to the page', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const { url } = await site.begin({ login_hint: 'somebody', ui_locales: 'en zh-CN' });
    const page = await visitor.follow(await visitor.get(url));
    expect(detailsOn(page)).toMatchObject({
      prompt: 'login',
      reasons: ['no_session'],
      loginHint: 'somebody',
      uiLocales: ['en', 'zh-CN'],
      client: { id: site.clientId, firstParty: false },
      redirectOrigin: new URL(site.redirectUri).origin,
    });
  });
});

describe('prompts', () => {
  it('prompt=none answers login_required without a session and enters with one', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const without = await visitor.get((await site.begin({ prompt: 'none' })).url);
    expect(without.location).toContain('error=login_required');
    await enter(visitor, (await site.begin()).url);
    const within = await visitor.get((await site.begin({ prompt: 'none' })).url);
    expect(within.location).toContain('code=');
  });

  it('prompt=login and max_age ask again, and auth_time is that of the new login', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    for (const params of [{ prompt: 'login' }, { max_age: '0' }] as Record<string, string>[]) {
      world.clock.advance(2);
      const attempt = await site.begin(params);
      const page = await visitor.follow(await visitor.get(attempt.url));
      expect(detailsOn(page)).toMatchObject({ prompt: 'login', accountId: expect.any(String) });
      const done = await visitor.submit(page, { act: 'login', account: '1', level: '2' });
      const tokens = await site.finish(attempt, String(done.location));
      expect(world.clock.now() / 1000 - Number(tokens.claims()?.auth_time)).toBeLessThan(2);
    }
  });

  it('prompt=create shows registration, and its login counts', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const attempt = await site.begin({ prompt: 'create' });
    const page = await visitor.follow(await visitor.get(attempt.url));
    expect(detailsOn(page).prompt).toBe('create');
    const next = await visitor.submit(page, { act: 'login', account: '3', level: '2' });
    expect(detailsOn(next).prompt).toBe('consent');
    const done = await visitor.submit(next, { act: 'allow' });
    expect((await site.finish(attempt, String(done.location))).claims()?.sub).toBeTruthy();
  });

  it('an id_token_hint of another person asks for a login', async () => {
    const site = await world.site();
    const first = await site.begin();
    const tokens = await site.finish(first, await enter(world.visitor(), first.url, { account: 2 }));
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url, { account: 1 });
    const answer = await visitor.get(
      (await site.begin({ prompt: 'none', id_token_hint: String(tokens.id_token) })).url,
    );
    expect(answer.location).toContain('error=login_required');
  });

  it('an account that is disabled has no session any more', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url, { account: 3 });
    const account = [...world.accounts.values()][2];
    if (!account) throw new Error('no third account');
    account.active = false;
    const answer = await visitor.get((await site.begin({ prompt: 'none' })).url);
    account.active = true;
    expect(answer.location).toContain('error=login_required');
  });
});

describe('an interaction', () => {
  it('belongs to the browser that began it', async () => {
    const site = await world.site();
    const page = await world.visitor().follow(await world.visitor().get((await site.begin()).url));
    const owner = world.visitor();
    const own = await owner.follow(await owner.get((await site.begin()).url));
    expect(own.status).toBe(200);
    const foreign = await world.visitor().get(own.url);
    expect([page.status, foreign.status]).toEqual([400, 400]);
    expect(foreign.text).toContain('interaction-expired');
  });

  it('of one site does not open with the cookie of another one', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const one = await visitor.follow(await visitor.get((await site.begin()).url));
    const other = world.visitor();
    const two = await other.follow(await other.get((await site.begin()).url));
    const cookie = other
      .cookies(new URL(two.url).pathname)
      .find((pair) => pair.startsWith('tongxing-interaction='));
    const signature = other
      .cookies(new URL(two.url).pathname)
      .find((pair) => pair.includes('interaction.sig='));
    visitor.setCookie(`${cookie}; path=${new URL(one.url).pathname}`);
    visitor.setCookie(`${signature}; path=${new URL(one.url).pathname}`);
    expect((await visitor.get(one.url)).status).toBe(400);
  });

  it('answers access_denied to the site when the person refuses, and the login stays', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const { url } = await site.begin({ scope: 'openid phone' });
    const login = await visitor.follow(await visitor.get(url));
    const consent = await visitor.submit(login, { act: 'login', account: '1', level: '2' });
    expect(detailsOn(consent)).toMatchObject({ prompt: 'consent', missing: { scopes: ['openid', 'phone'] } });
    const refused = await visitor.submit(consent, { act: 'deny' });
    expect(refused.location).toContain('error=access_denied');
    expect(refused.location).toContain(site.redirectUri);
    const again = await visitor.follow(await visitor.get((await site.begin()).url));
    expect(detailsOn(again).prompt).toBe('consent');
  });
});
