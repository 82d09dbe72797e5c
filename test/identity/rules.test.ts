import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { systemRandom } from '../../src/core/index.ts';
import {
  type Account,
  newResident,
  openMethods,
  proofingLevel,
  withLookups,
} from '../../src/identity/account.ts';
import { createKnownDevices } from '../../src/identity/known-device.ts';
import { nextLockout } from '../../src/identity/lockout.ts';
import { drawCode } from '../../src/identity/one-time-code.ts';
import { mayFollow } from '../../src/identity/passkeys.ts';
import { checkNewPassword, createPasswords } from '../../src/identity/password.ts';
import { judgePhone } from '../../src/identity/registration.ts';
import { createTags } from '../../src/identity/tags.ts';
import { personAt } from '../support/people.ts';
import { createTestClock, day, hour, minute } from './kit.ts';

const tags = createTags({ derive: (purpose) => createHash('sha256').update(purpose).digest() });
const person = personAt(1);
const account = (over: Partial<Account> = {}): Account =>
  withLookups({
    ...newResident({ ...person, id: 'a', source: 'police-population', locale: undefined, now: 0 }),
    phone: { number: person.phoneNumber, since: 0, verifiedAt: 0, source: 'self' },
    ...over,
  });

describe('the rule for a proven phone', () => {
  const { phoneNumber } = person;
  const owner = account();
  const elsewhere = account({ id: 'b', phone: undefined });
  const judge = (facts: Omit<Parameters<typeof judgePhone>[0], 'phoneNumber'>) =>
    judgePhone({ phoneNumber, ...facts });

  it('treats a registered identity and a new one alike whenever the operator does not confirm the phone', () => {
    for (const phoneOwner of [undefined, account({ id: 'c' })]) {
      const existing = undefined;
      const whenNew = judge({ telecom: 'mismatch', existing, phoneOwner });
      expect(judge({ telecom: 'mismatch', existing: elsewhere, phoneOwner })).toBe(whenNew);
    }
  });

  it('lets go on, hands over, or asks for more', () => {
    const none = { existing: undefined, phoneOwner: undefined };
    expect(judge({ ...none, telecom: 'match' })).toBe('continue');
    expect(judge({ ...none, telecom: 'unavailable' })).toBe('continue');
    expect(judge({ ...none, telecom: 'mismatch' })).toBe('second-proof-needed');
    expect(judge({ telecom: 'unavailable', existing: owner, phoneOwner: owner })).toBe('already-yours');
    expect(judge({ telecom: 'match', existing: elsewhere, phoneOwner: undefined })).toBe('already-yours');
    expect(judge({ telecom: 'unavailable', existing: elsewhere, phoneOwner: undefined })).toBe(
      'second-proof-needed',
    );
    expect(judge({ telecom: 'match', existing: undefined, phoneOwner: owner })).toBe('continue');
    expect(judge({ telecom: 'unavailable', existing: undefined, phoneOwner: owner })).toBe('phone-in-use');
  });
});

describe('what makes an account unique', () => {
  it('is only what was confirmed, and the phone only while the account is open', () => {
    expect(account().lookups).toEqual({
      identifiers: [`111|${person.idNumber}`],
      phone: person.phoneNumber,
      passkeys: [],
    });
    expect(account({ status: 'disabled' }).lookups.phone).toBeUndefined();
    const unproven = newResident({ ...person, id: 'a', source: undefined, locale: undefined, now: 0 });
    expect(withLookups(unproven).lookups.identifiers).toEqual([]);
  });
});

describe('levels', () => {
  const record = (level: 1 | 2 | 3) =>
    ({ level, method: 'counter', source: 's', reference: 'r', at: 0 }) as const;

  it('are the highest record, nothing while unproven, and at most 1 during a hold', () => {
    const proven = account({ assurance: [record(1), record(3)] });
    expect(proofingLevel(proven, 0)).toBe(3);
    expect(proofingLevel({ ...proven, status: 'pending-proof' }, 0)).toBe(0);
    expect(proofingLevel({ ...proven, holds: { recoveryUntil: 10 } }, 9)).toBe(1);
    expect(proofingLevel({ ...proven, holds: { recoveryUntil: 10 } }, 10)).toBe(3);
    expect(proofingLevel({ ...account(), holds: { recoveryUntil: 10 } }, 9)).toBe(0);
  });

  it('count blocked methods out', () => {
    expect(openMethods(account({ password: { hash: 'h', since: 0 } }))).toEqual(['password', 'sms']);
    expect(openMethods(account({ blockedMethods: ['sms'] }))).toEqual([]);
  });
});

describe('lockouts', () => {
  it('let five failures pass, then wait a minute, twice as long each time, an hour at most', () => {
    let lockout: ReturnType<typeof nextLockout>;
    const delays: number[] = [];
    let now = 1000;
    for (let failure = 1; failure <= 14; failure += 1) {
      lockout = nextLockout(lockout, 'key', now);
      if (!lockout) throw new Error('locked');
      delays.push(Math.max(0, lockout.lockedUntil - now) / minute);
      expect(lockout.expiresAt).toBe(now + day);
      if (lockout.lockedUntil > now)
        expect(nextLockout(lockout, 'key', lockout.lockedUntil - 1)).toBeUndefined();
      now = Math.max(now, lockout.lockedUntil);
    }
    expect(delays).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });
});

describe('one-time codes', () => {
  it('are six digits, leading zeros included, and use nothing of the last incomplete million', () => {
    const drawn = [0xffff_ffff, 4_294_000_000, 42];
    const random = {
      ...systemRandom,
      bytes: () => {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(drawn.shift() ?? 0);
        return bytes;
      },
    };
    expect(drawCode(random)).toBe('000042');
    for (let n = 0; n < 100; n += 1) expect(drawCode(systemRandom)).toMatch(/^\d{6}$/);
  });
});

describe('sign counters', () => {
  it('grow, or are both zero', () => {
    expect(mayFollow(0, 0)).toBe(true);
    expect(mayFollow(0, 1)).toBe(true);
    expect(mayFollow(7, 8)).toBe(true);
    expect(mayFollow(7, 7)).toBe(false);
    expect(mayFollow(7, 0)).toBe(false);
  });
});

describe('passwords', () => {
  it('need eight characters and not to be obvious, and nothing else', () => {
    const own = [person.name, person.idNumber, person.phoneNumber];
    const code = (password: string) => checkNewPassword(password, own)?.code;
    expect(code('只有七个字的词')).toBe('too-short');
    expect(code('这里一共有八个字')).toBeUndefined();
    expect(code('zxcvbnmlkjh')).toBeUndefined();
    expect(code('qwertyuiop')).toBe('common');
    expect(code('ＰＡＳＳＷＯＲＤ１')).toBe('common');
    expect(code(`${person.name}很长很长的密码`)).toBe('own-data');
    expect(code('a'.repeat(8))).toBe('common');
  });

  it('are turned away, not piled up, when too many come at once', async () => {
    const passwords = createPasswords({ random: systemRandom, concurrency: 1, queueLength: 2 });
    const attempts = Array.from({ length: 6 }, () => passwords.verify(undefined, 'something'));
    const settled = await Promise.allSettled(attempts);
    const refused = settled.filter((one) => one.status === 'rejected').map((one) => one.reason);
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ code: 'too-busy', status: 503, headers: { 'Retry-After': '3' } });
    expect(await passwords.verify(await passwords.hash('a password'), 'a password')).toBe(true);
  });
});

describe('the device cookie', () => {
  const clock = createTestClock();
  const devices = createKnownDevices({ clock, random: systemRandom, tags });

  it('knows the accounts that logged in on it, forgets after 180 days, and holds no account id', () => {
    let cookie = devices.remember(undefined, 'account-1');
    cookie = devices.remember(cookie, 'account-2');
    for (const id of ['account-1', 'account-2']) expect(devices.standing(cookie, id, 0).isKnown).toBe(true);
    expect(devices.standing(cookie, 'account-3', 0).isKnown).toBe(false);
    expect(cookie).not.toContain('account');
    expect(devices.standing(cookie, 'account-1', clock.now() + hour).isKnown).toBe(false);
    clock.advance(181 * day);
    expect(devices.standing(cookie, 'account-1', 0).isKnown).toBe(false);
  });

  it('is worth nothing when a byte of it was changed', () => {
    const cookie = devices.remember(undefined, 'account-1');
    for (let place = 0; place < cookie.length; place += 7) {
      const other = cookie[place] === 'A' ? 'B' : 'A';
      const changed = cookie.slice(0, place) + other + cookie.slice(place + 1);
      expect(devices.standing(changed, 'account-1', 0).isKnown).toBe(false);
    }
    for (const junk of ['', '.', '..', 'a.b.c', 'x'.repeat(5000)])
      expect(devices.standing(junk, 'account-1', 0).isKnown).toBe(false);
  });

  it('keeps the six accounts that were used last', () => {
    let cookie: string | undefined;
    for (let n = 0; n < 8; n += 1) cookie = devices.remember(cookie, `account-${n}`);
    const known = Array.from({ length: 8 }, (_, n) => devices.standing(cookie, `account-${n}`, 0).isKnown);
    expect(known).toEqual([false, false, true, true, true, true, true, true]);
  });
});
