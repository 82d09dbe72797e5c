import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { createVisitor } from '../support/relying-party.ts';
import { detailsOn, enter, openSsoWorld, type SsoWorld } from '../support/sso.ts';

describe('keys', () => {
  let world: SsoWorld;
  beforeAll(async () => {
    world = await openSsoWorld();
  });
  afterAll(async () => {
    await world.close();
  });

  const publishedKeys = async () =>
    (await (await fetch(`${world.origin}/oidc/jwks`)).json()) as {
      keys: { kid: string; alg: string; d?: string }[];
    };

  it('are those of the keyring, public parts only, ES256 and RS256', async () => {
    const { keys } = await publishedKeys();
    const held = world.keyring.tokenKeySet().keys.map(({ kid }) => kid);
    expect(keys.map(({ kid }) => kid).sort()).toEqual(held.sort());
    expect(new Set(keys.map(({ alg }) => alg))).toEqual(new Set(['ES256', 'RS256']));
    expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
  });

  it('change under load without a failed request, and what was signed before still verifies', async () => {
    const site = await world.site({ id_token_signed_response_alg: 'ES256' });
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    const published = createLocalJWKSet((await publishedKeys()) as never);
    const kids = new Set<string>();
    const logIn = async () => {
      const attempt = await site.begin();
      const tokens = await site.finish(attempt, String((await visitor.clone().get(attempt.url)).location));
      await jwtVerify(String(tokens.id_token), published);
      kids.add(String(decodeProtectedHeader(String(tokens.id_token)).kid));
      await oidc.fetchUserInfo(site.config, tokens.access_token, oidc.skipSubjectCheck);
      return tokens;
    };
    const logIns: Promise<unknown>[] = [];
    for (let n = 0; n < 30; n++) {
      logIns.push(logIn());
      if (n === 10) await world.keyring.rotate();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await Promise.all(logIns);
    // Both the key before and the one after, which was published ahead: a site that cached the keys missed nothing.
    expect(kids.size).toBe(2);
    // An interaction that began before the cookie keys changed goes on after.
    const page = await visitor.follow(await visitor.get((await site.begin({ prompt: 'login' })).url));
    await world.keyring.rotate();
    const done = await visitor.submit(page, { act: 'login', account: '1', level: '2' });
    expect(done.location).toContain('code=');
  });

  it('of cookies may change between two pages of a login: nothing is signed anew, and at no other path', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const page = await visitor.follow(await visitor.get((await site.begin()).url));
    await world.keyring.rotate();
    const again = await visitor.get(page.url);
    expect(detailsOn(again).client.id).toBe(site.clientId);
    expect(again.headers.getSetCookie()).toEqual([]);
    const uid = new URL(page.url).pathname.split('/').pop();
    await visitor.post(page.url, { act: 'login', account: '1', level: '2' });
    const resumed = await visitor.get(`${world.origin}/oidc/auth/${uid}`);
    const set = resumed.headers.getSetCookie().filter((line) => line.includes('.sig='));
    const paths = set.map((line) => [/^[^=]+/.exec(line)?.[0], /path=([^;]*)/.exec(line)?.[1]]);
    expect(paths.filter(([name]) => name !== 'tongxing-sso.sig').map(([, path]) => path)).not.toContain('/');
  });

  it('are not replaced by any that come with a library: without both token keys nothing starts', () => {
    const { keyring } = world;
    const onlyRsa = { keys: keyring.tokenKeySet().keys.filter(({ alg }) => alg === 'RS256') };
    expect(() => world.startWith({ ...keyring, tokenKeySet: () => onlyRsa })).toThrow('no ES256 token key');
    expect(() => world.startWith({ ...keyring, tokenKeySet: () => ({ keys: [] }) })).toThrow('token key');
  });

  it('of cookies are the same in all processes: a login may change process at every request', async () => {
    const second = await world.another();
    const site = await world.site();
    const visitor = world.visitor();
    const page = await visitor.follow(await visitor.get((await site.begin()).url));
    const there = createVisitor(second.origin);
    for (const path of [new URL(page.url).pathname, '/'])
      for (const pair of visitor.cookies(path)) there.setCookie(`${pair}; path=/`);
    const seen = await there.get(page.url.replace(world.origin, second.origin));
    expect(detailsOn(seen).client.id).toBe(site.clientId);
  });
});

describe('what lies in the store', () => {
  it('is neither a code, token, cookie, secret nor anything that could be replayed', async () => {
    const world = await openSsoWorld();
    const site = await world.site({ client_id: 'at-rest', client_secret: 'the-secret-of-the-site-at-rest' });
    const visitor = world.visitor();
    const attempt = await site.begin({}, true);
    const callback = await enter(visitor, attempt.url);
    const tokens = await site.finish(attempt, callback);
    const secrets = [
      'the-secret-of-the-site-at-rest',
      tokens.access_token,
      String(new URL(callback).searchParams.get('code')),
      attempt.verifier,
      attempt.nonce,
      attempt.state,
      ...visitor.cookies().map((pair) => pair.split('=')[1] ?? ''),
      String(new URL(attempt.url).searchParams.get('request_uri')?.split(':').pop()),
    ];
    await world.close();
    const files = readdirSync(world.directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.includes('.db'))
      .map((name) => readFileSync(`${world.directory}/${name}`).toString('latin1'));
    expect(files.length).toBeGreaterThan(1);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(10);
      for (const file of files) expect(file.includes(secret)).toBe(false);
    }
  });
});

describe('cookies', () => {
  it('carry the prefixes and attributes that bind them to https, behind a proxy that ends TLS', async () => {
    const world = await openSsoWorld({ issuer: 'https://id.example' });
    await world.sso.clients.add({ client_id: 'site', redirect_uris: ['https://site.example/cb'] });
    const query = new URLSearchParams({
      client_id: 'site',
      response_type: 'code',
      redirect_uri: 'https://site.example/cb',
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const visitor = createVisitor(world.origin);
    const answer = await visitor.get(`${world.origin}/oidc/auth?${query}`);
    const set = answer.headers.getSetCookie();
    const [interaction = '', , resume = ''] = set;
    expect(interaction).toMatch(
      /^__Secure-tongxing-interaction=[\w-]+; path=\/interaction\/[\w-]+; expires=[^;]+; samesite=lax; secure; httponly$/i,
    );
    expect(resume).toMatch(
      /^__Secure-tongxing-resume=[\w-]+; path=\/oidc\/auth\/[\w-]+; expires=[^;]+; samesite=lax; secure; httponly$/i,
    );
    expect(set).toHaveLength(4);
    const page = await visitor.get(`${world.origin}/oidc/logout`);
    expect(page.headers.getSetCookie()[0]).toMatch(
      /^__Host-tongxing-sso=[\w.-]+; path=\/; samesite=none; secure; httponly/i,
    );
    await world.close();
  });

  it('are plain and Lax on http://localhost, where browsers would drop the others', async () => {
    const world = await openSsoWorld();
    const page = await world.visitor().get(`${world.origin}/oidc/logout`);
    const [session = ''] = page.headers.getSetCookie();
    expect(session).toMatch(/^tongxing-sso=[\w.-]+; path=\/; samesite=lax; httponly/i);
    expect(session).not.toMatch(/secure/i);
    await world.close();
  });
});
