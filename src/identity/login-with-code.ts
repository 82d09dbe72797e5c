import { type Account, hasFreshPhoneMatch, mainIdentifier } from './account.ts';
import { checkCode } from './check-code.ts';
import { recordOf } from './complete-registration.ts';
import { telecomAnswer } from './confirm-registration-phone.ts';
import { findByLoginIdentifier } from './login-with-password.ts';
import type { OneTimeCode } from './one-time-code.ts';
import type { Login, LoginOutcome, Visitor, WrongCode } from './port.ts';
import type { Room } from './room.ts';
import { sendCode } from './send-code.ts';
import {
  type Attempting,
  authenticated,
  lockKey,
  obstacle,
  recordLock,
  refuseLogin,
  successData,
} from './succeed-login.ts';
import { withoutPhone } from './take-over-phone.ts';

/** Sends a code to log in with; for people who do not exist everything happens but the message. */
export async function sendLoginCode(
  room: Room,
  input: Parameters<Login['sendCode']>[0],
): ReturnType<Login['sendCode']> {
  if (input.identifier.trim() === '') return { outcome: 'invalid', faults: [emptyIdentifier] };
  const { subject, account } = await findByLoginIdentifier(room, input.identifier);
  const mayLogIn = account && !obstacle(account, 'sms', undefined) && account.phone?.verifiedAt !== undefined;
  const sent = await sendCode(
    room,
    {
      purpose: 'login',
      transaction: input.transaction,
      subject,
      accountId: account?.id,
      phoneNumber: mayLogIn ? account.phone?.number : undefined,
    },
    input.visitor,
  );
  if (sent.outcome === 'limited') return sent;
  const { id, expiresAt } = sent.challenge;
  return { outcome: 'sent', challengeId: id, expiresAt, resendAt: sent.resendAt };
}

const emptyIdentifier = {
  field: 'identifier',
  code: 'empty',
  text: { zh: '请填写手机号码或证件号码。', en: 'Enter your phone number or document number.' },
};

/** Login by the code. Level 2 only while the operator's word on the phone is younger than 30 days; it is asked again here. */
export async function loginWithCode(
  room: Room,
  input: Parameters<Login['withCode']>[0],
): ReturnType<Login['withCode']> {
  const { challengeId, code, transaction, visitor } = input;
  const challenge = await room.codes.find(challengeId, 'login', transaction);
  if (!challenge) return { outcome: 'code-expired' };
  const account = challenge.accountId ? await room.accounts.get(challenge.accountId) : undefined;
  const { key, isKnownDevice } = lockKey(room, 'sms', account, challenge.subject, visitor);
  const lockedUntil = await room.lockouts.lockedUntil(key);
  if (lockedUntil !== undefined) return { outcome: 'locked', retryAt: lockedUntil };

  const guess = { id: challengeId, code, purpose: 'login', transaction, isKnownDevice } as const;
  const verdict = await checkCode(room, guess);
  if (verdict.outcome === 'wrong-code') return countWrongCode(room, account, key, visitor, verdict.triesLeft);
  if (verdict.outcome !== 'right') return verdict;
  await room.lockouts.clear(key);
  return finish(room, account, verdict.challenge, input);
}

async function countWrongCode(
  room: Room,
  account: Account | undefined,
  key: string,
  visitor: Visitor,
  triesLeft: number,
): Promise<WrongCode> {
  const attempting: Attempting = { method: 'sms', visitor };
  const attempt = await room.lockouts.attempt(key);
  if (attempt.isAllowed && attempt.locks) await recordLock(room, account?.id, attempting);
  await refuseLogin(room, account?.id, attempting, account ? 'wrong' : 'unknown');
  return { outcome: 'wrong-code', triesLeft };
}

async function finish(
  room: Room,
  account: Account | undefined,
  challenge: OneTimeCode,
  { accountId, visitor }: Parameters<Login['withCode']>[0],
): Promise<LoginOutcome> {
  const attempting: Attempting = { method: 'sms', visitor };
  // A decoy's code was told to nobody; guessing it opens nothing.
  if (!account || !challenge.phoneNumber) return refuseLogin(room, account?.id, attempting, 'unknown');
  if (account.phone?.number !== challenge.phoneNumber)
    return refuseLogin(room, account.id, attempting, 'not-set-up');
  const reason = obstacle(account, 'sms', accountId);
  if (reason) return refuseLogin(room, account.id, attempting, reason);

  const checked = hasFreshPhoneMatch(account, room.clock.now()) ? account : await askOperator(room, account);
  if (!checked?.phone) return refuseLogin(room, account.id, attempting, 'changed-hands');
  const hasMatch = hasFreshPhoneMatch(checked, room.clock.now());
  const strength = { amr: ['sms'], methodLevel: hasMatch ? 2 : 1 } as const;
  await room.record('identity.login.succeeded', successData(room, checked, attempting, strength));
  return authenticated(room, checked, attempting, strength);
}

/**
 * Asks the operator whose phone it is now. A number that was this person's and is another's has changed hands: who reads its
 * messages is a stranger, so it no longer logs in, and the owner is told at the next login by other means.
 */
async function askOperator(room: Room, account: Account): Promise<Account | undefined> {
  const identifier = mainIdentifier(account);
  const phoneNumber = account.phone?.number;
  if (!identifier?.isVerified || !phoneNumber) return account;
  const answer = await room.registries.telecom.checkSubscriber({ phoneNumber, idNumber: identifier.value });
  const telecom = telecomAnswer(answer.outcome);
  const wasTheirs = account.phone?.telecomMatchAt !== undefined;
  if (telecom === 'unavailable' || (telecom === 'mismatch' && !wasTheirs)) return account;

  const lost = room.event('identity.phone.lost', { account: account.id, reason: 'changed-hands' });
  return room.accounts.change<Account>(account.id, (current, now) => {
    if (current.phone?.number !== phoneNumber) return { result: current };
    if (answer.outcome !== 'match') {
      const without = withoutPhone(current, 'phone-changed-hands', now);
      return { write: { account: without, events: [lost] }, result: without };
    }
    const phone = { ...current.phone, telecomMatchAt: answer.source.at };
    // One record a register: what counts is the last time it answered.
    const others = current.assurance.filter((record) => record.method !== 'telecom');
    const matched = { ...current, phone, assurance: [...others, recordOf('telecom', 2, answer.source)] };
    return { write: { account: matched }, result: matched };
  });
}
