import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { personAt } from '../support/people.ts';
import { createHouse, enrol, type House, minute, password, until } from './kit.ts';

let house: House;
let accountId: string;
beforeEach(async () => {
  house = await createHouse();
  house.registers.know(wang);
  accountId = await enrol(house, wang, 1);
});
afterEach(() => house.close());

const wang = personAt(1);
const li = personAt(2);
const newPhone = '+8613900000077';

async function changePhone(phoneNumber = newPhone, transaction = 't') {
  const { care } = house.identity;
  const { visitor } = house;
  const before = house.sms.sent.length;
  const sent = await care.startPhoneChange({ accountId, phoneNumber, transaction, visitor });
  if (sent.outcome !== 'sent') throw new Error(`not sent: ${sent.outcome}`);
  await until(() => house.sms.sent.length > before);
  const code = house.sms.code(phoneNumber);
  return care.confirmPhoneChange({ accountId, challengeId: sent.challengeId, code, transaction, visitor });
}

describe('the overview', () => {
  it('is masked throughout', async () => {
    const overview = await house.identity.care.overview(accountId);
    expect(overview).toMatchObject({
      maskedPhone: '138****0001',
      proofingLevel: 1,
      assurance: [{ level: 1, method: 'counter', source: 'counter-1', reference: 'case-1' }],
    });
    const text = JSON.stringify(overview);
    for (const secret of [wang.idNumber, wang.phoneNumber.slice(3), wang.name])
      expect(text).not.toContain(secret);
  });
});

describe('the level', () => {
  it('is raised by the operator or by the social security card, with source and date', async () => {
    const { care } = house.identity;
    expect(await care.raiseByCard({ accountId, cardNumber: 'G00000000' })).toEqual({ outcome: 'mismatch' });
    house.registers.down.add('socialSecurity');
    expect(await care.raiseByCard({ accountId, cardNumber: wang.cardNumber })).toEqual({
      outcome: 'unavailable',
    });
    house.registers.down.clear();
    expect(await care.raiseByCard({ accountId, cardNumber: wang.cardNumber })).toEqual({
      outcome: 'raised',
      level: 2,
    });
    expect((await care.overview(accountId))?.assurance.at(-1)).toMatchObject({
      level: 2,
      method: 'social-security',
      source: 'social-security',
      at: house.clock.now(),
    });
  });

  it('cannot be fished for: five cards a day', async () => {
    const attempt = (n: number) =>
      house.identity.care.raiseByCard({ accountId, cardNumber: `G${String(n).padStart(8, '9')}` });
    for (let n = 0; n < 5; n += 1) expect((await attempt(n)).outcome).toBe('mismatch');
    expect((await attempt(6)).outcome).toBe('limited');
  });
});

describe('the phone', () => {
  it('is changed by a code to the new one, and the old one is told with a way to object', async () => {
    house.registers.subscribers.set(newPhone, wang.idNumber);
    expect(await changePhone()).toEqual({ outcome: 'changed', telecom: 'match' });
    expect((await house.identity.findAccount(accountId))?.phone?.number).toBe(newPhone);
    await until(() => house.sms.to(wang.phoneNumber).some((text) => text.includes('/report/')));
    const { login } = house.identity;
    const { visitor } = house;
    expect(await login.withPassword({ identifier: wang.phoneNumber, password, visitor })).toEqual({
      outcome: 'refused',
    });
    expect(await login.withPassword({ identifier: newPhone, password, visitor })).toMatchObject({
      outcome: 'authenticated',
    });
  });

  it('gateway that takes no message is told at once, and another code may be asked for', async () => {
    const { care } = house.identity;
    const { visitor } = house;
    const start = () =>
      care.startPhoneChange({ accountId, phoneNumber: newPhone, transaction: 't', visitor });
    house.sms.state.isDown = true;
    expect(await start()).toEqual({ outcome: 'not-sent', retryAt: house.clock.now() + minute });
    house.sms.state.isDown = false;
    house.clock.advance(minute + 1);
    expect(await start()).toMatchObject({ outcome: 'sent' });
  });

  it('in another name is accepted, but a code to it carries level 1 only', async () => {
    expect(await changePhone()).toEqual({ outcome: 'changed', telecom: 'mismatch' });
    const { login } = house.identity;
    const { visitor, sms } = house;
    const transaction = 'login';
    house.clock.advance(2 * minute);
    const before = sms.sent.length;
    const sent = await login.sendCode({ identifier: newPhone, transaction, visitor });
    if (sent.outcome !== 'sent') throw new Error(`not sent: ${sent.outcome}`);
    await until(() => sms.sent.length > before);
    const { challengeId } = sent;
    expect(
      await login.withCode({ challengeId, code: sms.code(newPhone), transaction, visitor }),
    ).toMatchObject({ outcome: 'authenticated', methodLevel: 1 });
  });

  it('of another account is not taken without the operator’s word', async () => {
    const other = await enrol(house, li);
    expect(await changePhone(li.phoneNumber)).toEqual({ outcome: 'phone-in-use' });
    house.registers.subscribers.set(li.phoneNumber, wang.idNumber);
    house.clock.advance(2 * minute);
    expect(await changePhone(li.phoneNumber)).toEqual({ outcome: 'changed', telecom: 'match' });
    expect((await house.identity.findAccount(other))?.phone).toBeUndefined();
  });

  it('code of one account does not change another’s', async () => {
    const other = await enrol(house, li);
    const { care } = house.identity;
    const { visitor } = house;
    const before = house.sms.sent.length;
    const sent = await care.startPhoneChange({ accountId, phoneNumber: newPhone, transaction: 't', visitor });
    await until(() => house.sms.sent.length > before);
    const guess = {
      accountId: other,
      challengeId: sent.outcome === 'sent' ? sent.challengeId : '',
      code: house.sms.code(newPhone),
      transaction: 't',
      visitor,
    };
    expect(await care.confirmPhoneChange(guess)).toEqual({ outcome: 'code-expired' });
  });
});

describe('messages', () => {
  it('survive a gateway that is down, and go out once it is back', async () => {
    house.sms.state.isDown = true;
    await house.identity.care.disable({ accountId, by: 'self', reason: 'own-wish' });
    await house.identity.close();
    expect(house.sms.sent).toEqual([]);
    house.sms.state.isDown = false;
    house.clock.advance(minute);
    const { identity } = await house.again();
    expect(await identity.deliverMessages()).toBe(1);
    expect(house.sms.to(wang.phoneNumber)).toHaveLength(1);
    house.clock.advance(10 * minute);
    expect(await identity.deliverMessages()).toBe(0);
  });
});

describe('name, password and devices', () => {
  it('changes the name when the police register knows the new one, and keeps the old as history', async () => {
    const { care } = house.identity;
    expect(await care.changeName({ accountId, name: '王改名' })).toEqual({ outcome: 'mismatch' });
    house.registers.people.set(wang.idNumber, { name: '王改名' });
    expect(await care.changeName({ accountId, name: '王改名' })).toEqual({ outcome: 'changed' });
    expect((await house.identity.findAccount(accountId))?.name).toBe('王改名');
    expect((await care.overview(accountId))?.previousNames).toHaveLength(1);
  });

  it('changes the password, after which only this device is known', async () => {
    const { care, login } = house.identity;
    const { visitor } = house;
    const identifier = wang.idNumber;
    const elsewhere = await login.withPassword({ identifier, password, visitor });
    house.clock.advance(minute);
    expect(await care.changePassword({ accountId, password: '12345678', visitor })).toMatchObject({
      outcome: 'invalid',
      faults: [{ field: 'password', code: 'common' }],
    });
    const changed = await care.changePassword({ accountId, password: 'a better lantern', visitor });
    await until(() => house.sms.to(wang.phoneNumber).some((text) => /更换了密码.*\/report\//.test(text)));
    if (changed.outcome !== 'changed' || elsewhere.outcome !== 'authenticated')
      throw new Error('unreachable');
    for (let round = 0; round < 5; round += 1)
      await login.withPassword({ identifier, password: 'wrong one', visitor });
    const attempt = (knownDevice: string) =>
      login.withPassword({ identifier, password: 'a better lantern', visitor: { ...visitor, knownDevice } });
    expect(await attempt(elsewhere.knownDevice)).toMatchObject({ outcome: 'locked' });
    expect(await attempt(changed.knownDevice)).toMatchObject({ outcome: 'authenticated' });
  });

  it('answers that there is no account where there is none', async () => {
    const { care } = house.identity;
    expect(await care.overview('nobody')).toBeUndefined();
    expect(await care.changeName({ accountId: 'nobody', name: '王示例' })).toEqual({ outcome: 'no-account' });
    expect(await care.disable({ accountId: 'nobody', by: 'self', reason: 'own-wish' })).toEqual({
      outcome: 'no-account',
    });
  });
});
