import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import type { ActingFor } from '../../src/sso/index.ts';
import { accountIdOf, detailsOn, openSsoWorld, type SsoWorld } from '../support/sso.ts';

let world: SsoWorld;
beforeAll(async () => {
  world = await openSsoWorld();
});
afterAll(async () => {
  await world.close();
});

const me = accountIdOf(1);
const companies = ['food', 'trade'].map(
  (word, index): ActingFor => ({
    organisationId: `organisation-${word}`,
    name: `示例省演示${word}有限公司`,
    idType: '001',
    idNumber: ['91520000MA0DEM005M', '91520000MA00YN0132'][index] ?? '',
    role: 'legal_representative',
  }),
);
const [food, trade] = companies as [ActingFor, ActingFor];

beforeEach(() => {
  world.acting.set(me, [food, trade]);
  world.notices.clear();
});

type Site = Awaited<ReturnType<SsoWorld['site']>>;
type Visitor = ReturnType<SsoWorld['visitor']>;

const scope = 'openid profile organisation';
let names = 0;
const site = (metadata = {}) => {
  names += 1;
  return world.site({ scope, backchannel_logout_uri: `https://acting-${names}.example/bye`, ...metadata });
};

/** Goes through the pages; `wish` is what the organisation tab found out, `choice` the answer when it is asked. */
async function go(
  visitor: Visitor,
  url: string,
  { wish = {}, choice = '' }: { wish?: Record<string, string>; choice?: string } = {},
) {
  const prompts: string[] = [];
  let at = await visitor.follow(await visitor.get(url));
  for (let step = 0; at.location === undefined && step < 6; step += 1) {
    const { prompt } = detailsOn(at);
    prompts.push(prompt);
    const answer = {
      login: { act: 'login', ...wish },
      create: { act: 'login' },
      acting: { act: 'choose', organisation: choice },
      consent: { act: 'allow' },
    }[prompt];
    at = await visitor.submit(at, answer);
  }
  return { prompts, callback: String(at.location) };
}

/** Enters a site and answers what it learns by userinfo. */
async function enter(on: Site, visitor: Visitor, how: Parameters<typeof go>[2] = {}, params = {}) {
  const attempt = await on.begin({ scope, ...params });
  const { prompts, callback } = await go(visitor, attempt.url, how);
  const tokens = await on.finish(attempt, callback);
  const ask = () => oidc.fetchUserInfo(on.config, tokens.access_token, String(tokens.claims()?.sub));
  return { prompts, claims: tokens.claims(), info: await ask(), ask };
}

const asFood = { wish: { organisation: food.organisationId } };
const claim = ({ idType, idNumber, name, role }: ActingFor) => ({
  id_type: idType,
  id_number: idNumber,
  name,
  role,
});
const sessionsOf = async () => world.sso.sessions.list(me);
/** The session that entered this site. */
const sessionAt = async (on: Site) =>
  (await sessionsOf()).find(({ clients }) => clients.includes(on.clientId));
const told = async () => {
  await world.relayed();
  return [...world.notices.values()].map(({ url }) => url);
};
const eventsNamed = async (type: string) => (await world.events()).filter((event) => event.type === type);

describe('acting for an organisation', () => {
  it('begins with the login, goes to every site that asks, and rides in the events of each', async () => {
    const [first, second] = [await site(), await site()];
    const visitor = world.visitor();
    const { info, prompts } = await enter(first, visitor, asFood);
    expect(prompts).toEqual(['login', 'consent']);
    expect(info.acting_for).toEqual(claim(food));
    const next = await enter(second, visitor);
    expect(next.prompts).toEqual(['consent']);
    expect(next.info.acting_for).toEqual(claim(food));
    expect((await enter(first, visitor)).prompts).toEqual([]);
    const entered = (await eventsNamed('sso.site.entered')).slice(-3);
    expect(entered.map(({ data }) => data.organisation)).toEqual(Array(3).fill(food.organisationId));
    const consents = (await eventsNamed('sso.consent.given')).slice(-2);
    expect(consents.map(({ data }) => data.organisation)).toEqual(Array(2).fill(food.organisationId));
    expect(JSON.stringify(await world.events())).not.toContain(food.idNumber);
  });

  it('is shown to the pages that ask for consent, and to nobody who does not ask for the scope', async () => {
    const [curious, plain] = [await site(), await site({ scope: 'openid profile' })];
    const visitor = world.visitor();
    const attempt = await curious.begin({ scope });
    const login = await visitor.follow(await visitor.get(attempt.url));
    const consent = await visitor.submit(login, { act: 'login', organisation: food.organisationId });
    expect(detailsOn(consent)).toMatchObject({
      prompt: 'consent',
      actingFor: { organisationId: food.organisationId, name: food.name },
      missing: { scopes: expect.arrayContaining(['organisation']) },
    });
    const { info } = await enter(plain, visitor, {}, { scope: 'openid profile' });
    expect(info).not.toHaveProperty('acting_for');
  });

  it('may be asked for by name in the claims parameter', async () => {
    const claims = JSON.stringify({ userinfo: { acting_for: null } });
    const { info } = await enter(await site(), world.visitor(), asFood, { scope: 'openid', claims });
    expect(info.acting_for).toEqual(claim(food));
  });

  it('is asked once when a site wants to know and nobody was chosen; oneself is an answer too', async () => {
    const visitor = world.visitor();
    const first = await enter(await site(), visitor);
    expect(first.prompts).toEqual(['login', 'acting', 'consent']);
    expect(first.info).not.toHaveProperty('acting_for');
    expect((await enter(await site(), visitor)).prompts).toEqual(['consent']);
    const other = await enter(await site(), world.visitor(), { choice: trade.organisationId });
    expect(other.prompts).toEqual(['login', 'acting', 'consent']);
    expect(other.info.acting_for).toEqual(claim(trade));
  });

  it('outlasts another login in the same session, and ends with the session', async () => {
    const on = await site();
    const visitor = world.visitor();
    await enter(on, visitor, asFood);
    const again = await enter(on, visitor, {}, { prompt: 'login' });
    expect(again.prompts).toEqual(['login']);
    expect(again.info.acting_for).toEqual(claim(food));
    await visitor.submit(await visitor.get(`${world.origin}/oidc/logout`), {}, 'logout-yes');
    const later = await enter(on, visitor, {});
    expect(later.prompts).toEqual(['login', 'acting', 'consent']);
    expect(later.info).not.toHaveProperty('acting_for');
  });

  it('is not asked of people who have nobody to act for, nor by sites that do not want to know', async () => {
    world.acting.set(me, []);
    expect((await enter(await site(), world.visitor())).prompts).toEqual(['login', 'consent']);
    world.acting.set(me, [food]);
    const plain = await site({ scope: 'openid profile' });
    const { prompts } = await enter(plain, world.visitor(), {}, { scope: 'openid profile' });
    expect(prompts).toEqual(['login', 'consent']);
  });

  it('that a login page left open is asked after the login, with the reason of that page', async () => {
    const visitor = world.visitor();
    const attempt = await (await site()).begin({ scope: 'openid' });
    const login = await visitor.follow(await visitor.get(attempt.url));
    const page = await visitor.submit(login, { act: 'login', reason: 'mismatch' });
    expect(detailsOn(page)).toMatchObject({ prompt: 'acting', actingReason: 'mismatch', accountId: me });
    const after = await visitor.submit(page, { act: 'choose', organisation: '' });
    expect(detailsOn(after)).toMatchObject({ prompt: 'consent' });
  });

  it('costs a person who acts for nobody nothing: identity is not asked about organisations once', async () => {
    const plain = await site({ scope: 'openid profile' });
    let asked = 0;
    const get = world.acting.get.bind(world.acting);
    world.acting.get = (account) => {
      asked += 1;
      return get(account);
    };
    const visitor = world.visitor();
    await enter(plain, visitor, {}, { scope: 'openid profile' });
    await enter(plain, visitor, {}, { scope: 'openid profile' });
    expect(asked).toBe(0);
    world.acting.get = get;
  });

  it('costs silent requests nothing: prompt=none never asks', async () => {
    const visitor = world.visitor();
    const on = await site();
    await enter(on, visitor, {}, { scope: 'openid profile' });
    const attempt = await on.begin({ scope: 'openid profile', prompt: 'none' });
    expect((await visitor.get(attempt.url)).location).toContain('code=');
  });
});

describe('acting for somebody else from now on', () => {
  it('leaves the sites: they are told, their tokens die, and on the next entry they see the same as all', async () => {
    const [first, second] = [await site(), await site()];
    const visitor = world.visitor();
    const before = await enter(first, visitor, asFood);
    await enter(second, visitor);
    const session = await sessionAt(second);
    expect(session?.organisationId).toBe(food.organisationId);
    expect(await world.sso.sessions.actFor(me, String(session?.id), trade.organisationId)).toBe(true);
    expect((await told()).length).toBe(2);
    await expect(before.ask()).rejects.toThrow();
    const after = await enter(first, visitor);
    expect(after.info.acting_for).toEqual(claim(trade));
    // Another name at the site: a late notice about the time before ends nothing that came after.
    expect(after.claims?.sid).not.toBe(before.claims?.sid);
    await world.sso.sessions.actFor(me, String(session?.id), undefined);
    const self = await enter(first, visitor);
    expect(self.info).not.toHaveProperty('acting_for');
    const changes = (await eventsNamed('sso.acting.changed')).slice(-3);
    expect(changes.map(({ data }) => data.organisation)).toEqual([
      food.organisationId,
      trade.organisationId,
      undefined,
    ]);
  });

  it('ends codes that were given out before', async () => {
    const on = await site();
    const visitor = world.visitor();
    await enter(on, visitor, asFood);
    const attempt = await on.begin({ scope });
    const { callback } = await go(visitor, attempt.url);
    const session = await sessionAt(on);
    await world.sso.sessions.actFor(me, String(session?.id), undefined);
    await expect(on.finish(attempt, callback)).rejects.toThrow();
  });

  it('asks for consent again: what is allowed for one organisation is allowed for no other, nor for oneself', async () => {
    const on = await site();
    const visitor = world.visitor();
    await enter(on, visitor, asFood);
    const session = await sessionAt(on);
    await world.sso.sessions.actFor(me, String(session?.id), trade.organisationId);
    expect((await enter(on, visitor)).prompts).toEqual(['consent']);
    const grants = (await world.sso.sessions.grants(me)).filter(({ clientId }) => clientId === on.clientId);
    expect(grants.map(({ organisationId }) => organisationId).sort()).toEqual([
      food.organisationId,
      trade.organisationId,
    ]);
    await world.sso.sessions.withdraw(me, on.clientId, trade.organisationId);
    await world.sso.sessions.actFor(me, String(session?.id), food.organisationId);
    expect((await enter(on, visitor)).prompts).toEqual([]);
  });

  it('is the business of the owner of the session alone', async () => {
    const on = await site();
    await enter(on, world.visitor(), asFood);
    const session = await sessionAt(on);
    expect(await world.sso.sessions.actFor(accountIdOf(2), String(session?.id), undefined)).toBe(false);
    expect((await sessionAt(on))?.organisationId).toBe(food.organisationId);
  });

  it('counts once when two requests meet: the later choice holds, and no site is entered under the earlier one', async () => {
    const on = await site();
    const visitor = world.visitor();
    await enter(on, visitor, asFood);
    const session = await sessionAt(on);
    const id = String(session?.id);
    const attempts = await Promise.all(Array.from({ length: 6 }, () => on.begin({ scope })));
    const [, ...entries] = await Promise.all([
      world.sso.sessions.actFor(me, id, undefined),
      ...attempts.map(async (attempt) => (await visitor.clone().get(attempt.url)).location),
    ]);
    for (const [index, callback] of entries.entries()) {
      if (!callback?.includes('code=')) continue;
      const attempt = attempts[index] as (typeof attempts)[number];
      const tokens = await on.finish(attempt, callback).catch(() => undefined);
      if (!tokens) continue;
      const info = await oidc
        .fetchUserInfo(on.config, tokens.access_token, String(tokens.claims()?.sub))
        .catch(() => ({}));
      expect(info).not.toHaveProperty('acting_for');
    }
    expect((await sessionsOf()).find((one) => one.id === id)?.organisationId).toBeUndefined();
  });
});

describe('the end of a binding', () => {
  it('is felt at once, before any event arrives: tokens are dead, the session asks for a login', async () => {
    const on = await site();
    const visitor = world.visitor();
    const { ask } = await enter(on, visitor, asFood);
    world.acting.set(me, [trade]);
    await expect(ask()).rejects.toThrow();
    const page = await visitor.follow(await visitor.get((await on.begin({ scope })).url));
    expect(detailsOn(page)).toMatchObject({ prompt: 'login' });
    expect(detailsOn(page)).not.toHaveProperty('accountId');
    expect(await told()).toContain(`https://acting-${names}.example/bye`);
  });

  it('by its event ends the sessions that act for it and what was allowed in its name, and nothing else', async () => {
    const on = await site();
    const [asCompany, asMyself] = [world.visitor(), world.visitor()];
    await enter(on, asCompany, asFood);
    const own = await enter(on, asMyself);
    const before = (await sessionsOf()).length;
    const data = { account: me, organisation: food.organisationId, reason: 'struck-off' };
    const event = { id: 'ended', type: 'identity.organisation.ended', at: world.clock.now(), data };
    await world.sso.onEvent(event);
    await world.sso.onEvent(event);
    const standing = await sessionsOf();
    expect(standing.length).toBeLessThan(before);
    expect(standing.some(({ organisationId }) => organisationId === food.organisationId)).toBe(false);
    expect((await own.ask()).sub).toBeDefined();
    const grants = await world.sso.sessions.grants(me);
    expect(grants.some(({ organisationId }) => organisationId === food.organisationId)).toBe(false);
    expect(grants.some(({ clientId, organisationId }) => clientId === on.clientId && !organisationId)).toBe(
      true,
    );
    const [ended] = (await eventsNamed('sso.session.ended')).slice(-1);
    expect(ended?.data).toMatchObject({ reason: 'acting-ended', organisation: food.organisationId });
  });

  it('of somebody else leaves this person acting', async () => {
    const on = await site();
    const { ask } = await enter(on, world.visitor(), asFood);
    const data = { account: accountIdOf(2), organisation: food.organisationId, reason: 'released' };
    await world.sso.onEvent({ id: 'other', type: 'identity.organisation.ended', at: 0, data });
    expect((await ask()).acting_for).toEqual(claim(food));
  });
});

describe('the portal', () => {
  it('learns with each request for whom the session acts, and that it is over when the binding is', async () => {
    const visitor = world.visitor();
    const { url, state } = world.sso.portal.authorizationUrl({ returnTo: '/account' });
    const { callback } = await go(visitor, url, asFood);
    const query = Object.fromEntries(new URL(callback).searchParams);
    const entry = await world.sso.portal.redeem(query, state);
    const id = 'sessionId' in entry ? entry.sessionId : '';
    expect((await world.sso.portal.findLiveSession(id))?.actingFor).toEqual({
      organisationId: food.organisationId,
      name: food.name,
    });
    world.acting.set(me, []);
    expect(await world.sso.portal.findLiveSession(id)).toBeUndefined();
  });
});
