import { z } from 'zod';
import { type AssuranceLevel, dayMs } from '../core/index.ts';
import type { AccountView, LoginMethod } from './port.ts';
import { staffKeys, staffRecord } from './staff-record.ts';

const level = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
const method = z.enum(['password', 'sms', 'passkey']);
/** Milliseconds since the epoch. */
const instant = z.int().nonnegative();

/** A number that somebody goes by in a register, such as `111` (citizen ID number). */
const identifier = z.strictObject({
  type: z.string(),
  value: z.string(),
  since: instant,
  /** Register or office that confirmed it; `self` while nobody did. */
  source: z.string(),
  isVerified: z.boolean(),
});

const phone = z.strictObject({
  /** E.164. */
  number: z.string(),
  since: instant,
  /** When its holder last proved it by a code. */
  verifiedAt: instant.optional(),
  /** When the operator last confirmed that the number is subscribed under this person's ID number. */
  telecomMatchAt: instant.optional(),
  source: z.string(),
});

const passkey = z.strictObject({
  /** base64url. */
  credentialId: z.string(),
  /** COSE key, base64url. */
  publicKey: z.string(),
  counter: z.int().nonnegative(),
  name: z.string(),
  transports: z.array(z.string()),
  canVerifyUser: z.boolean(),
  isBackedUp: z.boolean(),
  createdAt: instant,
  lastUsedAt: instant.optional(),
  boundAtLevel: level,
});

/** A message about the account, waiting in the same document as the change that caused it. */
const message = z.strictObject({
  id: z.string(),
  /** E.164: the number at the time, which may no longer be the account's. */
  to: z.string(),
  text: z.string(),
  /** Not worth sending after this. */
  until: instant,
});

/** A resident or a member of staff with everything that a conditional write must cover. */
export const accountSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['resident', 'staff']),
  status: z.enum(['active', 'pending-proof', 'disabled']),
  name: z.string(),
  isNameVerified: z.boolean(),
  identifiers: z.array(identifier),
  phone: phone.optional(),
  assurance: z.array(
    z.strictObject({
      level,
      method: z.enum(['police', 'telecom', 'social-security', 'counter', 'invitation']),
      source: z.string(),
      reference: z.string(),
      at: instant,
    }),
  ),
  password: z.strictObject({ hash: z.string(), since: instant }).optional(),
  passkeys: z.array(passkey),
  blockedMethods: z.array(method),
  holds: z.strictObject({ recoveryUntil: instant.optional() }),
  previousNames: z.array(z.strictObject({ name: z.string(), until: instant })),
  previousPhones: z.array(z.strictObject({ number: z.string(), until: instant })),
  alerts: z.array(z.strictObject({ kind: z.enum(['phone-taken-over', 'phone-changed-hands']), at: instant })),
  outbox: z.array(message),
  /** Next time the outbox is looked at by the job; absent when it is empty. */
  outboxDueAt: instant.optional(),
  /** While the police register owes an answer: when to ask again, and how often we did. */
  proof: z.strictObject({ dueAt: instant, tries: z.int().nonnegative() }).optional(),
  /** Device cookies issued before this are strangers again. */
  devicesSince: instant,
  /** Sessions begun before this are over. */
  sessionsNotBefore: instant,
  locale: z.enum(['zh-CN', 'en']).optional(),
  /** Of kind `staff` only. */
  staff: staffRecord.optional(),
  createdAt: instant,
  updatedAt: instant,
  /** Derived by `withLookups` for the unique indexes. */
  lookups: z.strictObject({
    identifiers: z.array(z.string()),
    phone: z.string().optional(),
    passkeys: z.array(z.string()),
    staff: z.array(z.string()).optional(),
    invitation: z.string().optional(),
  }),
});

export type Account = z.infer<typeof accountSchema>;
export type Passkey = Account['passkeys'][number];
export type Message = Account['outbox'][number];

/** How an identifier is looked up; types are explicit, a number alone never is. */
export function identifierKey(type: string, value: string): string {
  return `${type}|${value}`;
}

/**
 * Recomputes what the unique indexes hold. Only confirmed identifiers are unique, or a claim that nobody checked would keep
 * the true owner out; only the phone of an account that is not disabled is, so that the number is free for its next holder.
 */
export function withLookups(account: Account): Account {
  return {
    ...account,
    lookups: {
      identifiers: account.identifiers
        .filter((one) => one.isVerified)
        .map((one) => identifierKey(one.type, one.value)),
      phone: account.status === 'disabled' ? undefined : account.phone?.number,
      passkeys: account.passkeys.map((one) => one.credentialId),
      staff: account.staff && staffKeys(account.staff),
      invitation: account.staff?.invitation?.tokenHash,
    },
  };
}

/** An account with nothing in it: no way to log in, no messages, no holds. */
export const emptyAccount = (id: string, now: number) =>
  ({
    id,
    identifiers: [],
    assurance: [],
    passkeys: [],
    blockedMethods: [],
    holds: {},
    previousNames: [],
    previousPhones: [],
    alerts: [],
    outbox: [],
    devicesSince: 0,
    sessionsNotBefore: 0,
    createdAt: now,
    updatedAt: now,
    lookups: { identifiers: [], passkeys: [] },
  }) satisfies Partial<Account>;

/** A resident's account with nothing in it yet but who it is said to be. */
export function newResident(person: {
  id: string;
  name: string;
  idType: string;
  idNumber: string;
  source: string | undefined;
  locale: Account['locale'];
  now: number;
}): Account {
  const { id, name, idType, idNumber, source, locale, now } = person;
  return {
    ...emptyAccount(id, now),
    kind: 'resident',
    status: source ? 'active' : 'pending-proof',
    name,
    isNameVerified: source !== undefined,
    identifiers: [
      {
        type: idType,
        value: idNumber,
        since: now,
        source: source ?? 'self',
        isVerified: source !== undefined,
      },
    ],
    proof: source ? undefined : { dueAt: now, tries: 0 },
    locale,
  };
}

/** What registers and counters confirmed, less what a hold keeps back: for 72 hours after a recovery nothing above 1. */
export function proofingLevel(account: Account, now: number): AssuranceLevel {
  if (account.status !== 'active') return 0;
  const proven = Math.max(0, ...account.assurance.map((record) => record.level));
  return (isHeld(account, now) ? Math.min(proven, 1) : proven) as AssuranceLevel;
}

/**
 * The level that the person can get to from here without a counter: a confirmed identity rises by the phone's operator or the
 * social security card, unless a hold keeps it back.
 */
export function reachableLevel(account: Account, now: number): AssuranceLevel {
  const level = proofingLevel(account, now);
  return level === 1 && !isHeld(account, now) ? 2 : level;
}

/** Whether levels above 1 are held at this moment. */
export function isHeld(account: Account, now: number): boolean {
  return (account.holds.recoveryUntil ?? 0) > now;
}

/** How long the operator's word on a phone lets SMS alone open level 2. */
const phoneMatchLifeMs = 30 * dayMs;

/** Whether the operator confirmed the present phone within the last 30 days. */
export function hasFreshPhoneMatch(account: Account, now: number): boolean {
  const at = account.phone?.telecomMatchAt;
  return at !== undefined && now - at < phoneMatchLifeMs;
}

/** Ways in that work today: set up, and not blocked. */
export function openMethods(account: Account): LoginMethod[] {
  const all: LoginMethod[] = [];
  if (account.password) all.push('password');
  if (account.phone?.verifiedAt !== undefined) all.push('sms');
  if (account.passkeys.length > 0) all.push('passkey');
  return all.filter((one) => !account.blockedMethods.includes(one));
}

/** The confirmed identifier that registers are asked with. */
export function mainIdentifier(
  account: Account,
): { type: string; value: string; isVerified: boolean } | undefined {
  return account.identifiers[0];
}

/** The account as sites may come to know it. */
export function viewOf(account: Account, now: number): AccountView | undefined {
  if (account.status === 'disabled') return undefined;
  return {
    id: account.id,
    kind: account.kind,
    status: account.status,
    name: account.isNameVerified ? account.name : undefined,
    phone: account.phone && {
      number: account.phone.number,
      isVerified: account.phone.verifiedAt !== undefined,
    },
    identifiers: account.identifiers
      .filter((one) => one.isVerified)
      .map(({ type, value }) => ({ type, value })),
    proofingLevel: proofingLevel(account, now),
    reachableLevel: reachableLevel(account, now),
    sessionsNotBefore: account.sessionsNotBefore,
    updatedAt: account.updatedAt,
    locale: account.locale,
    duties: account.staff?.duties,
  };
}
