import type { AssuranceLevel, Bilingual } from '../core/index.ts';

/** A way to log in that a person can have, block and unblock. */
export type LoginMethod = 'password' | 'sms' | 'passkey';

/** Who is at the other end of this request, as far as the page knows. */
export interface Visitor {
  /** Address as the trusted proxy reports it; for limits only. */
  address: string;
  /** Value of the device cookie, as an earlier success answered it. A wrong or foreign one counts as none. */
  knownDevice?: string | undefined;
  /** The site that started this login. */
  clientId?: string | undefined;
  /** Its name, for the message that carries a code; absent where the person logs in to this service itself. */
  site?: Bilingual | undefined;
  locale?: 'zh-CN' | 'en' | undefined;
}

/**
 * What codes, challenges and drafts are bound to: a value that only this browser and this errand have (the interaction uid
 * together with its cookie, or a cookie of the page's own). Another one finds nothing.
 */
export type Transaction = string;

/** One field that the person has to correct; `field` is the input's member name. */
export interface FieldFault {
  field: string;
  /** kebab-case, stable. */
  code: string;
  text: Bilingual;
}

export type Invalid = { outcome: 'invalid'; faults: readonly FieldFault[] };
/** Too many acts; `retryAt` in milliseconds since the epoch. */
export type Limited = { outcome: 'limited'; retryAt: number };
/** No message goes out now; `retryAt` (milliseconds since the epoch) is when another may be asked for. */
export type NotSent = { outcome: 'not-sent'; retryAt: number };
/** The draft or challenge is over, used, or of another transaction: start again. */
export type Expired = { outcome: 'expired' };
/** A code is on its way, or would be if there were such a person. */
export type CodeSent = { outcome: 'sent'; challengeId: string; expiresAt: number; resendAt: number };
/** The code is wrong; at 0 tries left a new one has to be sent. */
export type WrongCode = { outcome: 'wrong-code'; triesLeft: number };

/** A person has shown who they are. */
export interface Authenticated {
  outcome: 'authenticated';
  accountId: string;
  /** RFC 8176 values. */
  amr: readonly string[];
  /** What the method carries in this session. */
  methodLevel: AssuranceLevel;
  /** What registers and counters confirmed, holds applied. The session's acr is the lower of both. */
  proofingLevel: AssuranceLevel;
  /** New value of the device cookie: httpOnly, kept 180 days. This device is not locked out by what others do. */
  knownDevice: string;
}

/** No. Why is in the audit log only; the page says one thing for every cause. */
export type Refused = { outcome: 'refused' };
/** This way of logging in is locked for devices that the account has not seen; other ways and known devices go on. */
export type Locked = { outcome: 'locked'; retryAt: number };

export type LoginOutcome = Authenticated | Refused | Locked | Limited;

/** Options for navigator.credentials, as JSON, with the id under which the challenge is kept. */
export interface PasskeyOptions {
  challengeId: string;
  options: Readonly<Record<string, unknown>>;
}

/** How a person will log in: the last step of registration and of recovery. */
export type NewLogin =
  | { method: 'password'; password: string }
  | { method: 'passkey'; challengeId: string; response: unknown; name: string }
  /** Only codes by SMS, nothing to remember. */
  | { method: 'sms' };
