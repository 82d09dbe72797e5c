import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { accountIdOf, detailsOn, enter, openSsoWorld, type SsoWorld } from '../support/sso.ts';

let world: SsoWorld;
beforeAll(async () => {
  world = await openSsoWorld();
});
afterAll(async () => {
  await world.close();
});

type Site = Awaited<ReturnType<SsoWorld['site']>>;

async function userinfo(
  site: Site,
  visitor: ReturnType<SsoWorld['visitor']>,
  params: Record<string, string>,
) {
  const attempt = await site.begin(params);
  const tokens = await site.finish(attempt, await enter(visitor, attempt.url));
  return oidc.fetchUserInfo(site.config, tokens.access_token, String(tokens.claims()?.sub));
}

describe('consent', () => {
  it('is asked once per scope, remembered over logout, and asked again for what is new', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin({ scope: 'openid profile' })).url);
    await visitor.submit(await visitor.get(`${world.origin}/oidc/logout`), {}, 'logout-yes');
    const login = await visitor.follow(
      await visitor.get((await site.begin({ scope: 'openid profile' })).url),
    );
    const entered = await visitor.submit(login, { act: 'login', account: '1', level: '2' });
    expect(entered.location).toContain('code=');
    const more = await visitor.follow(await visitor.get((await site.begin({ scope: 'openid phone' })).url));
    expect(detailsOn(more)).toMatchObject({ prompt: 'consent', missing: { scopes: ['phone'], claims: [] } });
  });

  it('is per claim too: a claim nobody agreed to is prompted for by its name', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    const claims = (names: string[]) =>
      JSON.stringify({ userinfo: Object.fromEntries(names.map((name) => [name, null])) });
    const first = await userinfo(site, visitor, { claims: claims(['name']) });
    expect(first).toMatchObject({ name: '示例人' });
    expect(first).not.toHaveProperty('phone_number');
    const page = await visitor.follow(
      await visitor.get((await site.begin({ claims: claims(['name', 'phone_number']) })).url),
    );
    expect(detailsOn(page)).toMatchObject({ missing: { scopes: [], claims: ['phone_number'] } });
  });

  it('gives what was asked in this request, not all that was ever allowed', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await userinfo(site, visitor, { scope: 'openid profile phone' });
    const later = await userinfo(site, visitor, { scope: 'openid' });
    expect(Object.keys(later)).toEqual(['sub']);
  });

  it('never goes beyond the registration: scopes are refused, claims are not even asked', async () => {
    const site = await world.site({ scope: 'openid profile' });
    const visitor = world.visitor();
    const refused = await visitor.get((await site.begin({ scope: 'openid id_number' })).url);
    expect(refused.location).toContain('error=invalid_scope');
    const claims = JSON.stringify({ userinfo: { id_number: { essential: true }, name: null } });
    const login = await visitor.follow(await visitor.get((await site.begin({ claims })).url));
    const consent = await visitor.submit(login, { act: 'login', account: '1', level: '2' });
    expect(detailsOn(consent)).toMatchObject({ missing: { claims: ['name'] } });
    await visitor.submit(consent, { act: 'allow' });
    const info = await userinfo(site, visitor, { claims });
    expect(info).not.toHaveProperty('id_number');
  });

  it('the ID number goes to a site that is registered for it, and with the person agreeing', async () => {
    const site = await world.site({ scope: 'openid id_number' });
    expect(await userinfo(site, world.visitor(), { scope: 'openid id_number' })).toMatchObject({
      id_type: '111',
      id_number: '520102188001010014',
    });
  });

  it.each([
    ['an array', { userinfo: { name: ['x'] } }],
    ['a string', { userinfo: { name: 'x' } }],
  ])('the claims parameter with %s where an object belongs is refused', async (_, claims) => {
    const site = await world.site();
    const answer = await world.visitor().get((await site.begin({ claims: JSON.stringify(claims) })).url);
    expect(answer.location).toContain('error=invalid_request');
  });

  it('withdrawn kills the tokens and asks again, and tokens from before stay dead', async () => {
    const site = await world.site({ grant_types: ['authorization_code', 'refresh_token'] });
    const visitor = world.visitor();
    const attempt = await site.begin();
    const tokens = await site.finish(attempt, await enter(visitor, attempt.url));
    const granted = await world.sso.sessions.grants(accountIdOf(1));
    expect(granted.find(({ clientId }) => clientId === site.clientId)).toMatchObject({ scopes: ['openid'] });
    await world.sso.sessions.withdraw(accountIdOf(1), site.clientId);
    const isDead = async () => {
      await expect(
        oidc.fetchUserInfo(site.config, tokens.access_token, oidc.skipSubjectCheck),
      ).rejects.toThrow();
      await expect(oidc.refreshTokenGrant(site.config, String(tokens.refresh_token))).rejects.toThrow();
    };
    await isDead();
    const page = await visitor.follow(await visitor.get((await site.begin()).url));
    expect(detailsOn(page).prompt).toBe('consent');
    await visitor.submit(page, { act: 'allow' });
    await isDead();
  });

  it('and its refusal and withdrawal are in the log', async () => {
    const types = (await world.events()).map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(['sso.consent.given', 'sso.consent.withdrawn', 'sso.site.entered']),
    );
  });
});

describe('an access token', () => {
  it('revoked by its site is dead, and the others of the person live on', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const tokens = async () => {
      const attempt = await site.begin();
      return (await site.finish(attempt, await enter(visitor, attempt.url))).access_token;
    };
    const [one, two] = [await tokens(), await tokens()];
    await oidc.tokenRevocation(site.config, one);
    await expect(oidc.fetchUserInfo(site.config, one, oidc.skipSubjectCheck)).rejects.toThrow();
    expect(await oidc.tokenIntrospection(site.config, one)).toEqual({ active: false });
    await oidc.fetchUserInfo(site.config, two, oidc.skipSubjectCheck);
  });

  it('for many claims is stored instead, and works the same', async () => {
    const site = await world.site();
    const padding = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`x${n}`, { value: 'y'.repeat(50) }]),
    );
    const claims = JSON.stringify({ userinfo: { name: { purpose: 'z'.repeat(2500) }, ...padding } });
    const info = await userinfo(site, world.visitor(), { claims });
    expect(info.name).toBe('示例人');
  });
});

describe('refresh tokens', () => {
  it('rotate; using one twice ends the whole family, and the consent stays', async () => {
    const site = await world.site({ grant_types: ['authorization_code', 'refresh_token'] });
    const visitor = world.visitor();
    const attempt = await site.begin();
    const tokens = await site.finish(attempt, await enter(visitor, attempt.url));
    const second = await oidc.refreshTokenGrant(site.config, String(tokens.refresh_token));
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    await oidc.fetchUserInfo(site.config, second.access_token, oidc.skipSubjectCheck);
    await expect(oidc.refreshTokenGrant(site.config, String(tokens.refresh_token))).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(oidc.refreshTokenGrant(site.config, String(second.refresh_token))).rejects.toThrow();
    await expect(
      oidc.fetchUserInfo(site.config, second.access_token, oidc.skipSubjectCheck),
    ).rejects.toThrow();
    expect((await visitor.get((await site.begin({ prompt: 'none' })).url)).location).toContain('code=');
  });

  it('with offline_access outlive the logout, the others do not', async () => {
    const site = await world.site({ grant_types: ['authorization_code', 'refresh_token'] });
    const refresh = async (params: Record<string, string>) => {
      const visitor = world.visitor();
      const attempt = await site.begin(params);
      const tokens = await site.finish(attempt, await enter(visitor, attempt.url));
      await visitor.submit(await visitor.get(`${world.origin}/oidc/logout`), {}, 'logout-yes');
      return oidc.refreshTokenGrant(site.config, String(tokens.refresh_token));
    };
    await expect(refresh({})).rejects.toThrow();
    const offline = await refresh({ scope: 'openid offline_access', prompt: 'consent' });
    expect(offline.access_token).toBeTruthy();
  });

  it('are revoked by the site with everything issued beside them; introspection tells only the owner', async () => {
    const site = await world.site({ grant_types: ['authorization_code', 'refresh_token'] });
    const other = await world.site();
    const attempt = await site.begin();
    const tokens = await site.finish(attempt, await enter(world.visitor(), attempt.url));
    const told = await oidc.tokenIntrospection(site.config, tokens.access_token);
    expect(told).toMatchObject({ active: true, client_id: site.clientId, sub: tokens.claims()?.sub });
    expect(await oidc.tokenIntrospection(other.config, tokens.access_token)).toEqual({ active: false });
    await oidc.tokenRevocation(other.config, String(tokens.refresh_token)).catch(() => {});
    expect((await oidc.tokenIntrospection(site.config, tokens.access_token)).active).toBe(true);
    await oidc.tokenRevocation(site.config, String(tokens.refresh_token));
    expect(await oidc.tokenIntrospection(site.config, tokens.access_token)).toEqual({ active: false });
  });
});
