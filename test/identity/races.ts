import { expect, it } from '@jest/globals';
import { createDevice } from '../support/device.ts';
import { personAt } from '../support/people.ts';
import {
  createHouse,
  enrol,
  type House,
  type HouseOptions,
  password,
  registerUntilLogin,
  until,
} from './kit.ts';

const wang = personAt(1);
const many = (count: number) => Array.from({ length: count }, (_, n) => n);

/** The tests of everything that only one may win, over any store. */
export function identityRaces(open?: HouseOptions['open']): void {
  const withHouse = (work: (house: House) => Promise<void>) => async () => {
    const house = await createHouse(open ? { open } : {});
    try {
      await work(house);
    } finally {
      await house.close();
    }
  };

  it(
    'counts at most five of fifty codes guessed at once',
    withHouse(async (house) => {
      await enrol(house, wang);
      const transaction = 't';
      const { login } = house.identity;
      const sent = await login.sendCode({ identifier: wang.idNumber, transaction, visitor: house.visitor });
      if (sent.outcome !== 'sent') throw new Error('unreachable');
      await until(() => house.sms.sent.length > 0);
      const right = Number(house.sms.code(wang.phoneNumber));
      const answers = await Promise.all(
        many(50).map((n) => {
          const code = String((right + 1 + n) % 1_000_000).padStart(6, '0');
          const { challengeId } = sent;
          return login.withCode({ challengeId, code, transaction, visitor: house.visitor });
        }),
      );
      const counted = answers.filter((answer) => answer.outcome === 'wrong-code');
      expect(counted.length).toBe(5);
      expect(answers.some((answer) => answer.outcome === 'authenticated')).toBe(false);
    }),
  );

  it(
    'accepts a right code once of fifty at once',
    withHouse(async (house) => {
      await enrol(house, wang);
      const transaction = 't';
      const { login } = house.identity;
      const { visitor } = house;
      const sent = await login.sendCode({ identifier: wang.idNumber, transaction, visitor });
      if (sent.outcome !== 'sent') throw new Error('unreachable');
      await until(() => house.sms.sent.length > 0);
      const guess = { challengeId: sent.challengeId, code: house.sms.code(wang.phoneNumber) };
      const answers = await Promise.all(
        many(50).map(() => login.withCode({ ...guess, transaction, visitor })),
      );
      expect(answers.filter((answer) => answer.outcome === 'authenticated')).toHaveLength(1);
    }),
  );

  it(
    'looks at no more than five of fifty passwords tried at once',
    withHouse(async (house) => {
      const accountId = await enrol(house, wang);
      const answers = await Promise.all(
        many(50).map((n) =>
          house.identity.login.withPassword({
            identifier: wang.idNumber,
            password: `wrong password ${n}`,
            visitor: house.visitor,
          }),
        ),
      );
      expect(answers.filter((answer) => answer.outcome === 'refused')).toHaveLength(5);
      expect(answers.filter((answer) => answer.outcome === 'locked')).toHaveLength(45);
      const { items } = await house.audit.eventsOf(accountId, { types: ['identity.login.refused'] });
      expect(items).toHaveLength(5);
    }),
  );

  it(
    'opens one account for one identity registered twice at once, with two phones or with one',
    withHouse(async (house) => {
      house.registers.know(wang);
      house.registers.down.add('telecom');
      const other = { ...wang, phoneNumber: '+8613900000088' };
      const drafts = [await registerUntilLogin(house, wang), await registerUntilLogin(house, other)];
      const answers = await Promise.all(
        drafts.map(({ base }) =>
          house.identity.registration.complete({ ...base, login: { method: 'password', password } }),
        ),
      );
      expect(answers.map((answer) => answer.outcome).sort()).toEqual(['already-yours', 'registered']);
    }),
  );

  it(
    'opens one account when the last step is sent ten times at once',
    withHouse(async (house) => {
      house.registers.know(wang);
      const { base } = await registerUntilLogin(house, wang);
      const answers = await Promise.all(
        many(10).map(() =>
          house.identity.registration.complete({ ...base, login: { method: 'password', password } }),
        ),
      );
      expect(answers.filter((answer) => answer.outcome === 'registered')).toHaveLength(1);
    }),
  );

  it(
    'sees a copied passkey even when both answer at the same moment',
    withHouse(async (house) => {
      const accountId = await enrol(house, wang);
      const { care, login } = house.identity;
      const { visitor } = house;
      const device = createDevice();
      const found = await care.passkeyOptions({ accountId, transaction: 't' });
      if (found.outcome !== 'options') throw new Error('unreachable');
      const response = device.create(found);
      const { challengeId } = found;
      const bound = { accountId, challengeId, response, name: '手机', transaction: 't' };
      await care.addPasskey({ ...bound, sessionLevel: 2 });
      const copies = [device, ...many(9).map(() => device.clone())];
      const answers = await Promise.all(
        copies.map(async (copy) => {
          const options = await login.passkeyOptions({ transaction: 't' });
          const answer = copy.get(options);
          const { challengeId: id } = options;
          return login.withPasskey({ challengeId: id, response: answer, transaction: 't', visitor });
        }),
      );
      expect(answers.filter((answer) => answer.outcome === 'authenticated')).toHaveLength(1);
      expect(answers.filter((answer) => answer.outcome === 'refused')).toHaveLength(9);
    }),
  );

  it(
    'settles a pending proof once when two processes run the job',
    withHouse(async (house) => {
      house.registers.know(wang);
      house.registers.down.add('police');
      const { base } = await registerUntilLogin(house, wang);
      await house.identity.registration.complete({ ...base, login: { method: 'sms' } });
      house.registers.down.clear();
      const second = await house.again();
      const rooms = [house.identity, second.identity];
      const settled = await Promise.all(rooms.map((room) => room.finishPendingProofs()));
      expect(settled.sort()).toEqual([0, 1]);
    }),
  );

  it(
    'loses no change of an account that fifty operations write at once',
    withHouse(async (house) => {
      const accountId = await enrol(house, wang);
      const { care } = house.identity;
      const devices = many(12).map(() => createDevice());
      const answers = await Promise.all(
        devices.map(async (device, n) => {
          const found = await care.passkeyOptions({ accountId, transaction: 't' });
          if (found.outcome !== 'options') throw new Error('unreachable');
          const response = device.create(found);
          const { challengeId } = found;
          const bound = { accountId, challengeId, response, name: `设备 ${n}`, transaction: 't' };
          return care.addPasskey({ ...bound, sessionLevel: 2 });
        }),
      );
      expect(answers.every((answer) => answer.outcome === 'added')).toBe(true);
      expect((await care.overview(accountId))?.passkeys).toHaveLength(12);
    }),
  );
}
