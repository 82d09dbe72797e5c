import type { RegisterSource } from '../registries/index.ts';
import type { Stored } from '../storage/index.ts';
import { identifierKey } from './account.ts';
import { checkCode } from './check-code.ts';
import { readCard, readPhone } from './fields.ts';
import type { PhoneProof, Registration } from './port.ts';
import {
  draftLevel,
  draftProof,
  judgePhone,
  type RegistrationDraft,
  type TelecomAnswer,
} from './registration.ts';
import type { Room } from './room.ts';
import { sendCodeAndWait } from './send-code.ts';
import { isSameTag } from './tags.ts';
import { tellOwner } from './tell-owner.ts';

/** The draft, when it is alive and of this transaction. */
export async function findDraft(
  room: Room,
  registrationId: string,
  transaction: string,
): Promise<Stored<RegistrationDraft> | undefined> {
  const stored = await room.registrations.get(registrationId);
  if (!stored || stored.value.expiresAt <= room.clock.now()) return undefined;
  return isSameTag(stored.value.binding, room.tags.of('transaction', transaction)) ? stored : undefined;
}

/** Step 2a: a code to the phone; it replaces the one before. */
export async function sendRegistrationCode(
  room: Room,
  input: Parameters<Registration['sendCode']>[0],
): ReturnType<Registration['sendCode']> {
  const draft = await findDraft(room, input.registrationId, input.transaction);
  if (!draft || draft.value.step === 'login') return { outcome: 'expired' };
  const phone = readPhone(input.phoneNumber);
  if (!phone.ok) return { outcome: 'invalid', faults: [phone.fault] };
  const order = {
    purpose: 'registration',
    transaction: input.transaction,
    subject: identifierKey('MOBILE', phone.value),
    phoneNumber: phone.value,
  } as const;
  const sent = await sendCodeAndWait(room, order, input.visitor);
  if (sent.outcome !== 'sent') return sent;
  if (draft.value.challengeId) await room.codes.withdraw(draft.value.challengeId);
  await room.registrations.replace(
    { ...draft.value, step: 'code', phoneNumber: phone.value, challengeId: sent.challenge.id },
    draft.version,
  );
  return { outcome: 'sent', expiresAt: sent.challenge.expiresAt, resendAt: sent.resendAt };
}

/** Step 2b: the code, then whose phone it is. */
export async function confirmRegistrationPhone(
  room: Room,
  input: Parameters<Registration['confirmPhone']>[0],
): ReturnType<Registration['confirmPhone']> {
  const stored = await findDraft(room, input.registrationId, input.transaction);
  const { challengeId, phoneNumber, step } = stored?.value ?? {};
  if (!stored || !challengeId || !phoneNumber || step !== 'code') return { outcome: 'expired' };
  const { transaction, code, visitor } = input;
  const verdict = await checkCode(room, { id: challengeId, code, purpose: 'registration', transaction });
  if (verdict.outcome === 'wrong-code') return { outcome: 'wrong-code', triesLeft: verdict.triesLeft };
  if (verdict.outcome !== 'right') return verdict;
  const limited = await room.limits.take(['register-by-phone', phoneNumber]);
  if (limited) return limited;

  const answer = await room.registries.telecom.checkSubscriber({
    phoneNumber,
    idNumber: stored.value.idNumber,
  });
  const telecom = telecomAnswer(answer.outcome);
  const outcome = judgePhone({ phoneNumber, telecom, ...(await findRivals(room, stored.value)) });
  if (outcome === 'second-proof-needed' || outcome === 'phone-in-use')
    tellOwner(room, identifierKey(stored.value.idType, stored.value.idNumber), visitor.clientId);
  return settlePhone(room, stored, outcome, {
    phoneVerifiedAt: room.clock.now(),
    telecom: answer.outcome === 'match' ? answer.source : undefined,
  });
}

/** Step 2c, for people whose phone is in another's name: the social security card is the second source. */
export async function proveRegistrationByCard(
  room: Room,
  input: Parameters<Registration['proveByCard']>[0],
): ReturnType<Registration['proveByCard']> {
  const stored = await findDraft(room, input.registrationId, input.transaction);
  if (stored?.value.step !== 'second-proof') return { outcome: 'expired' };
  const card = readCard(input.cardNumber);
  if (!card.ok) return { outcome: 'invalid', faults: [card.fault] };
  const { idNumber, name } = stored.value;
  const limited = await room.limits.take(['card-by-identity', idNumber]);
  if (limited) return limited;
  const answer = await room.registries.socialSecurity.checkCard({ idNumber, name, cardNumber: card.value });
  if (answer.outcome === 'unavailable') return { outcome: 'unavailable' };
  if (answer.outcome !== 'match') return { outcome: 'mismatch' };
  const { existing } = await findRivals(room, stored.value);
  const outcome = existing ? 'already-yours' : 'continue';
  return settlePhone(room, stored, outcome, { socialSecurity: answer.source });
}

/** What the operator's answer means for a phone. */
export function telecomAnswer(outcome: string): TelecomAnswer {
  if (outcome === 'match' || outcome === 'unavailable') return outcome;
  return 'mismatch';
}

/** The account of the identity and the account of the phone; both are always looked for, so that the work is the same. */
async function findRivals(room: Room, draft: RegistrationDraft) {
  const [existing, phoneOwner] = await Promise.all([
    room.accounts.find('identifier', identifierKey(draft.idType, draft.idNumber)),
    room.accounts.find('phone', draft.phoneNumber ?? ''),
  ]);
  return { existing, phoneOwner };
}

/** Where the draft stands after each outcome; a phone that was refused can be followed by another one. */
const stepAfter: Record<PhoneProof['outcome'], RegistrationDraft['step']> = {
  continue: 'login',
  'second-proof-needed': 'second-proof',
  'already-yours': 'phone',
  'phone-in-use': 'phone',
};

async function settlePhone(
  room: Room,
  stored: Stored<RegistrationDraft>,
  outcome: PhoneProof['outcome'],
  learned: {
    phoneVerifiedAt?: number;
    telecom?: RegisterSource | undefined;
    socialSecurity?: RegisterSource;
  },
): Promise<PhoneProof> {
  const draft = { ...stored.value, ...learned, step: stepAfter[outcome] };
  await room.registrations.replace(draft, stored.version);
  if (outcome !== 'continue') return { outcome };
  return { outcome, level: draftLevel(draft), proof: draftProof(draft) };
}
