import type { AssuranceLevel } from '../core/index.ts';
import type { Account, Passkey } from './account.ts';
import { readLabel } from './fields.ts';
import { checkNewPassword } from './password.ts';
import type { FieldFault, Invalid, LoginMethod, NewLogin, Transaction } from './port.ts';
import type { Room } from './room.ts';

/** A way to log in that was accepted, ready to be written. */
export interface PreparedLogin {
  outcome: 'prepared';
  method: LoginMethod;
  password?: Account['password'];
  passkey?: Passkey;
}

/** Texts about a person that must not make up a password. */
export function ownData(person: {
  name: string;
  idNumber?: string | undefined;
  phoneNumber?: string | undefined;
}) {
  return [person.name, person.idNumber ?? '', person.phoneNumber ?? ''].filter(Boolean);
}

/** Checks a new password against the rules; the fault is about the field `password`. */
export function passwordFault(password: string, own: readonly string[]): FieldFault | undefined {
  const fault = checkNewPassword(password, own);
  return fault && { field: 'password', ...fault };
}

/**
 * Checks and prepares the way in that a person chose at the end of registration or recovery.
 * @throws {Problem} too-busy
 */
export async function prepareLogin(
  room: Room,
  login: NewLogin,
  person: { accountId: string; own: readonly string[]; transaction: Transaction; level: AssuranceLevel },
): Promise<PreparedLogin | Invalid | { outcome: 'passkey-refused' }> {
  const now = room.clock.now();
  switch (login.method) {
    case 'password': {
      const fault = passwordFault(login.password, person.own);
      if (fault) return { outcome: 'invalid', faults: [fault] };
      const hash = await room.passwords.hash(login.password);
      return { outcome: 'prepared', method: 'password', password: { hash, since: now } };
    }
    case 'passkey': {
      const label = readLabel(login.name);
      if (!label.ok) return { outcome: 'invalid', faults: [label.fault] };
      const bound = await room.passkeys.verifyBinding({ ...login, ...person });
      if (!bound) return { outcome: 'passkey-refused' };
      const passkey = { ...bound, name: label.value, createdAt: now, boundAtLevel: person.level };
      return { outcome: 'prepared', method: 'passkey', passkey };
    }
    case 'sms':
      return { outcome: 'prepared', method: 'sms' };
  }
}

/** What methods carry and how they are named: RFC 8176 values, and the highest level they open. */
export function passkeyStrength(
  passkey: Pick<Passkey, 'boundAtLevel'>,
  isUserVerified: boolean,
): { amr: readonly string[]; methodLevel: AssuranceLevel } {
  // One that was bound in a weak session may be a stranger's: it never carries more than that session could be trusted with.
  return {
    amr: isUserVerified ? ['pop', 'user', 'mfa'] : ['pop', 'user'],
    methodLevel: isUserVerified && passkey.boundAtLevel >= 2 ? 3 : 2,
  };
}

/** The strength of a session that begins with a code by SMS and the way in that was just set up. */
export function firstStrength(
  prepared: PreparedLogin,
  hasPhoneMatch: boolean,
): { amr: readonly string[]; methodLevel: AssuranceLevel } {
  if (prepared.passkey) {
    const { amr, methodLevel } = passkeyStrength(prepared.passkey, prepared.passkey.canVerifyUser);
    return { amr: [...amr, 'sms'], methodLevel };
  }
  if (prepared.password) return { amr: ['pwd', 'sms'], methodLevel: 2 };
  return { amr: ['sms'], methodLevel: hasPhoneMatch ? 2 : 1 };
}
