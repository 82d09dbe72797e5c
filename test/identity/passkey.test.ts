import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDevice } from '../support/device.ts';
import { personAt } from '../support/people.ts';
import { createHouse, enrol, type House, registerUntilLogin, until } from './kit.ts';

let house: House;
beforeEach(async () => {
  house = await createHouse();
});
afterEach(() => house.close());

const wang = personAt(1);
const li = personAt(2);
type Device = ReturnType<typeof createDevice>;

async function bind(device: Device, accountId: string, sessionLevel: 0 | 1 | 2 | 3 = 2, name = '我的手机') {
  const { care } = house.identity;
  const found = await care.passkeyOptions({ accountId, transaction: 't' });
  if (found.outcome !== 'options') throw new Error('no account');
  const response = device.create(found);
  return care.addPasskey({
    accountId,
    challengeId: found.challengeId,
    response,
    name,
    sessionLevel,
    transaction: 't',
  });
}

async function logIn(device: Device, extra: { transaction?: string; accountId?: string } = {}) {
  const options = await house.identity.login.passkeyOptions({ transaction: 't', ...extra });
  const response = device.get(options);
  const { challengeId } = options;
  const { visitor } = house;
  return house.identity.login.withPasskey({ challengeId, response, transaction: 't', visitor, ...extra });
}

describe('a passkey', () => {
  it('logs in without a name and carries level 3 with user verification', async () => {
    const accountId = await enrol(house, wang, 3);
    const device = createDevice();
    expect(await bind(device, accountId)).toMatchObject({ outcome: 'added' });
    expect(await logIn(device)).toMatchObject({
      outcome: 'authenticated',
      accountId,
      amr: ['pop', 'user', 'mfa'],
      methodLevel: 3,
      proofingLevel: 3,
    });
  });

  it('carries level 2 without user verification, and when it was bound in a weak session', async () => {
    const accountId = await enrol(house, wang, 3);
    const touchOnly = createDevice({ verifiesUser: false });
    await bind(touchOnly, accountId);
    expect(await logIn(touchOnly)).toMatchObject({ amr: ['pop', 'user'], methodLevel: 2 });
    const weak = createDevice();
    await bind(weak, accountId, 1);
    expect(await logIn(weak)).toMatchObject({ amr: ['pop', 'user', 'mfa'], methodLevel: 2 });
  });

  it('answers one challenge once, in its own transaction', async () => {
    const accountId = await enrol(house, wang);
    const device = createDevice();
    await bind(device, accountId);
    const options = await house.identity.login.passkeyOptions({ transaction: 't' });
    const response = device.get(options);
    const { visitor } = house;
    const answer = (transaction: string) =>
      house.identity.login.withPasskey({ challengeId: options.challengeId, response, transaction, visitor });
    expect(await answer('another')).toEqual({ outcome: 'expired' });
    expect(await answer('t')).toMatchObject({ outcome: 'authenticated' });
    expect(await answer('t')).toEqual({ outcome: 'expired' });
  });

  it('is refused when its counter does not grow: somebody has a copy', async () => {
    const accountId = await enrol(house, wang);
    const device = createDevice();
    await bind(device, accountId);
    const thief = device.clone();
    expect(await logIn(device)).toMatchObject({ outcome: 'authenticated' });
    expect(await logIn(thief)).toEqual({ outcome: 'refused' });
    const { items } = await house.audit.eventsOf(accountId, { types: ['identity.login.refused'] });
    expect(items[0]?.data).toMatchObject({ method: 'passkey', reason: 'counter' });
    expect(await logIn(device)).toMatchObject({ outcome: 'authenticated' });
  });

  it('that does not count is accepted again and again, and costs no write of the account', async () => {
    const accountId = await enrol(house, wang);
    const device = createDevice({ counts: 0 });
    await bind(device, accountId);
    await logIn(device);
    const before = await house.identity.findAccount(accountId);
    house.clock.advance(1000);
    expect(await logIn(device)).toMatchObject({ outcome: 'authenticated' });
    expect((await house.identity.findAccount(accountId))?.updatedAt).toBe(before?.updatedAt);
    expect((await house.identity.care.recentLogins(accountId)).items).toHaveLength(2);
  });

  it('of another site, of another account in a step-up, or of nobody is refused', async () => {
    const accountId = await enrol(house, wang);
    const elsewhere = createDevice({ origin: 'http://localhost:9999' });
    expect(await bind(elsewhere, accountId)).toEqual({ outcome: 'passkey-refused' });

    const other = await enrol(house, li);
    const device = createDevice();
    await bind(device, other);
    const options = await house.identity.login.passkeyOptions({ transaction: 't', accountId });
    const response = device.get({ ...options, options: { ...options.options, allowCredentials: [] } });
    const { challengeId } = options;
    const { visitor } = house;
    const login = house.identity.login;
    expect(await login.withPasskey({ challengeId, response, transaction: 't', visitor })).toEqual({
      outcome: 'refused',
    });
    const empty = await login.passkeyOptions({ transaction: 't' });
    const junk = { challengeId: empty.challengeId, response: { id: ['$ne'] }, transaction: 't', visitor };
    expect(await login.withPasskey(junk)).toEqual({ outcome: 'refused' });
  });

  it('can be named, renamed and removed, but not the last way in', async () => {
    const accountId = await enrol(house, wang);
    const { care } = house.identity;
    const first = createDevice();
    const added = await bind(first, accountId);
    const credentialId = added.outcome === 'added' ? added.credentialId : '';
    await bind(createDevice(), accountId, 2, '办公室电脑');
    await care.renamePasskey({ accountId, credentialId, name: '旧手机' });
    expect((await care.overview(accountId))?.passkeys.map((one) => one.name)).toEqual([
      '旧手机',
      '办公室电脑',
    ]);
    expect(await care.removePasskey({ accountId, credentialId })).toEqual({ outcome: 'changed' });
    const told = (what: string) =>
      house.sms.sent.some(({ text }) => text.includes(what) && text.includes('/report/'));
    await until(() => told('添加了一个通行密钥') && told('删除了一个通行密钥'));
    expect(await logIn(first)).toEqual({ outcome: 'refused' });

    for (const method of ['password', 'sms'] as const)
      expect(await care.setMethodBlocked({ accountId, method, isBlocked: true })).toEqual({
        outcome: 'changed',
      });
    const last = (await care.overview(accountId))?.passkeys[0]?.credentialId ?? '';
    expect(await care.removePasskey({ accountId, credentialId: last })).toEqual({ outcome: 'last-way-in' });
    expect(await care.setMethodBlocked({ accountId, method: 'passkey', isBlocked: true })).toEqual({
      outcome: 'last-way-in',
    });
  });

  it('can be the way in that a registration ends with', async () => {
    house.registers.know(wang);
    const { base, proof } = await registerUntilLogin(house, wang);
    expect(proof.outcome).toBe('continue');
    const device = createDevice();
    const found = await house.identity.registration.passkeyOptions(base);
    if (found.outcome !== 'options') throw new Error('no options');
    const login = {
      method: 'passkey',
      challengeId: found.challengeId,
      response: device.create(found),
      name: '手机',
    } as const;
    const done = await house.identity.registration.complete({ ...base, login });
    expect(done).toMatchObject({ outcome: 'registered', methodLevel: 3, proofingLevel: 2 });
    expect(await logIn(device)).toMatchObject({ outcome: 'authenticated', methodLevel: 3, proofingLevel: 2 });
  });
});
