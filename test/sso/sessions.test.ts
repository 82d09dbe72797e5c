import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { createVisitor, type Visitor } from '../support/relying-party.ts';
import { accountIdOf, detailsOn, enter, openSsoWorld, type SsoWorld } from '../support/sso.ts';

let world: SsoWorld;
beforeAll(async () => {
  world = await openSsoWorld();
});
afterAll(async () => {
  await world.close();
});

const isIn = async (visitor: Visitor, site: Awaited<ReturnType<SsoWorld['site']>>) =>
  (await visitor.get((await site.begin({ prompt: 'none' })).url)).location?.includes('code=') === true;

describe('a single sign-on session', () => {
  it('ends after 30 minutes in which nothing was entered, and entering a site counts as use', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    world.clock.advance(29 * 60);
    expect(await isIn(visitor, site)).toBe(true);
    world.clock.advance(29 * 60);
    expect(await isIn(visitor, site)).toBe(true);
    world.clock.advance(31 * 60);
    expect(await isIn(visitor, site)).toBe(false);
  });

  it('ends 8 hours after the login, however busy it was', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url);
    for (let half = 0; half < 17; half++) {
      world.clock.advance(28 * 60);
      expect(await isIn(visitor, site)).toBe(true);
    }
    world.clock.advance(28 * 60);
    expect(await isIn(visitor, site)).toBe(false);
  });

  it('gets a new cookie at login and at step-up, and the older one opens nothing', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    // A page with a form gives an anonymous session its cookie: what an attacker could plant.
    await world.sso.clients.get(site.clientId);
    await enter(visitor, (await site.begin()).url);
    const thief = visitor.clone();
    expect(await isIn(thief.clone(), site)).toBe(true);
    const page = await visitor.follow(await visitor.get((await site.begin({ prompt: 'login' })).url));
    await visitor.submit(page, { act: 'login', account: '1', level: '2' });
    expect(await isIn(visitor, site)).toBe(true);
    expect(await isIn(thief, site)).toBe(false);
  });

  it('does not take over a cookie that was planted before the login', async () => {
    const site = await world.site();
    const planted = 'a'.repeat(43);
    const visitor = world.visitor();
    visitor.setCookie(`tongxing-sso=${planted}.${planted}; path=/`);
    await enter(visitor, (await site.begin()).url);
    const attacker = createVisitor(world.origin);
    attacker.setCookie(`tongxing-sso=${planted}.${planted}; path=/`);
    expect(await isIn(attacker, site)).toBe(false);
    expect(visitor.cookies().join()).not.toContain(planted);
  });

  it('is told apart by browser, listed with where it was entered, and ended by its owner only', async () => {
    const site = await world.site({ backchannel_logout_uri: 'https://listed.example/backchannel' });
    await world.sso.sessions.endAll(accountIdOf(2));
    const [phone, laptop] = [world.visitor(), world.visitor()];
    await enter(phone, (await site.begin()).url, { account: 2 });
    await enter(laptop, (await site.begin()).url, { account: 2 });
    await world.relayed();
    const sessions = await world.sso.sessions.list(accountIdOf(2));
    expect(sessions).toHaveLength(2);
    expect(sessions[0]).toMatchObject({ clients: [site.clientId], amr: ['pwd'], userAgent: 'node' });
    const id = String(sessions[0]?.id);
    await world.sso.sessions.end(accountIdOf(1), id);
    expect(await world.sso.sessions.list(accountIdOf(2))).toHaveLength(2);
    world.notices.clear();
    await world.sso.sessions.end(accountIdOf(2), id);
    await world.relayed();
    expect(await world.sso.sessions.list(accountIdOf(2))).toHaveLength(1);
    expect([...world.notices.values()]).toMatchObject([
      { kind: 'backchannel-logout', url: 'https://listed.example/backchannel' },
    ]);
    expect([await isIn(phone, site), await isIn(laptop, site)].sort()).toEqual([false, true]);
  });

  it('takes its tokens with it', async () => {
    const site = await world.site({ grant_types: ['authorization_code', 'refresh_token'] });
    const attempt = await site.begin();
    const tokens = await site.finish(attempt, await enter(world.visitor(), attempt.url, { account: 3 }));
    await oidc.fetchUserInfo(site.config, tokens.access_token, oidc.skipSubjectCheck);
    await world.sso.onEvent({
      id: 'e',
      type: 'identity.account.disabled',
      at: world.clock.now() + 1000,
      data: { account: accountIdOf(3) },
    });
    await expect(
      oidc.fetchUserInfo(site.config, tokens.access_token, oidc.skipSubjectCheck),
    ).rejects.toThrow();
    await expect(oidc.refreshTokenGrant(site.config, String(tokens.refresh_token))).rejects.toThrow();
    expect(await world.sso.sessions.grants(accountIdOf(3))).toEqual([]);
  });

  it('survives the late news of a recovery that it began after, and so does what was allowed in it', async () => {
    const site = await world.site();
    const [stranger, owner] = [world.visitor(), world.visitor()];
    await enter(stranger, (await site.begin()).url, { account: 3 });
    world.clock.advance(2);
    const event = {
      id: 'r',
      type: 'identity.account.recovered',
      at: world.clock.now(),
      data: { account: accountIdOf(3) },
    };
    const later = await world.site();
    await enter(owner, (await later.begin()).url, { account: 3 });
    await world.sso.onEvent(event);
    expect([await isIn(stranger, site), await isIn(owner, later)]).toEqual([false, true]);
    expect(await world.sso.sessions.grants(accountIdOf(3))).toHaveLength(1);
  });

  it('counts for nothing from the moment that the account says so, before any event arrives', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url, { account: 2 });
    const account = world.accounts.get(accountIdOf(2));
    if (!account) throw new Error('no second account');
    account.sessionsNotBefore = world.clock.now() + 2000;
    expect(await isIn(visitor, site)).toBe(false);
    account.sessionsNotBefore = undefined;
  });

  it('of one account is left when another person logs in, and its sites are told', async () => {
    const site = await world.site({ backchannel_logout_uri: 'https://switched.example/backchannel' });
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url, { account: 1 });
    world.notices.clear();
    const page = await visitor.follow(await visitor.get((await site.begin({ prompt: 'login' })).url));
    const swap = await visitor.submit(page, { act: 'login', account: '2', level: '2' });
    // No page in between, which would be a dead end without a script.
    const next = await visitor.follow(swap);
    await world.relayed();
    expect(next.location ?? detailsOn(next).prompt).toBeTruthy();
    expect([...world.notices.values()].map(({ url }) => url)).toContain(
      'https://switched.example/backchannel',
    );
  });

  it('survives the end of its process: another one on the same store goes on with it', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const { url } = await site.begin();
    const page = await visitor.follow(await visitor.get(url));
    const second = await world.another();
    // Same cookies, another process at every step.
    const there = (answer: { url: string }) => answer.url.replace(world.origin, second.origin);
    const moved = { ...page, url: there(page) };
    const result = await visitor.submit(moved, { act: 'login', account: '1', level: '2' });
    const consent = detailsOn(result);
    expect(consent.prompt).toBe('consent');
    await second.close();
  });
});
