import { z } from 'zod';
import { type AssuranceLevel, maskIdNumber, maskName, maskPhoneNumber } from '../core/index.ts';
import type { Account } from './account.ts';
import type { PhoneProof, RegistrationView } from './port.ts';

const source = z.strictObject({ register: z.string(), reference: z.string(), at: z.int() });

/** A registration under way. */
export const registrationSchema = z.strictObject({
  id: z.string(),
  /** Tag of the transaction. */
  binding: z.string(),
  /** Id that the account will have: drawn now, because a passkey is bound to it before there is an account. */
  accountId: z.string(),
  idType: z.string(),
  idNumber: z.string(),
  name: z.string(),
  step: z.enum(['phone', 'code', 'second-proof', 'login']),
  /** The police register's confirmation; absent while it owes one. */
  police: source.optional(),
  phoneNumber: z.string().optional(),
  challengeId: z.string().optional(),
  /** When the code was right. */
  phoneVerifiedAt: z.int().optional(),
  telecom: source.optional(),
  socialSecurity: source.optional(),
  expiresAt: z.int(),
});

export type RegistrationDraft = z.infer<typeof registrationSchema>;

export const registrationLifeMs = 30 * 60_000;

/** What the operator said of a phone. `not-found` and `ended` are a mismatch: it is not this person's. */
export type TelecomAnswer = 'match' | 'mismatch' | 'unavailable';

/**
 * What follows from a phone that its holder proved, by the accounts that are there. One rule keeps strangers from learning
 * whether an identity is registered: unless the phone is shown to be its owner's, both cases end alike.
 *
 * While the operator cannot be asked, a new identity goes on at level 1 and a registered one is stopped; that this tells them
 * apart is the price of not closing registration then, and costs the stranger a proven phone and a counted attempt.
 */
export function judgePhone(facts: {
  phoneNumber: string;
  telecom: TelecomAnswer;
  /** Account of the identity. */
  existing: Account | undefined;
  /** Account that logs in with the phone. */
  phoneOwner: Account | undefined;
}): PhoneProof['outcome'] {
  const { phoneNumber, telecom, existing, phoneOwner } = facts;
  if (existing && (existing.phone?.number === phoneNumber || telecom === 'match')) return 'already-yours';
  if (phoneOwner && telecom !== 'match') return 'phone-in-use';
  if (telecom === 'mismatch' || existing) return 'second-proof-needed';
  return 'continue';
}

/** Level with which the account of a draft opens. */
export function draftLevel(draft: RegistrationDraft): AssuranceLevel {
  if (!draft.police) return 0;
  return draft.telecom || draft.socialSecurity ? 2 : 1;
}

/** Whether the police register confirmed the identity yet. */
export function draftProof(draft: RegistrationDraft): 'confirmed' | 'pending' {
  return draft.police ? 'confirmed' : 'pending';
}

/** The draft as its page shows it. */
export function registrationView(draft: RegistrationDraft): RegistrationView {
  return {
    registrationId: draft.id,
    step: draft.step,
    maskedName: maskName(draft.name),
    maskedIdNumber: maskIdNumber(draft.idNumber),
    maskedPhone: draft.phoneNumber && maskPhoneNumber(draft.phoneNumber),
    proof: draftProof(draft),
    level: draftLevel(draft),
    expiresAt: draft.expiresAt,
  };
}
