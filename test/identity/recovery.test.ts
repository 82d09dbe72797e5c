import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDevice } from '../support/device.ts';
import { personAt } from '../support/people.ts';
import { createHouse, enrol, type House, hour, minute, password, until } from './kit.ts';

let house: House;
beforeEach(async () => {
  house = await createHouse();
  house.registers.know(wang);
});
afterEach(() => house.close());

const wang = personAt(1);
const nobody = personAt(99);
const newPassword = 'another lantern, same river';

async function begin(person = wang, transaction = 't') {
  const { visitor } = house;
  const started = await house.identity.recovery.start({ ...person, transaction, visitor });
  if (started.outcome !== 'sent') throw new Error(`recovery ended with ${started.outcome}`);
  return { recoveryId: started.recoveryId, transaction, visitor };
}

async function recover() {
  const before = house.sms.sent.length;
  const base = await begin();
  await until(() => house.sms.sent.length > before);
  const code = house.sms.code(wang.phoneNumber);
  expect(await house.identity.recovery.confirmCode({ ...base, code })).toEqual({ outcome: 'continue' });
  const login = { method: 'password', password: newPassword } as const;
  return house.identity.recovery.complete({ ...base, login });
}

const byPassword = (attempt: string, extra: object = {}) =>
  house.identity.login.withPassword({
    identifier: wang.idNumber,
    password: attempt,
    visitor: { ...house.visitor, ...extra },
  });

describe('recovery', () => {
  it('revokes every other way in, ends sessions, tells the phone, and holds levels above 1 for 72 hours', async () => {
    const accountId = await enrol(house, wang, 3);
    const { care } = house.identity;
    const device = createDevice();
    const found = await care.passkeyOptions({ accountId, transaction: 't' });
    if (found.outcome !== 'options') throw new Error('no options');
    const response = device.create(found);
    const { challengeId } = found;
    await care.addPasskey({
      accountId,
      challengeId,
      response,
      name: '手机',
      sessionLevel: 2,
      transaction: 't',
    });
    const old = await byPassword(password);
    const knownDevice = old.outcome === 'authenticated' ? old.knownDevice : '';
    house.clock.advance(minute);

    const heldUntil = house.clock.now() + 72 * hour;
    expect(await recover()).toMatchObject({ outcome: 'recovered', accountId, proofingLevel: 1, heldUntil });
    const view = await house.identity.findAccount(accountId);
    expect(view).toMatchObject({ proofingLevel: 1, reachableLevel: 1, sessionsNotBefore: house.clock.now() });
    expect(await byPassword(password)).toEqual({ outcome: 'refused' });
    expect((await care.overview(accountId))?.passkeys).toEqual([]);
    expect(await byPassword(newPassword)).toMatchObject({ outcome: 'authenticated', proofingLevel: 1 });
    for (let round = 0; round < 5; round += 1) await byPassword('wrong one', { knownDevice });
    expect(await byPassword(newPassword, { knownDevice })).toMatchObject({ outcome: 'locked' });
    await until(() => house.sms.to(wang.phoneNumber).some((text) => text.includes('/report/')));

    house.clock.advance(72 * hour);
    expect(await byPassword(newPassword)).toMatchObject({ proofingLevel: 3 });
  });

  it('answers everybody alike and tells nobody who exists', async () => {
    await enrol(house, wang);
    const ask = (person: object) =>
      house.identity.recovery.start({ ...wang, ...person, transaction: 't', visitor: house.visitor });
    const known = await ask({});
    house.registers.know(nobody);
    const answers = [
      await ask(nobody),
      await ask(personAt(98)),
      await ask({ ...personAt(97), name: '王不对' }),
    ];
    for (const answer of answers) expect({ ...answer, recoveryId: '' }).toEqual({ ...known, recoveryId: '' });
    await house.identity.close();
    expect(house.sms.sent.map((message) => message.phoneNumber)).toEqual([wang.phoneNumber]);
    if (answers[0]?.outcome !== 'sent') throw new Error('unreachable');
    const guess = { recoveryId: answers[0].recoveryId, transaction: 't', visitor: house.visitor };
    expect(await house.identity.recovery.confirmCode({ ...guess, code: '000000' })).toEqual({
      outcome: 'wrong-code',
      triesLeft: 4,
    });
  });

  it('needs the right name, and a register that answers', async () => {
    await enrol(house, wang);
    await begin({ ...wang, name: '王不对' });
    await house.identity.close();
    expect(house.sms.sent).toEqual([]);
    house.registers.down.add('police');
    expect(
      await house.identity.recovery.start({ ...wang, transaction: 't', visitor: house.visitor }),
    ).toEqual({ outcome: 'register-unavailable' });
  });

  it('is not possible by a phone whose codes the owner blocked', async () => {
    const accountId = await enrol(house, wang);
    await house.identity.care.setMethodBlocked({ accountId, method: 'sms', isBlocked: true });
    await begin();
    await house.identity.close();
    expect(house.sms.sent).toEqual([]);
  });

  it('cannot be completed without the code, nor twice', async () => {
    await enrol(house, wang);
    const base = await begin();
    const login = { method: 'sms' } as const;
    expect(await house.identity.recovery.complete({ ...base, login })).toEqual({ outcome: 'expired' });
    house.clock.advance(2 * minute);
    expect((await recover()).outcome).toBe('recovered');
  });

  it('opens a disabled account again', async () => {
    const accountId = await enrol(house, wang);
    await house.identity.care.disable({ accountId, by: 'self', reason: 'own-wish' });
    expect(await house.identity.findAccount(accountId)).toBeUndefined();
    expect(await byPassword(password)).toEqual({ outcome: 'refused' });
    expect(await recover()).toMatchObject({ outcome: 'recovered', accountId });
    expect(await house.identity.findAccount(accountId)).toMatchObject({ status: 'active' });
  });
});

describe('the link in a message', () => {
  it('blocks the new way in, ends sessions and holds higher levels, without a login', async () => {
    const accountId = await enrol(house, wang);
    await recover();
    await until(() => house.sms.to(wang.phoneNumber).some((text) => text.includes('/report/')));
    const text = house.sms.to(wang.phoneNumber).find((one) => one.includes('/report/')) ?? '';
    const token = /\/report\/([\w.-]+)/.exec(text)?.[1] ?? '';
    house.clock.advance(hour);
    const report = (one: string) => house.identity.care.reportTheft({ token: one });
    expect(await report(`${token.slice(0, -2)}AA`)).toEqual({ outcome: 'expired' });
    expect(await report(token.replace('password', 'passkey'))).toEqual({ outcome: 'expired' });
    expect(await report(token)).toEqual({ outcome: 'reported', accountId, blocked: ['password'] });
    expect(await byPassword(newPassword)).toEqual({ outcome: 'refused' });
    expect(await house.identity.findAccount(accountId)).toMatchObject({
      sessionsNotBefore: house.clock.now(),
      proofingLevel: 1,
    });
    house.clock.advance(7 * 24 * hour);
    expect(await report(token)).toEqual({ outcome: 'expired' });
  });
});
