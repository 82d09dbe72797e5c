import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { personAt } from '../support/people.ts';
import {
  createHouse,
  type House,
  hour,
  minute,
  password,
  register,
  registerUntilLogin,
  until,
} from './kit.ts';

let house: House;
beforeEach(async () => {
  house = await createHouse();
});
afterEach(() => house.close());

const wang = personAt(1);
const stranger = personAt(2);

describe('registration', () => {
  it('opens an account at level 2 when police and operator confirm, and logs the person in', async () => {
    house.registers.know(wang);
    const { base, proof } = await registerUntilLogin(house, wang);
    expect(proof).toEqual({ outcome: 'continue', level: 2, proof: 'confirmed' });
    const view = await house.identity.registration.find(base.registrationId, base.transaction);
    expect(view).toMatchObject({ step: 'login', maskedPhone: '138****0001', level: 2 });
    expect(JSON.stringify(view)).not.toContain(wang.idNumber);

    const done = await house.identity.registration.complete({
      ...base,
      login: { method: 'password', password },
    });
    expect(done).toMatchObject({
      outcome: 'registered',
      amr: ['pwd', 'sms'],
      methodLevel: 2,
      proofingLevel: 2,
      proof: 'confirmed',
    });
    const accountId = done.outcome === 'registered' ? done.accountId : '';
    expect(await house.identity.findAccount(accountId)).toMatchObject({
      status: 'active',
      name: wang.name,
      phone: { number: wang.phoneNumber, isVerified: true },
      identifiers: [{ type: '111', value: wang.idNumber }],
      proofingLevel: 2,
    });
  });

  it('tells the person what the police register does not confirm', async () => {
    house.registers.know(wang);
    const attempt = (input: object) =>
      house.identity.registration.start({ ...wang, ...input, transaction: 't', visitor: house.visitor });
    expect(await attempt({ name: '王另' })).toEqual({ outcome: 'mismatch', elements: ['name'] });
    expect(await attempt({ idNumber: stranger.idNumber })).toEqual({ outcome: 'not-found' });
    house.registers.people.set(wang.idNumber, { name: wang.name, isDead: true });
    expect(await attempt({})).toEqual({ outcome: 'deceased' });
    const wrong = await attempt({ idNumber: '520102188001010013', name: '' });
    expect(wrong).toMatchObject({
      outcome: 'invalid',
      faults: [
        { field: 'idNumber', code: 'check' },
        { field: 'name', code: 'empty' },
      ],
    });
  });

  it('keeps its drafts to the browser that began them, for 30 minutes', async () => {
    house.registers.know(wang);
    const { base } = await registerUntilLogin(house, wang);
    const login = { method: 'password', password } as const;
    const complete = (transaction: string) =>
      house.identity.registration.complete({ ...base, transaction, login });
    expect(await complete('another browser')).toEqual({ outcome: 'expired' });
    house.clock.advance(31 * minute);
    expect(await complete(base.transaction)).toEqual({ outcome: 'expired' });
  });

  it('goes on at level 1 while the operator cannot be asked, and level 2 is reached later', async () => {
    house.registers.know(wang);
    house.registers.down.add('telecom');
    const accountId = await register(house, wang);
    expect((await house.identity.findAccount(accountId))?.proofingLevel).toBe(1);
    house.registers.down.clear();
    expect(await house.identity.care.raiseByTelecom({ accountId })).toEqual({ outcome: 'raised', level: 2 });
    expect((await house.identity.findAccount(accountId))?.proofingLevel).toBe(2);
  });

  it('lets somebody whose phone is in another name prove themselves by the social security card', async () => {
    house.registers.know(wang);
    house.registers.subscribers.delete(wang.phoneNumber);
    const { base, proof } = await registerUntilLogin(house, wang);
    expect(proof).toEqual({ outcome: 'second-proof-needed' });
    const prove = (cardNumber: string) => house.identity.registration.proveByCard({ ...base, cardNumber });
    expect(await prove('G99999999')).toEqual({ outcome: 'mismatch' });
    expect(await prove(wang.cardNumber)).toEqual({ outcome: 'continue', level: 2, proof: 'confirmed' });
    const done = await house.identity.registration.complete({ ...base, login: { method: 'sms' } });
    // The person is proven, the phone is not theirs: a code alone carries level 1.
    expect(done).toMatchObject({ outcome: 'registered', amr: ['sms'], methodLevel: 1, proofingLevel: 2 });
  });

  it('refuses weak passwords with the reason, and lets the person try again', async () => {
    house.registers.know(wang);
    const { base } = await registerUntilLogin(house, wang);
    const code = async (attempt: string) => {
      const login = { method: 'password', password: attempt } as const;
      const answer = await house.identity.registration.complete({ ...base, login });
      return answer.outcome === 'invalid' ? answer.faults[0]?.code : answer.outcome;
    };
    expect(await code('short')).toBe('too-short');
    expect(await code('x'.repeat(129))).toBe('too-long');
    expect(await code('Password1')).toBe('common');
    expect(await code('87654321')).toBe('common');
    expect(await code('abababab')).toBe('common');
    expect(await code(`my${wang.idNumber.slice(6, 14)}`)).toBe('own-data');
    expect(await code(`pw-${wang.phoneNumber.slice(-8)}`)).toBe('own-data');
    expect(await code(`${wang.name}的密码是它`)).toBe('own-data');
    expect(await code('correct horse')).toBe('registered');
  });
});

describe('an identity that is registered already', () => {
  /** A stranger with the right name and number, and a phone of their own. */
  const imposter = (person = wang) => ({ ...person, phoneNumber: stranger.phoneNumber });

  it('is never revealed to a stranger: same answers as for one that is not, and the owner is told once', async () => {
    house.registers.know(wang);
    house.registers.know(stranger);
    const unregistered = await registerUntilLogin(house, imposter());
    expect(house.sms.to(wang.phoneNumber)).toEqual([]);

    await register(house, wang);
    house.clock.advance(2 * minute);
    const before = house.sms.to(wang.phoneNumber).length;
    const registered = await registerUntilLogin(house, imposter());
    expect(registered.proof).toEqual(unregistered.proof);
    expect(registered.proof).toEqual({ outcome: 'second-proof-needed' });
    await until(() => house.sms.to(wang.phoneNumber).length > before);
    expect(house.sms.to(wang.phoneNumber).at(-1)).toContain('有人正在用您的身份注册账号');

    house.clock.advance(2 * minute);
    await registerUntilLogin(house, imposter());
    await house.identity.close();
    expect(house.sms.to(wang.phoneNumber).length).toBe(before + 1);
  });

  it('asks the same registers the same questions in both cases', async () => {
    house.registers.know(wang);
    const count = async () => {
      const before = { ...house.registers.asked };
      await registerUntilLogin(house, imposter());
      return [house.registers.asked.police - before.police, house.registers.asked.telecom - before.telecom];
    };
    const whenNew = await count();
    await register(house, wang);
    house.clock.advance(2 * minute);
    expect(await count()).toEqual(whenNew);
  });

  it('is offered login and recovery when the phone is the owner’s', async () => {
    house.registers.know(wang);
    await register(house, wang);
    house.clock.advance(2 * minute);
    const again = await registerUntilLogin(house, wang);
    expect(again.proof).toEqual({ outcome: 'already-yours' });
  });
});

describe('a recycled phone number', () => {
  const heir = { ...stranger, phoneNumber: wang.phoneNumber };

  it('is taken over with a code and the operator’s word; the earlier owner’s login by SMS dies', async () => {
    house.registers.know(wang);
    const earlier = await register(house, wang);
    house.clock.advance(2 * minute);
    house.registers.know(heir);
    const accountId = await register(house, heir);
    expect((await house.identity.findAccount(accountId))?.phone?.number).toBe(wang.phoneNumber);
    expect((await house.identity.findAccount(earlier))?.phone).toBeUndefined();
    expect((await house.identity.care.overview(earlier))?.alerts).toMatchObject([
      { kind: 'phone-taken-over' },
    ]);
    expect(await house.identity.enrolment.findAccountId({ type: 'phone', value: wang.phoneNumber })).toBe(
      accountId,
    );
    const byNumber = await house.identity.login.withPassword({
      identifier: wang.idNumber,
      password,
      visitor: house.visitor,
    });
    expect(byNumber).toMatchObject({ outcome: 'authenticated', accountId: earlier });
  });

  it('stays where it is without that proof', async () => {
    house.registers.know(wang);
    await register(house, wang);
    house.clock.advance(2 * minute);
    house.registers.people.set(heir.idNumber, { name: heir.name });
    const { proof } = await registerUntilLogin(house, heir);
    expect(proof).toEqual({ outcome: 'phone-in-use' });
  });
});

describe('while the police register is down', () => {
  it('the person is kept, logs in at level 0, and is confirmed and told later', async () => {
    house.registers.know(wang);
    house.registers.down.add('police');
    const accountId = await register(house, wang);
    const view = await house.identity.findAccount(accountId);
    expect(view).toMatchObject({ status: 'pending-proof', proofingLevel: 0, identifiers: [] });
    expect(view?.name).toBeUndefined();

    expect(await house.identity.finishPendingProofs()).toBe(0);
    house.registers.down.clear();
    expect(await house.identity.finishPendingProofs()).toBe(0);
    house.clock.advance(2 * minute);
    expect(await house.identity.finishPendingProofs()).toBe(1);
    expect(await house.identity.findAccount(accountId)).toMatchObject({
      status: 'active',
      name: wang.name,
      proofingLevel: 2,
      identifiers: [{ type: '111', value: wang.idNumber }],
    });
    await until(() => house.sms.to(wang.phoneNumber).some((text) => text.includes('已核验通过')));
    house.clock.advance(2 * hour);
    expect(await house.identity.finishPendingProofs()).toBe(0);
  });

  it('a claim that turns out wrong is closed, and its phone is free again', async () => {
    house.registers.know(wang);
    house.registers.down.add('police');
    const accountId = await register(house, { ...wang, name: '王不对' });
    house.registers.down.clear();
    house.clock.advance(2 * minute);
    expect(await house.identity.finishPendingProofs()).toBe(1);
    expect(await house.identity.findAccount(accountId)).toBeUndefined();
    await until(() => house.sms.to(wang.phoneNumber).some((text) => text.includes('姓名与证件号码不一致')));
    house.clock.advance(2 * minute);
    await expect(register(house, wang)).resolves.toEqual(expect.any(String));
  });

  it('an unproven claim does not keep the true owner out', async () => {
    house.registers.know(wang);
    house.registers.down.add('police').add('telecom');
    const squatter = await register(house, { ...wang, phoneNumber: stranger.phoneNumber });
    house.registers.down.clear();
    const owner = await register(house, wang);
    house.clock.advance(2 * minute);
    expect(await house.identity.finishPendingProofs()).toBe(1);
    expect(await house.identity.findAccount(squatter)).toBeUndefined();
    expect(await house.identity.findAccount(owner)).toMatchObject({ proofingLevel: 2 });
  });
});
