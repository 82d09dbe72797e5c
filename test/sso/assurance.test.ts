import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountIdOf, detailsOn, enter, openSsoWorld, personOf, type SsoWorld } from '../support/sso.ts';

const loa = (level: number) => `urn:tongxing:loa:${level}`;
const essential = (acr: object) => ({
  claims: JSON.stringify({ id_token: { acr: { essential: true, ...acr } } }),
});

let world: SsoWorld;
beforeAll(async () => {
  world = await openSsoWorld();
  // One who has shown little, two at level 2, one at the top.
  world.accounts.set(accountIdOf(4), personOf(4, { proofingLevel: 1, reachableLevel: 1 }));
  world.accounts.set(accountIdOf(5), personOf(5, { proofingLevel: 3, reachableLevel: 3 }));
});
afterAll(async () => {
  await world.close();
});

async function acrAfter(params: Record<string, string>, who: { account: number; level: number }) {
  const site = await world.site();
  const attempt = await site.begin(params);
  const tokens = await site.finish(attempt, await enter(world.visitor(), attempt.url, who));
  return tokens.claims()?.acr;
}

describe('acr', () => {
  it('is the lower of what is proven and what the methods carry', async () => {
    expect(await acrAfter({}, { account: 4, level: 3 })).toBe(loa(1));
    expect(await acrAfter({}, { account: 5, level: 1 })).toBe(loa(1));
    expect(await acrAfter({}, { account: 5, level: 3 })).toBe(loa(3));
  });

  it('is an order: a higher level satisfies an essential lower one', async () => {
    expect(await acrAfter(essential({ value: loa(1) }), { account: 1, level: 2 })).toBe(loa(2));
    expect(await acrAfter(essential({ values: [loa(1), loa(3)] }), { account: 1, level: 2 })).toBe(loa(2));
    expect(await acrAfter({ acr_values: `${loa(3)} ${loa(1)}` }, { account: 1, level: 2 })).toBe(loa(2));
  });

  it('follows the account: a level lost since the login is lost at the next site', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url, { account: 5, level: 3 });
    world.accounts.set(accountIdOf(5), personOf(5, { proofingLevel: 1, reachableLevel: 1 }));
    const attempt = await site.begin();
    const tokens = await site.finish(attempt, String((await visitor.get(attempt.url)).location));
    world.accounts.set(accountIdOf(5), personOf(5, { proofingLevel: 3, reachableLevel: 3 }));
    expect(tokens.claims()?.acr).toBe(loa(1));
  });

  it.each([
    ['acr_values', { acr_values: loa(3) }],
    ['an essential value', essential({ value: loa(3) })],
    ['essential values', essential({ values: [loa(3)] })],
  ])(
    'asks for a step-up when %s is above the session, and the new level is in the token',
    async (_, params) => {
      const site = await world.site();
      const visitor = world.visitor();
      await enter(visitor, (await site.begin()).url, { account: 5, level: 2 });
      const attempt = await site.begin(params);
      const page = await visitor.follow(await visitor.get(attempt.url));
      expect(detailsOn(page)).toMatchObject({
        prompt: 'login',
        reasons: ['acr_too_low'],
        accountId: accountIdOf(5),
        requestedLevel: { level: 3, essential: !('acr_values' in params) },
        sessionLevel: 2,
      });
      const still = await visitor.submit(page, { act: 'login', account: '5', level: '2' });
      expect(detailsOn(still).reasons).toEqual(['acr_too_low']);
      const done = await visitor.submit(still, { act: 'login', account: '5', level: '3' });
      const tokens = await site.finish(attempt, String(done.location));
      expect(tokens.claims()?.acr).toBe(loa(3));
    },
  );

  it('an essential level that the account cannot reach answers unmet_authentication_requirements', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const callback = await enter(visitor, (await site.begin(essential({ value: loa(3) }))).url, {
      account: 4,
      level: 1,
    });
    expect(callback).toContain('error=unmet_authentication_requirements');
    const silent = await visitor.get(
      (await site.begin({ prompt: 'none', ...essential({ value: loa(3) }) })).url,
    );
    expect(silent.location).toContain('error=unmet_authentication_requirements');
  });

  it('an essential level that nobody knows cannot be reached by anybody', async () => {
    const site = await world.site();
    const answer = await world
      .visitor()
      .get((await site.begin(essential({ value: 'urn:elsewhere:gold' }))).url);
    expect(answer.location).toContain('error=unmet_authentication_requirements');
  });

  it('a voluntary level that cannot be reached leads over a page to the true acr', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    const attempt = await site.begin({ acr_values: loa(3) });
    let page = await visitor.follow(await visitor.get(attempt.url));
    page = await visitor.submit(page, { act: 'login', account: '4', level: '1' });
    expect(detailsOn(page)).toMatchObject({ reasons: ['acr_too_low'], requestedLevel: { essential: false } });
    page = await visitor.submit(page, { act: 'lower' });
    expect(detailsOn(page).prompt).toBe('consent');
    const done = await visitor.submit(page, { act: 'allow' });
    expect((await site.finish(attempt, String(done.location))).claims()?.acr).toBe(loa(1));
  });

  it('a voluntary level never makes prompt=none fail', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url, { account: 4, level: 1 });
    const answer = await visitor.get((await site.begin({ prompt: 'none', acr_values: loa(3) })).url);
    expect(answer.location).toContain('code=');
  });

  it('a level that is essential cannot be waved through', async () => {
    const site = await world.site();
    const visitor = world.visitor();
    await enter(visitor, (await site.begin()).url, { account: 5, level: 2 });
    const page = await visitor.follow(
      await visitor.get((await site.begin(essential({ value: loa(3) }))).url),
    );
    expect((await visitor.submit(page, { act: 'lower' })).status).toBe(400);
  });
});
