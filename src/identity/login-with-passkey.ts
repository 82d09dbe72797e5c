import { dayMs, type PendingEvent } from '../core/index.ts';
import type { Account, Passkey } from './account.ts';
import type { Decision } from './accounts.ts';
import { passkeyStrength } from './new-login.ts';
import { mayFollow } from './passkeys.ts';
import type { Login, LoginOutcome, PasskeyOptions } from './port.ts';
import type { Room } from './room.ts';
import { isStaff, staffStatus } from './staff-member.ts';
import {
  type Attempting,
  authenticated,
  obstacle,
  type RefusalReason,
  refuseLogin,
  successData,
} from './succeed-login.ts';

/** Passkeys that do not count are written back at most once in this time: a login should not cost a write for a date. */
const lastUseGrainMs = dayMs;

/** Options for a login by passkey: usernameless, or a step-up of one account. */
export async function loginPasskeyOptions(
  room: Room,
  { transaction, accountId }: Parameters<Login['passkeyOptions']>[0],
): Promise<PasskeyOptions> {
  const account = accountId === undefined ? undefined : await room.accounts.get(accountId);
  return room.passkeys.loginOptions({ transaction, accountId, allowed: account?.passkeys });
}

/** Login by passkey. The sign counter is compared in the write that moves it, so a copy of the key is seen even in a race. */
export async function loginWithPasskey(
  room: Room,
  input: Parameters<Login['withPasskey']>[0],
): ReturnType<Login['withPasskey']> {
  const attempting: Attempting = { method: 'passkey', visitor: input.visitor };
  const taken = await room.passkeys.takeAssertion(input);
  if (!taken) return { outcome: 'expired' };
  const { challenge, assertion } = taken;
  const account = assertion && (await room.accounts.find('passkey', assertion.id));
  const passkey = account?.passkeys.find((one) => one.credentialId === assertion?.id);
  const handle = assertion?.response.userHandle;
  // The handle is the account's id: an answer that names another account than its key belongs to is no answer.
  if (!assertion || !account || !passkey || (handle && handle !== account.id))
    return refuseLogin(room, undefined, attempting, 'unknown');

  const shown = await room.passkeys.verifyAssertion(challenge, assertion, passkey);
  if (!shown) return refuseLogin(room, account.id, attempting, 'wrong');
  const reason =
    obstacle(account, 'passkey', challenge.accountId ?? input.accountId) ??
    staffObstacle(account, shown, room.clock.now());
  if (reason) return refuseLogin(room, account.id, attempting, reason);
  return useKey(room, account, passkey, shown, attempting);
}

/** Staff have nothing but this key: it has to say who holds it, and an account that nobody used for long is shut. */
function staffObstacle(
  account: Account,
  { isUserVerified }: { isUserVerified: boolean },
  now: number,
): RefusalReason | undefined {
  if (!isStaff(account)) return undefined;
  if (staffStatus(account, now) !== 'active') return 'idle';
  return isUserVerified ? undefined : 'not-verified';
}

async function useKey(
  room: Room,
  account: Account,
  passkey: Passkey,
  shown: { counter: number; isUserVerified: boolean; isBackedUp: boolean },
  attempting: Attempting,
): Promise<LoginOutcome> {
  const strength = passkeyStrength(passkey, shown.isUserVerified);
  const success = successData(room, account, attempting, strength);
  const event = room.event('identity.login.succeeded', success);
  const used = await room.accounts.change<Use>(account.id, (current, now) => {
    const stored = current.passkeys.find((one) => one.credentialId === passkey.credentialId);
    if (!stored) return { result: { outcome: 'refused', reason: 'not-set-up' } };
    const refusal = obstacle(current, 'passkey', undefined);
    if (refusal) return { result: { outcome: 'refused', reason: refusal } };
    if (!mayFollow(stored.counter, shown.counter))
      return { result: { outcome: 'refused', reason: 'counter' } };
    const isDue = now - (stored.lastUsedAt ?? 0) >= lastUseGrainMs;
    if (shown.counter === stored.counter && !isDue)
      return { result: { outcome: 'used', account: current, isWritten: false } };
    return write(current, { ...stored, ...moved(shown), lastUsedAt: now }, event);
  });
  if (used?.outcome !== 'used') return refuseLogin(room, account.id, attempting, used?.reason ?? 'unknown');
  if (!used.isWritten) await room.record('identity.login.succeeded', success);
  return authenticated(room, used.account, attempting, strength);
}

type Use =
  | { outcome: 'used'; account: Account; isWritten: boolean }
  | { outcome: 'refused'; reason: RefusalReason };

const moved = (shown: { counter: number; isBackedUp: boolean }) => ({
  counter: shown.counter,
  isBackedUp: shown.isBackedUp,
});

function write(current: Account, passkey: Passkey, event: PendingEvent): Decision<Use> {
  const passkeys = current.passkeys.map((one) => (one.credentialId === passkey.credentialId ? passkey : one));
  const account = { ...current, passkeys };
  return { write: { account, events: [event] }, result: { outcome: 'used', account, isWritten: true } };
}
