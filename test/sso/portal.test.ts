import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountIdOf, detailsOn, enter, openSsoWorld, type SsoWorld } from '../support/sso.ts';

let world: SsoWorld;
beforeAll(async () => {
  world = await openSsoWorld();
});
afterAll(async () => {
  await world.close();
});

const queryOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

async function enterPortal(
  request: Partial<Parameters<SsoWorld['sso']['portal']['authorizationUrl']>[0]> = {},
  visitor = world.visitor(),
  who: { account?: number; level?: number } = {},
) {
  const { url, state } = world.sso.portal.authorizationUrl({ returnTo: '/account', ...request });
  const callback = await enter(visitor, url, who);
  return { visitor, state, callback, query: queryOf(callback) };
}

describe('the portal as a client of its own', () => {
  it('enters without consent, in process, once', async () => {
    const { state, query, callback } = await enterPortal({ returnTo: '/wallet' });
    expect(callback).toContain('/session/callback?code=');
    const entry = await world.sso.portal.redeem(query, state);
    expect(entry).toMatchObject({
      outcome: 'entered',
      accountId: accountIdOf(1),
      level: 2,
      amr: ['pwd'],
      returnTo: '/wallet',
      sessionId: expect.any(String),
      authTime: expect.any(Number),
    });
    expect(await world.sso.portal.redeem(query, state)).toEqual({ outcome: 'stale' });
    expect(await world.sso.sessions.grants(accountIdOf(1))).toEqual([]);
  });

  it('asks for a step-up and for a fresh login by the same path as every site', async () => {
    const visitor = world.visitor();
    await enterPortal({}, visitor, { account: 1 });
    const { url } = world.sso.portal.authorizationUrl({ returnTo: '/account', maxAgeSeconds: 0 });
    world.clock.advance(2);
    const page = await visitor.follow(await visitor.get(url));
    expect(detailsOn(page)).toMatchObject({ prompt: 'login', client: { firstParty: true } });
    const { query, state } = await enterPortal({ level: 3 });
    expect(await world.sso.portal.redeem(query, state)).toEqual({
      outcome: 'refused',
      error: 'unmet_authentication_requirements',
      returnTo: '/account',
    });
  });

  it.each([
    ['no state cookie', (q: Record<string, string>) => [q, undefined]],
    ['a state cookie of its own making', (q: Record<string, string>) => [q, 'AAAA']],
    ['another state', (q: Record<string, string>, s: string) => [{ ...q, state: 'other' }, s]],
    ['another issuer', (q: Record<string, string>, s: string) => [{ ...q, iss: 'https://evil.example' }, s]],
    ['an unknown code', (q: Record<string, string>, s: string) => [{ ...q, code: 'guess' }, s]],
    [
      'a parameter given twice',
      (q: Record<string, string>, s: string) => [{ ...q, code: [q.code, q.code] }, s],
    ],
  ])('with %s does not enter', async (_, change) => {
    const { query, state } = await enterPortal();
    const [given, sealed] = change(query, state) as [Record<string, unknown>, string | undefined];
    expect(await world.sso.portal.redeem(given, sealed)).toEqual({ outcome: 'stale' });
  });

  it('does not enter with the code of another browser: login CSRF ends at the state', async () => {
    const attacker = await enterPortal({}, world.visitor(), { account: 2 });
    const victim = world.sso.portal.authorizationUrl({ returnTo: '/account' });
    expect(await world.sso.portal.redeem(attacker.query, victim.state)).toEqual({ outcome: 'stale' });
    const mixed = { ...attacker.query, state: new URL(victim.url).searchParams.get('state') };
    expect(await world.sso.portal.redeem(mixed, victim.state)).toEqual({ outcome: 'stale' });
  });

  it('does not enter with the code of a site', async () => {
    const site = await world.site();
    const attempt = await site.begin();
    const code = new URL(await enter(world.visitor(), attempt.url)).searchParams.get('code');
    const { query, state } = await enterPortal();
    expect(await world.sso.portal.redeem({ ...query, code }, state)).toEqual({ outcome: 'stale' });
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', 'account'])(
    'never goes on to %s',
    (returnTo) => {
      expect(() => world.sso.portal.authorizationUrl({ returnTo })).toThrow();
    },
  );

  it('sees a session end wherever it ended: by logout, by the owner, by idleness, by the account', async () => {
    const { portal, sessions } = world.sso;
    const live = async (account: number) => {
      const { visitor, query, state } = await enterPortal({}, world.visitor(), { account });
      const entry = await portal.redeem(query, state);
      if (entry.outcome !== 'entered') throw new Error(entry.outcome);
      expect(await portal.findLiveSession(entry.sessionId)).toMatchObject({
        accountId: accountIdOf(account),
        level: 2,
        amr: ['pwd'],
      });
      return { visitor, id: entry.sessionId };
    };
    const byLogout = await live(1);
    await byLogout.visitor.submit(
      await byLogout.visitor.get(`${world.origin}/oidc/logout`),
      {},
      'logout-yes',
    );
    expect(await portal.findLiveSession(byLogout.id)).toBeUndefined();

    const byOwner = await live(1);
    await sessions.end(accountIdOf(1), byOwner.id);
    expect(await portal.findLiveSession(byOwner.id)).toBeUndefined();

    const byAccount = await live(2);
    const account = world.accounts.get(accountIdOf(2));
    if (!account) throw new Error('no second account');
    account.active = false;
    expect(await portal.findLiveSession(byAccount.id)).toBeUndefined();
    account.active = true;
    account.proofingLevel = 1;
    expect((await portal.findLiveSession(byAccount.id))?.level).toBe(1);

    const byIdleness = await live(3);
    for (let n = 0; n < 3; n++) {
      world.clock.advance(20 * 60);
      expect(await portal.findLiveSession(byIdleness.id)).toBeTruthy();
    }
    world.clock.advance(31 * 60);
    expect(await portal.findLiveSession(byIdleness.id)).toBeUndefined();
    expect(await portal.findLiveSession('unknown')).toBeUndefined();
  });

  it('forgets a state after ten minutes', async () => {
    const { query, state } = await enterPortal();
    world.clock.advance(11 * 60);
    expect(await world.sso.portal.redeem(query, state)).toEqual({ outcome: 'stale' });
  });
});
