import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { openSsoWorld, type SsoWorld } from '../support/sso.ts';

let world: SsoWorld;
beforeAll(async () => {
  world = await openSsoWorld();
});
afterAll(async () => {
  await world.close();
});

const add = (metadata: Record<string, unknown>) => world.sso.clients.add(metadata);
const callback = 'https://site.example/callback';

describe('registering a client', () => {
  it('knows a site by its names in Chinese and English', async () => {
    const named = await add({
      client_name: '示例网站',
      'client_name#en': 'A site',
      redirect_uris: [callback],
    });
    const { findName } = world.sso.clients;
    expect(await findName(String(named.client_id))).toEqual({ zh: '示例网站', en: 'A site' });
    const half = await add({ client_name: '示例网站', redirect_uris: [callback] });
    expect(await findName(String(half.client_id))).toEqual({ zh: '示例网站', en: '示例网站' });
    expect(await findName('nobody')).toBeUndefined();
  });

  it('makes up what is missing, shows the secret once, and keeps what is given', async () => {
    const added = await add({ client_name: '示例网站', redirect_uris: [callback] });
    expect(added).toMatchObject({
      client_id: expect.stringMatching(/^[\w-]{22}$/),
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      scope: 'openid profile phone',
      subject_type: 'pairwise',
      response_types: ['code'],
      response_modes: ['query', 'form_post'],
      id_token_signed_response_alg: 'RS256',
    });
    const shown = await world.sso.clients.get(String(added.client_id));
    expect(shown).toMatchObject({ client_name: '示例网站', redirect_uris: [callback] });
    expect(JSON.stringify(await world.sso.clients.list())).not.toContain(added.client_secret);
    const kept = await add({ client_id: 'mine', client_secret: 'my-own-secret', redirect_uris: [callback] });
    expect(kept).toMatchObject({ client_id: 'mine', client_secret: 'my-own-secret' });
    await expect(add({ client_id: 'mine', redirect_uris: [callback] })).rejects.toMatchObject({
      code: 'already-exists',
    });
    await expect(add({ client_id: 'tongxing-portal', redirect_uris: [callback] })).rejects.toMatchObject({
      code: 'already-exists',
    });
  });

  it.each([
    ['no address', {}, 'redirect_uris'],
    ['an address that is none', { redirect_uris: ['nowhere'] }, 'redirect_uris'],
    ['plain http', { redirect_uris: ['http://site.example/callback'] }, 'redirect_uris must use https'],
    ['a fragment', { redirect_uris: [`${callback}#x`] }, 'fragments'],
    ['a wildcard', { redirect_uris: ['https://*.example/callback'] }, 'wildcards'],
    ['a password in the address', { redirect_uris: ['https://a:b@site.example/'] }, 'user name or password'],
    [
      'two hosts without a sector',
      { redirect_uris: [callback, 'https://b.example/'] },
      'sector_identifier_uri',
    ],
    ['the implicit flow', { response_types: ['id_token token'] }, "response_types can only contain 'code'"],
    ['a fragment response', { response_modes: ['fragment'] }, 'response_modes can only contain'],
    ['a public subject', { subject_type: 'public' }, 'subject_type must be pairwise'],
    ['an unknown scope', { scope: 'openid everything' }, 'scope contains everything'],
    ['alg none', { id_token_signed_response_alg: 'none' }, 'id_token_signed_response_alg must be'],
    [
      'a method without keys',
      { token_endpoint_auth_method: 'private_key_jwt' },
      'jwks or jwks_uri is mandatory',
    ],
    ['an unknown method', { token_endpoint_auth_method: 'magic' }, 'token_endpoint_auth_method must be'],
    ['the name of a counter', { client_id: 'counter:x' }, 'client_id must not begin with counter:'],
    ['a scope that is no text', { scope: ['openid'] }, 'scope must be a string'],
  ])('with %s is refused in words that name the member', async (_, metadata, words) => {
    const merged = { redirect_uris: [callback], ...metadata };
    const given = 'redirect_uris' in metadata || Object.keys(metadata).length > 0 ? merged : {};
    const refusal = await add(given).then(
      () => undefined,
      (error: unknown) => error as { code: string; message: string },
    );
    expect(refusal).toMatchObject({ code: 'client-metadata-invalid' });
    expect(refusal?.message).toContain(words);
  });

  it('with a private key where a public one belongs is refused', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    await expect(
      add({
        redirect_uris: [callback],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [await exportJWK(privateKey)] },
      }),
    ).rejects.toMatchObject({ code: 'client-metadata-invalid' });
  });

  it('with a jwks_uri or sector_identifier_uri in our own network reaches nothing', async () => {
    await expect(
      add({
        redirect_uris: [callback, 'https://b.example/'],
        sector_identifier_uri: 'https://127.0.0.1/sector.json',
      }),
    ).rejects.toMatchObject({ code: 'client-metadata-invalid' });
    const added = await add({
      redirect_uris: [callback],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: `${world.origin}/oidc/jwks`,
    });
    const { SignJWT } = await import('jose');
    const { privateKey } = await generateKeyPair('ES256');
    const clientId = String(added.client_id);
    const assertion = await new SignJWT({ jti: 'x' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(world.origin)
      .setExpirationTime('1 minute')
      .sign(privateKey);
    const response = await fetch(`${world.origin}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }),
    });
    expect(response.status).toBe(401);
    expect(world.logs.findLast((line) => line.includes('"endpoint":"token"'))).toContain('outbound-refused');
  });

  it('is seen by another process at once, and its removal within seconds', async () => {
    const second = await world.another();
    const added = await add({ grant_types: ['client_credentials'], scope: 'licences:read' });
    const ask = () =>
      fetch(`${second.origin}/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: String(added.client_id),
          client_secret: String(added.client_secret),
        }),
      });
    expect((await ask()).status).toBe(200);
    await world.sso.clients.remove(String(added.client_id));
    world.clock.advance(6);
    expect((await ask()).status).toBe(401);
    await expect(world.sso.clients.get(String(added.client_id))).rejects.toMatchObject({ code: 'not-found' });
    await expect(world.sso.clients.remove('nobody')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is in the log, both ways', async () => {
    const types = (await world.events()).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['sso.client.added', 'sso.client.removed']));
  });
});
