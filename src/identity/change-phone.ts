import { isProblem } from '../core/index.ts';
import type { RegisterAnswer } from '../registries/index.ts';
import { type Account, identifierKey, mainIdentifier } from './account.ts';
import { checkCode } from './check-code.ts';
import { recordOf } from './complete-registration.ts';
import { telecomAnswer } from './confirm-registration-phone.ts';
import { readPhone } from './fields.ts';
import { withMessage } from './outbox.ts';
import type { AccountCare } from './port.ts';
import { reportLink } from './report-theft.ts';
import type { Room } from './room.ts';
import { sendCodeAndWait } from './send-code.ts';
import { takeOverPhone } from './take-over-phone.ts';

/** A code to the new number. */
export async function startPhoneChange(
  room: Room,
  input: Parameters<AccountCare['startPhoneChange']>[0],
): ReturnType<AccountCare['startPhoneChange']> {
  const phone = readPhone(input.phoneNumber);
  if (!phone.ok) return { outcome: 'invalid', faults: [phone.fault] };
  if (!(await room.accounts.get(input.accountId))) return { outcome: 'no-account' };
  const sent = await sendCodeAndWait(
    room,
    {
      purpose: 'phone-change',
      transaction: input.transaction,
      subject: identifierKey('MOBILE', phone.value),
      accountId: input.accountId,
      phoneNumber: phone.value,
    },
    input.visitor,
  );
  if (sent.outcome !== 'sent') return sent;
  const { id, expiresAt } = sent.challenge;
  return { outcome: 'sent', challengeId: id, expiresAt, resendAt: sent.resendAt };
}

/** The code; then the operator says whose number it is, and the old number is told. */
export async function confirmPhoneChange(
  room: Room,
  input: Parameters<AccountCare['confirmPhoneChange']>[0],
): ReturnType<AccountCare['confirmPhoneChange']> {
  const { accountId, challengeId, code, transaction } = input;
  const challenge = await room.codes.find(challengeId, 'phone-change', transaction);
  if (challenge?.accountId !== accountId || !challenge.phoneNumber) return { outcome: 'code-expired' };
  const verdict = await checkCode(room, { id: challengeId, code, purpose: 'phone-change', transaction });
  if (verdict.outcome === 'wrong-code') return { outcome: 'wrong-code', triesLeft: verdict.triesLeft };
  if (verdict.outcome !== 'right') return verdict;
  const account = await room.accounts.get(accountId);
  if (!account) return { outcome: 'no-account' };

  const answer = await askTelecom(room, account, challenge.phoneNumber);
  const telecom = telecomAnswer(answer.outcome);
  const owner = await room.accounts.find('phone', challenge.phoneNumber);
  if (owner && owner.id !== accountId) {
    if (telecom !== 'match') return { outcome: 'phone-in-use' };
    await takeOverPhone(room, challenge.phoneNumber);
  }
  return writePhone(room, accountId, challenge.phoneNumber, answer);
}

async function askTelecom(room: Room, account: Account, phoneNumber: string): Promise<RegisterAnswer> {
  const identifier = mainIdentifier(account);
  if (!identifier?.isVerified) return { outcome: 'unavailable', reason: 'no confirmed identifier' };
  return room.registries.telecom.checkSubscriber({ phoneNumber, idNumber: identifier.value });
}

async function writePhone(
  room: Room,
  accountId: string,
  phoneNumber: string,
  answer: RegisterAnswer,
): ReturnType<AccountCare['confirmPhoneChange']> {
  const telecom = telecomAnswer(answer.outcome);
  const event = room.event('identity.phone.changed', { account: accountId, telecom });
  try {
    const written = await room.accounts.change<true>(accountId, (current, now) => {
      const changed = withPhone(current, phoneNumber, answer, now);
      const old = current.phone?.number;
      if (old === undefined || old === phoneNumber)
        return { write: { account: changed, events: [event] }, result: true };
      const text = room.messages.phoneChanged(reportLink(room, accountId, 'sms', now), current.locale);
      const account = withMessage(changed, old, text, { now, random: room.random });
      return { write: { account, events: [event] }, result: true };
    });
    return written ? { outcome: 'changed', telecom } : { outcome: 'no-account' };
  } catch (error) {
    if (isProblem(error, 'already-exists')) return { outcome: 'phone-in-use' };
    throw error;
  }
}

function withPhone(current: Account, number: string, answer: RegisterAnswer, now: number): Account {
  const matched = answer.outcome === 'match' ? answer.source : undefined;
  const isSame = current.phone?.number === number;
  const since = isSame ? (current.phone?.since ?? now) : now;
  const previous = current.phone && !isSame ? [{ number: current.phone.number, until: now }] : [];
  const others = matched
    ? current.assurance.filter((record) => record.method !== 'telecom')
    : current.assurance;
  return {
    ...current,
    phone: { number, since, verifiedAt: now, telecomMatchAt: matched?.at, source: 'self' },
    previousPhones: [...current.previousPhones, ...previous],
    // That the person once matched stays true; whether SMS alone opens level 2 depends on the present number only.
    assurance: matched ? [...others, recordOf('telecom', 2, matched)] : others,
  };
}
