import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { createSubjects } from '../../src/sso/subjects.ts';
import { accountIdOf, enter, openSsoWorld, type SsoWorld } from '../support/sso.ts';

let world: SsoWorld;
let system: oidc.Configuration;

beforeAll(async () => {
  world = await openSsoWorld();
  const added = await world.sso.clients.add({
    client_name: 'An issuing system',
    grant_types: ['client_credentials'],
    scope: 'licences:issue licences:read',
  });
  system = await oidc.discovery(
    new URL(world.origin),
    String(added.client_id),
    {},
    oidc.ClientSecretBasic(String(added.client_secret)),
    { execute: [oidc.allowInsecureRequests] },
  );
});
afterAll(async () => {
  await world.close();
});

const personalSite = () => world.site({ scope: 'openid licences:read profile' });

async function personalToken() {
  const site = await personalSite();
  const visitor = world.visitor();
  const resource = `${world.origin}/api`;
  const attempt = await site.begin({ scope: 'openid licences:read', resource });
  const callback = await enter(visitor, attempt.url);
  const response = await oidc.authorizationCodeGrant(
    site.config,
    new URL(callback),
    { pkceCodeVerifier: attempt.verifier, expectedState: attempt.state, expectedNonce: attempt.nonce },
    { resource },
  );
  return { site, visitor, token: response.access_token, sub: String(response.claims()?.sub) };
}

describe('a token of a system for our API', () => {
  it('is an RFC 9068 JWT for our audience, five minutes long, with the scopes it is registered for', async () => {
    const { access_token } = await oidc.clientCredentialsGrant(system);
    expect(decodeProtectedHeader(access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    const claims = decodeJwt(access_token);
    expect(claims).toMatchObject({
      iss: world.origin,
      aud: `${world.origin}/api`,
      sub: system.clientMetadata().client_id,
      client_id: system.clientMetadata().client_id,
      scope: 'licences:issue licences:read',
      jti: expect.any(String),
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
    expect(await world.sso.verifyAccessToken(access_token)).toEqual({
      caller: {
        kind: 'client',
        clientId: system.clientMetadata().client_id,
        scopes: new Set(['licences:issue', 'licences:read']),
      },
    });
  });

  it('has less when less is asked, and more than registered is refused', async () => {
    const less = await oidc.clientCredentialsGrant(system, { scope: 'licences:read' });
    expect(less.scope).toBe('licences:read');
    await expect(oidc.clientCredentialsGrant(system, { scope: 'seals:use' })).rejects.toMatchObject({
      error: 'invalid_scope',
    });
    await expect(
      oidc.clientCredentialsGrant(system, { resource: 'https://elsewhere.example' }),
    ).rejects.toMatchObject({ error: 'invalid_target' });
  });

  it('is good at every request while it lives, and what it says counts for no other signature and no longer', async () => {
    const { access_token } = await oidc.clientCredentialsGrant(system);
    for (let request = 0; request < 3; request += 1)
      expect(await world.sso.verifyAccessToken(access_token)).toHaveProperty('caller');
    const forged = access_token.slice(0, -8) + access_token.slice(-8).split('').reverse().join('');
    expect(await world.sso.verifyAccessToken(forged)).toEqual({ fault: 'malformed' });
    // The clock runs: reckoned from the token's own end, what a busy machine took until here does not count.
    const { exp = 0 } = decodeJwt(access_token);
    const toGraceSeconds = exp + 4 - world.clock.now() / 1000;
    world.clock.advance(toGraceSeconds);
    const late = await world.sso.verifyAccessToken(access_token);
    world.clock.advance(2);
    const after = await world.sso.verifyAccessToken(access_token);
    world.clock.advance(-2 - toGraceSeconds);
    expect(late).toHaveProperty('caller');
    expect(after).toEqual({ fault: 'expired' });
  });

  it('dies with the client', async () => {
    const added = await world.sso.clients.add({
      grant_types: ['client_credentials'],
      scope: 'licences:read',
    });
    const config = await oidc.discovery(
      new URL(world.origin),
      String(added.client_id),
      {},
      oidc.ClientSecretPost(String(added.client_secret)),
      { execute: [oidc.allowInsecureRequests] },
    );
    const { access_token } = await oidc.clientCredentialsGrant(config);
    await world.sso.clients.remove(String(added.client_id));
    expect(await world.sso.verifyAccessToken(access_token)).toEqual({ fault: 'revoked' });
  });
});

describe('a token of a person for our API', () => {
  it('carries the pairwise subject, and we alone know whose it is', async () => {
    const { token, sub, site } = await personalToken();
    expect(decodeJwt(token)).toMatchObject({ sub, scope: 'licences:read', aud: `${world.origin}/api` });
    expect(await world.sso.verifyAccessToken(token)).toEqual({
      caller: {
        kind: 'client',
        clientId: site.clientId,
        scopes: new Set(['licences:read']),
        accountId: accountIdOf(1),
      },
    });
    expect(token).not.toContain(accountIdOf(1));
  });

  it('is no token for userinfo, and a token without a resource is none for our API', async () => {
    const { token, site } = await personalToken();
    await expect(oidc.fetchUserInfo(site.config, token, oidc.skipSubjectCheck)).rejects.toThrow();
    const attempt = await site.begin();
    const plain = await site.finish(attempt, await enter(world.visitor(), attempt.url));
    await oidc.fetchUserInfo(site.config, plain.access_token, oidc.skipSubjectCheck);
    expect(await world.sso.verifyAccessToken(plain.access_token)).toEqual({ fault: 'malformed' });
  });

  it('dies at once with the session, the grant and the account', async () => {
    const bySession = await personalToken();
    await bySession.visitor.submit(
      await bySession.visitor.get(`${world.origin}/oidc/logout`),
      {},
      'logout-yes',
    );
    expect(await world.sso.verifyAccessToken(bySession.token)).toEqual({ fault: 'revoked' });

    const byGrant = await personalToken();
    await world.sso.sessions.withdraw(accountIdOf(1), byGrant.site.clientId);
    expect(await world.sso.verifyAccessToken(byGrant.token)).toEqual({ fault: 'revoked' });

    const byAccount = await personalToken();
    const account = world.accounts.get(accountIdOf(1));
    if (!account) throw new Error('no first account');
    account.active = false;
    expect(await world.sso.verifyAccessToken(byAccount.token)).toEqual({ fault: 'revoked' });
    account.active = true;
  });
});

describe('the verifier', () => {
  const forge = async (changes: { header?: object; payload?: object }, key?: unknown) => {
    const jwk = world.keyring.tokenKeySet().keys.find(({ alg }) => alg === 'ES256');
    const now = Math.floor(Date.now() / 1000);
    const clientId = String(system.clientMetadata().client_id);
    return new SignJWT({
      iss: world.origin,
      aud: `${world.origin}/api`,
      sub: clientId,
      client_id: clientId,
      jti: 'j',
      iat: now,
      exp: now + 60,
      scope: 'licences:read',
      ...changes.payload,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(jwk?.kid), ...changes.header })
      .sign((key as never) ?? (await importJWK(jwk as never, 'ES256')));
  };

  it('accepts what is made right, so that the refusals below mean something', async () => {
    expect(await world.sso.verifyAccessToken(await forge({}))).toHaveProperty('caller');
  });

  it.each([
    ['an ID token', { header: { typ: 'JWT' } }, 'not-for-us'],
    ['a logout token', { header: { typ: 'logout+jwt' } }, 'not-for-us'],
    ['another audience', { payload: { aud: 'https://other.example/api' } }, 'not-for-us'],
    ['another issuer', { payload: { iss: 'https://other.example' } }, 'not-for-us'],
    ['an expired one', { payload: { exp: 1_000_000_000 } }, 'expired'],
    ['one bound to a key', { payload: { cnf: { jkt: 'x' } } }, 'sender-constrained'],
    ['an unknown client', { payload: { sub: 'nobody', client_id: 'nobody' } }, 'revoked'],
    ['a subject without its binding', { payload: { sub: 'somebody' } }, 'malformed'],
    ['a binding of its own making', { payload: { binding: 'AAAA' } }, 'revoked'],
    ['an unknown kid', { header: { kid: 'none-of-ours' } }, 'malformed'],
  ])('refuses %s', async (_, changes, fault) => {
    expect(await world.sso.verifyAccessToken(await forge(changes))).toEqual({ fault });
  });

  it('refuses alg none and HS256 with the public key', async () => {
    const token = await forge({});
    const [, payload] = token.split('.');
    const header = (alg: string) => Buffer.from(JSON.stringify({ alg, typ: 'at+jwt' })).toString('base64url');
    expect(await world.sso.verifyAccessToken(`${header('none')}.${payload}.`)).toEqual({
      fault: 'malformed',
    });
    const jwks = await (await fetch(`${world.origin}/oidc/jwks`)).text();
    const confused = await forge({ header: { alg: 'HS256' } }, new TextEncoder().encode(jwks));
    expect(await world.sso.verifyAccessToken(confused)).toEqual({ fault: 'malformed' });
    expect(await world.sso.verifyAccessToken('not.a.token')).toEqual({ fault: 'malformed' });
  });
});

describe('a pairwise subject', () => {
  it('is another at each sector, the same in all processes, and can be resolved by us', async () => {
    const [one, two] = [await personalToken(), await personalToken()];
    // Both sites are on localhost, on ports of their own: sectors are hosts with ports.
    expect(one.sub).not.toBe(two.sub);
    const elsewhere = await world.another();
    expect(await elsewhere.sso.resolveSubject(one.site.clientId, one.sub)).toBe(accountIdOf(1));
    expect(await elsewhere.sso.resolveSubject(two.site.clientId, one.sub)).toBeUndefined();
    expect(await elsewhere.sso.resolveSubject(one.site.clientId, 'nonsense')).toBeUndefined();
  });

  it('is one block of a cipher: every account has one, and back', () => {
    const subjects = createSubjects(Buffer.alloc(32, 1));
    for (let n = 0; n < 200; n++) {
      const account = accountIdOf(n);
      const subject = subjects.subjectOf(account, 'site.example');
      expect(subject).toMatch(/^[\w-]{22}$/);
      expect(subjects.accountOf(subject, 'site.example')).toBe(account);
      expect(subjects.subjectOf(account, 'other.example')).not.toBe(subject);
    }
  });
});
