import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { personAt, type TestPerson } from '../support/people.ts';
import { createHouse, day, enrol, type House, hour, minute, until } from './kit.ts';

const otherCode = '91520000MA00YN0132';

let house: House;
let people = 100;
let representative: TestPerson;
let stranger: TestPerson;
let accountId: string;
let strangerId: string;

beforeAll(async () => {
  house = await createHouse();
});
afterAll(async () => {
  await house.close();
});

/** Each test has people and a company of its own; the credit codes are the valid ones with another serial. */
let code: string;
beforeEach(async () => {
  people += 2;
  representative = personAt(people);
  stranger = personAt(people + 1);
  accountId = await enrol(house, representative);
  strangerId = await enrol(house, stranger);
  code = `91520000MA0${String(people).padStart(6, '0')}M`;
  house.registers.organisations.set(code, { name: '示例省演示食品有限公司', representative });
  house.registers.down.clear();
});

const visitor = { address: '192.0.2.1', clientId: 'site-1' };
const bind = (by = accountId, which = code) =>
  house.identity.organisations.bind({ accountId: by, creditCode: which, visitor });
const bound = async (): Promise<string> => {
  const done = await bind();
  if (done.outcome !== 'bound') throw new Error(`binding ended with ${done.outcome}`);
  return done.organisationId;
};
const confirm = (organisationId: string, by = accountId) =>
  house.identity.organisations.confirm(by, organisationId);
const events = async (account: string) => {
  await house.audit.drain();
  const { items } = await house.audit.eventsOf(account);
  return items.filter(({ type }) => type.startsWith('identity.organisation.'));
};

describe('binding an organisation', () => {
  it('asks the business register for its representative, and makes it theirs to act for', async () => {
    const organisationId = await bound();
    const found = await house.identity.organisations.find(organisationId);
    expect(found).toEqual({
      id: organisationId,
      name: '示例省演示食品有限公司',
      identifiers: [{ type: '001', value: code }],
      level: 2,
    });
    expect(await house.identity.organisations.list(accountId)).toEqual([
      {
        organisationId,
        name: '示例省演示食品有限公司',
        creditCode: code,
        role: 'legal_representative',
        level: 2,
        confirmedAt: house.clock.now(),
      },
    ]);
    await until(async () => (await events(accountId)).length === 1);
    const [event] = await events(accountId);
    expect(event).toMatchObject({
      type: 'identity.organisation.bound',
      data: { account: accountId, organisation: organisationId, level: 2 },
    });
    expect(JSON.stringify(event)).not.toContain(code);
  });

  it('again by the same person changes nothing, and asks the register no more than once a day', async () => {
    const organisationId = await bound();
    const asked = house.registers.asked.business;
    expect(await bind(accountId, ` ${code.toLowerCase()} `)).toEqual({
      outcome: 'already-bound',
      organisationId,
    });
    expect(house.registers.asked.business).toBe(asked);
    house.clock.advance(day);
    expect(await bind()).toEqual({ outcome: 'already-bound', organisationId });
    expect(house.registers.asked.business).toBeGreaterThan(asked);
    expect((await house.identity.organisations.list(accountId))[0]?.confirmedAt).toBe(house.clock.now());
  });

  it('of somebody else is refused, logged, and says nothing about the organisation', async () => {
    const organisationId = await bound();
    expect(await bind(strangerId)).toEqual({ outcome: 'mismatch' });
    expect(await house.identity.organisations.list(strangerId)).toEqual([]);
    expect(await house.identity.organisations.list(accountId)).toHaveLength(1);
    await until(async () => (await events(strangerId)).length === 1);
    expect((await events(strangerId))[0]).toMatchObject({
      type: 'identity.organisation.refused',
      data: { account: strangerId, client: 'site-1', reason: 'mismatch' },
    });
    expect(await confirm(organisationId, strangerId)).toBe('ended');
  });

  it('tells apart what the register does not know, what is struck off, and what is no code at all', async () => {
    expect(await bind(accountId, otherCode)).toEqual({ outcome: 'not-found' });
    house.registers.organisations.set(code, { name: '样例', representative, isStruckOff: true });
    expect(await bind()).toEqual({ outcome: 'struck-off' });
    expect(await bind(accountId, '9152')).toMatchObject({
      outcome: 'invalid',
      faults: [{ field: 'creditCode', code: 'length' }],
    });
    expect(await house.identity.organisations.list(accountId)).toEqual([]);
  });

  it('needs a proven identity: nobody at level 1, and nobody whose levels are held', async () => {
    people += 2;
    const person = personAt(people + 10_000);
    const low = await enrol(house, person, 1);
    house.registers.organisations.set(code, { name: '样例', representative: person });
    const asked = house.registers.asked.business;
    expect(await bind(low)).toEqual({ outcome: 'level-too-low' });
    expect(house.registers.asked.business).toBe(asked);
    expect(await bind('AAAAAAAAAAAAAAAAAAAAAA')).toEqual({ outcome: 'level-too-low' });
  });

  it('while the register is down leaves everything as it was', async () => {
    house.registers.down.add('business');
    expect(await bind()).toEqual({ outcome: 'unavailable' });
    expect(await house.identity.organisations.list(accountId)).toEqual([]);
    house.registers.down.clear();
    expect((await bind()).outcome).toBe('bound');
  });

  it('is limited per account: nobody tries codes until one fits', async () => {
    for (let tries = 0; tries < 10; tries += 1) await bind(strangerId);
    expect(await bind(strangerId)).toMatchObject({ outcome: 'limited' });
  });

  it('by a new representative ends the binding of the earlier one, who is told once however often the event comes', async () => {
    const organisationId = await bound();
    house.clock.advance(hour);
    house.registers.organisations.set(code, { name: '改名后的公司', representative: stranger });
    expect(await bind(strangerId)).toEqual({ outcome: 'bound', organisationId });
    expect(await house.identity.organisations.list(accountId)).toEqual([]);
    expect(await house.identity.organisations.findRepresented(accountId, organisationId)).toBeUndefined();
    expect(await confirm(organisationId)).toBe('ended');
    expect((await house.identity.organisations.find(organisationId))?.name).toBe('改名后的公司');
    await until(async () => (await events(accountId)).length === 2);
    const [ended] = await events(accountId);
    expect(ended).toMatchObject({
      type: 'identity.organisation.ended',
      data: { organisation: organisationId, reason: 'representative-changed' },
    });
    if (!ended) throw new Error('the binding did not end');
    const told = () =>
      house.sms.to(representative.phoneNumber).filter((text) => text.includes('法定代表人已变更'));
    await Promise.all([house.identity.onEvent(ended), house.identity.onEvent(ended)]);
    await until(() => told().length > 0);
    await house.identity.onEvent(ended);
    await house.identity.deliverMessages();
    expect(told()).toEqual([expect.stringContaining('「改名后的公司」')]);
    expect(house.sms.to(stranger.phoneNumber)).toEqual([]);
  });

  it('by many at once ends in one document, whoever comes first', async () => {
    const done = await Promise.all(Array.from({ length: 8 }, () => bind()));
    const ids = new Set(done.map((one) => ('organisationId' in one ? one.organisationId : one.outcome)));
    expect(ids.size).toBe(1);
    expect(done.filter(({ outcome }) => outcome === 'bound')).toHaveLength(1);
    expect(await house.identity.organisations.list(accountId)).toHaveLength(1);
  });
});

describe('acting again', () => {
  it('asks the register when its last answer is older than a day, and not before', async () => {
    const organisationId = await bound();
    const asked = house.registers.asked.business;
    house.clock.advance(day - minute);
    expect(await confirm(organisationId)).toBe('confirmed');
    expect(house.registers.asked.business).toBe(asked);
    house.clock.advance(minute);
    house.registers.organisations.set(code, { name: '改名后的公司', representative });
    expect(await confirm(organisationId)).toBe('confirmed');
    expect(house.registers.asked.business).toBeGreaterThan(asked);
    expect((await house.identity.organisations.list(accountId))[0]).toMatchObject({
      name: '改名后的公司',
      confirmedAt: house.clock.now(),
    });
  });

  it('cannot be confirmed while the register is down, once the last answer is older than a day', async () => {
    const organisationId = await bound();
    house.registers.down.add('business');
    expect(await confirm(organisationId)).toBe('confirmed');
    house.clock.advance(day);
    expect(await confirm(organisationId)).toBe('unavailable');
    expect(await bind()).toEqual({ outcome: 'unavailable' });
    // Nothing was said against it either.
    expect(await house.identity.organisations.list(accountId)).toHaveLength(1);
    house.registers.down.clear();
    expect(await confirm(organisationId)).toBe('confirmed');
  });

  it.each([
    ['representative-changed', (now: () => TestPerson) => ({ name: '样例', representative: now() })],
    ['struck-off', () => ({ name: '样例', representative, isStruckOff: true })],
    ['not-found', () => undefined],
  ])('ends with the reason %s when the register says so', async (reason, fact) => {
    const organisationId = await bound();
    house.clock.advance(day);
    const changed = fact(() => stranger);
    if (changed) house.registers.organisations.set(code, changed);
    else house.registers.organisations.delete(code);
    expect(await confirm(organisationId)).toBe('ended');
    expect(await house.identity.organisations.findRepresented(accountId, organisationId)).toBeUndefined();
    expect(await house.identity.organisations.find(organisationId)).toMatchObject({ level: 0 });
    await until(async () => (await events(accountId)).length === 2);
    expect((await events(accountId))[0]).toMatchObject({
      type: 'identity.organisation.ended',
      data: { account: accountId, organisation: organisationId, reason },
    });
    // The document stays: what was issued to the organisation outlives who stands for it.
    house.registers.organisations.set(code, { name: '样例', representative });
    expect(await bind()).toEqual({ outcome: 'bound', organisationId });
  });

  it('waits, and is not over, while the register has the same person under an earlier name', async () => {
    const organisationId = await bound();
    house.clock.advance(day);
    const renamed = { ...representative, name: '赵曾用' };
    house.registers.organisations.set(code, { name: '样例', representative: renamed });
    expect(await confirm(organisationId)).toBe('name-differs');
    expect(await bind()).toEqual({ outcome: 'name-differs' });
    house.registers.organisations.set(code, { name: '样例', representative });
    expect(await confirm(organisationId)).toBe('confirmed');
  });

  it('is over for everybody when a stranger learns that the organisation was struck off', async () => {
    const organisationId = await bound();
    house.clock.advance(minute);
    house.registers.organisations.set(code, { name: '样例', representative, isStruckOff: true });
    expect(await bind(strangerId)).toEqual({ outcome: 'struck-off' });
    expect(await confirm(organisationId)).toBe('ended');
  });

  it('is refused while the levels of the person are held after a theft', async () => {
    const organisationId = await bound();
    expect(await house.identity.organisations.findRepresented(accountId, organisationId)).toBeDefined();
    await house.identity.care.reportTheft({ accountId });
    expect(await confirm(organisationId)).toBe('level-too-low');
    expect(await house.identity.organisations.findRepresented(accountId, organisationId)).toBeUndefined();
    expect(await bind()).toEqual({ outcome: 'level-too-low' });
  });

  it('can be given up, by its holder only', async () => {
    const organisationId = await bound();
    await house.identity.organisations.release({ accountId: strangerId, organisationId });
    expect(await confirm(organisationId)).toBe('confirmed');
    await house.identity.organisations.release({ accountId, organisationId });
    await house.identity.organisations.release({ accountId, organisationId });
    expect(await confirm(organisationId)).toBe('ended');
    await until(async () => (await events(accountId)).length === 2);
    expect((await events(accountId))[0]?.data).toMatchObject({ reason: 'released' });
  });

  it('answers the same for what is absent and what is of others', async () => {
    const organisationId = await bound();
    const { organisations } = house.identity;
    for (const id of [organisationId, 'AAAAAAAAAAAAAAAAAAAAAA']) {
      expect(await organisations.findRepresented(strangerId, id)).toBeUndefined();
      expect(await organisations.confirm(strangerId, id)).toBe('ended');
    }
    expect(await organisations.find('AAAAAAAAAAAAAAAAAAAAAA')).toBeUndefined();
  });

  it('leaves nothing that names anybody in the log lines', () => {
    expect(house.log.join('\n')).not.toContain(code);
    expect(house.log.join('\n')).not.toContain(representative.idNumber);
  });
});
