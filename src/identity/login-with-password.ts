import { normaliseIdentifier } from '../core/index.ts';
import { type Account, identifierKey } from './account.ts';
import { readLoginIdentifier } from './fields.ts';
import type { Login, LoginOutcome } from './port.ts';
import type { Room } from './room.ts';
import {
  type Attempting,
  authenticated,
  lockKey,
  obstacle,
  type RefusalReason,
  recordLock,
  refuseLogin,
  successData,
} from './succeed-login.ts';

/** The account that a typed name belongs to, and the name in its one form; the account is undefined for nobody. */
export async function findByLoginIdentifier(
  room: Room,
  text: string,
): Promise<{ subject: string; account: Account | undefined }> {
  const read = readLoginIdentifier(text, room.clock.now());
  // What cannot be anybody's name does the same look-up, so that its answer takes as long.
  const { type, value } = read ?? { type: 'none', value: normaliseIdentifier(text).slice(0, 64) };
  const account =
    type === 'MOBILE'
      ? await room.accounts.find('phone', value)
      : await room.accounts.find('identifier', identifierKey(type, value));
  return { subject: identifierKey(type, value), account };
}

/**
 * Login by password. The attempt is counted before the password is looked at, so that many at once are no way around the
 * lock; people who do not exist are counted, hashed for and answered like everyone else.
 */
export async function loginWithPassword(
  room: Room,
  input: Parameters<Login['withPassword']>[0],
): Promise<LoginOutcome> {
  const { password, visitor } = input;
  const attempting: Attempting = { method: 'password', visitor };
  room.passwords.assertRoom();
  const { subject, account } = await findByLoginIdentifier(room, input.identifier);
  const { key, isKnownDevice } = lockKey(room, 'password', account, subject, visitor);
  const crowded = isKnownDevice
    ? undefined
    : await room.limits.peek('login-failure-by-address', visitor.address);
  if (crowded) return crowded;
  const attempt = await room.lockouts.attempt(key);
  if (!attempt.isAllowed) return { outcome: 'locked', retryAt: attempt.retryAt };

  const isRight = await room.passwords.verify(account?.password?.hash, password);
  const reason = refusalReason(account, isRight, input.accountId);
  if (reason === undefined && account) {
    await room.lockouts.clear(key);
    const strength = { amr: ['pwd'], methodLevel: 2 } as const;
    await room.record('identity.login.succeeded', successData(room, account, attempting, strength));
    return authenticated(room, account, attempting, strength);
  }
  await room.limits.take(['login-failure-by-address', visitor.address]);
  if (attempt.locks) await recordLock(room, account?.id, attempting);
  return refuseLogin(room, account?.id, attempting, reason ?? 'unknown');
}

function refusalReason(
  account: Account | undefined,
  isRight: boolean,
  onlyAccountId: string | undefined,
): RefusalReason | undefined {
  if (!account) return 'unknown';
  if (!account.password) return 'not-set-up';
  if (!isRight) return 'wrong';
  return obstacle(account, 'password', onlyAccountId);
}
