import type { AssuranceLevel, Bilingual, PendingEvent } from '../core/index.ts';
import type { AccountCare, AccountView } from './care-port.ts';
import type { Organisations } from './organisation-port.ts';
import type {
  Authenticated,
  CodeSent,
  Expired,
  Invalid,
  Limited,
  LoginOutcome,
  NewLogin,
  NotSent,
  PasskeyOptions,
  Transaction,
  Visitor,
  WrongCode,
} from './outcomes.ts';
import type { Authorities, Staff } from './staff-port.ts';

export type * from './care-port.ts';
export type * from './organisation-port.ts';
export type * from './outcomes.ts';
export type * from './staff-port.ts';

/** What the room needs to send a text message; the outbound room's gateway has this shape. */
export interface SmsGateway {
  /** Hands one message to the operator: `sent` when it was accepted. */
  send(message: { phoneNumber: string; text: string; reference: string }): Promise<'sent' | 'unavailable'>;
}

export interface IdentitySettings {
  /** https origin of the service; passkeys are bound to it and messages name it. */
  issuer: string;
  /** The name people know the service by: every message opens with it. */
  siteName: Bilingual;
  /** Wrong codes of all people together within an hour before unknown devices may no longer enter codes. Default 3,000. */
  codeFailuresPerHour?: number;
}

/** Where a registration stands, for the page to draw itself again. */
export interface RegistrationView {
  registrationId: string;
  step: 'phone' | 'code' | 'second-proof' | 'login';
  maskedName: string;
  maskedIdNumber: string;
  maskedPhone?: string | undefined;
  /** `pending`: the police register did not answer, the check is made up later and the person is told by SMS. */
  proof: 'confirmed' | 'pending';
  /** Level that the account will open with, as far as the steps went. */
  level: AssuranceLevel;
  expiresAt: number;
}

/** What step 2 can end with once the code was right. */
export type PhoneProof =
  | { outcome: 'continue'; level: AssuranceLevel; proof: 'confirmed' | 'pending' }
  /**
   * The phone (or card) shows that this is the owner of an identity that already has an account: offer login and recovery.
   */
  | { outcome: 'already-yours' }
  /**
   * The operator does not know this phone under this identity. Same answer whether or not the identity has an account (its
   * owner is told by SMS then): the page says so and offers another phone, the social security card, or a counter.
   */
  | { outcome: 'second-proof-needed' }
  /** Another account uses this number and nothing proves that it changed hands: log in there or take another number. */
  | { outcome: 'phone-in-use' };

/** Who somebody says they are: the register is asked. `idType`: 111 and the residence permits. */
export interface SaidIdentity {
  idType: string;
  idNumber: string;
  name: string;
  transaction: Transaction;
  visitor: Visitor;
}

/** Registration of a resident with a real name, three steps, kept for 30 minutes. */
export interface Registration {
  /** Step 1: who. Asks the police register. */
  start(input: SaidIdentity): Promise<
    | { outcome: 'continue'; registrationId: string; proof: 'confirmed' | 'pending' }
    /** The register knows the number under another name (or other elements). */
    | { outcome: 'mismatch'; elements: readonly string[] }
    | { outcome: 'not-found' }
    /** The register says that this person died: to be put right at a police station. */
    | { outcome: 'deceased' }
    | Invalid
    | Limited
  >;
  find(registrationId: string, transaction: Transaction): Promise<RegistrationView | undefined>;
  /** Step 2a: sends a code to the phone. Again: sends a new one, the old one dies. */
  sendCode(input: {
    registrationId: string;
    phoneNumber: string;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<
    { outcome: 'sent'; expiresAt: number; resendAt: number } | NotSent | Invalid | Limited | Expired
  >;
  /** Step 2b: the code; then the operator is asked whose phone it is. */
  confirmPhone(input: {
    registrationId: string;
    code: string;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<PhoneProof | WrongCode | { outcome: 'code-expired' } | Limited | Expired>;
  /** Instead of an own phone, after `second-proof-needed`: the social security card. */
  proveByCard(input: {
    registrationId: string;
    cardNumber: string;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<
    PhoneProof | { outcome: 'mismatch' } | { outcome: 'unavailable' } | Invalid | Limited | Expired
  >;
  /** For a passkey in step 3. */
  passkeyOptions(input: {
    registrationId: string;
    transaction: Transaction;
  }): Promise<({ outcome: 'options' } & PasskeyOptions) | Expired>;
  /** Step 3: a way to log in. Opens the account and logs the person in. */
  complete(input: {
    registrationId: string;
    login: NewLogin;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<
    | (Omit<Authenticated, 'outcome'> & { outcome: 'registered'; proof: 'confirmed' | 'pending' })
    /** The same identity was registered a moment ago, or the phone was. */
    | { outcome: 'already-yours' }
    | { outcome: 'phone-in-use' }
    | { outcome: 'passkey-refused' }
    | Invalid
    | Expired
  >;
}

/** Logging in. `accountId` makes it a step-up: only this account may answer, everyone else is refused. */
export interface Login {
  /** `identifier`: phone number or ID number. @throws {Problem} too-busy when the hashing queue is full. */
  withPassword(input: {
    identifier: string;
    password: string;
    accountId?: string | undefined;
    visitor: Visitor;
  }): Promise<LoginOutcome>;
  /** Same answer, time and work for people who do not exist. */
  sendCode(input: {
    identifier: string;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<CodeSent | Invalid | Limited>;
  withCode(input: {
    challengeId: string;
    code: string;
    transaction: Transaction;
    accountId?: string | undefined;
    visitor: Visitor;
  }): Promise<LoginOutcome | WrongCode | { outcome: 'code-expired' }>;
  /** Usernameless; with `accountId` the browser offers that account's passkeys only. */
  passkeyOptions(input: {
    transaction: Transaction;
    accountId?: string | undefined;
  }): Promise<PasskeyOptions>;
  withPasskey(input: {
    challengeId: string;
    /** What the browser answered, as JSON value. */
    response: unknown;
    transaction: Transaction;
    accountId?: string | undefined;
    visitor: Visitor;
  }): Promise<LoginOutcome | Expired>;
}

/**
 * For people who can no longer log in: name and ID number by the police register, and a code to the phone of the account.
 * Every other way in is revoked, sessions end, the phone is told, and levels above 1 are held for 72 hours.
 */
export interface Recovery {
  /** Always `sent` when the register answered, whoever it was. */
  start(
    input: SaidIdentity,
  ): Promise<
    | { outcome: 'sent'; recoveryId: string; expiresAt: number; resendAt: number }
    | { outcome: 'register-unavailable' }
    | Invalid
    | Limited
  >;
  find(
    recoveryId: string,
    transaction: Transaction,
  ): Promise<{ recoveryId: string; step: 'code' | 'login'; expiresAt: number } | undefined>;
  confirmCode(input: {
    recoveryId: string;
    code: string;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<{ outcome: 'continue' } | WrongCode | { outcome: 'code-expired' } | Limited | Expired>;
  passkeyOptions(input: {
    recoveryId: string;
    transaction: Transaction;
  }): Promise<({ outcome: 'options' } & PasskeyOptions) | Expired>;
  complete(input: {
    recoveryId: string;
    login: NewLogin;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<
    | (Omit<Authenticated, 'outcome'> & { outcome: 'recovered'; heldUntil: number })
    | { outcome: 'passkey-refused' }
    | Invalid
    | Expired
  >;
}

/** Bringing people in without the pages: the counter, the command line, the demo world. */
export interface Enrolment {
  /** An account for somebody whose papers were seen. The level is what the counter vouches for. */
  enrolResident(input: {
    idType: string;
    idNumber: string;
    name: string;
    phoneNumber?: string | undefined;
    password?: string | undefined;
    level: AssuranceLevel;
    /** Whether the operator confirmed the phone on that day. */
    isPhoneMatched?: boolean | undefined;
    /** Office that saw the papers, and its reference. */
    source: string;
    reference: string;
    by: string;
  }): Promise<{ outcome: 'enrolled'; accountId: string } | { outcome: 'already-exists' } | Invalid>;
  /** Id of the account that a confirmed identifier (or `phone`) belongs to. */
  findAccountId(identifier: { type: string; value: string }): Promise<string | undefined>;
}

/** What another room has to say to a person. */
export interface Notification {
  accountId: string;
  /** Recognises it, for example the id of the event that it is about. */
  id: string;
  /** Without personal data: it stands on a locked screen. The name of the service is put before it. */
  text: Bilingual;
}

/** The room. */
export interface Identity {
  registration: Registration;
  login: Login;
  recovery: Recovery;
  care: AccountCare;
  enrolment: Enrolment;
  organisations: Organisations;
  authorities: Authorities;
  staff: Staff;
  /** Undefined when unknown or disabled. The fast path of every token and claim. */
  findAccount(accountId: string): Promise<AccountView | undefined>;
  /** Asks the police register again about accounts that are waiting; answers how many were settled. */
  finishPendingProofs(): Promise<number>;
  /** Sends messages that a crash or the gateway held back; answers how many went out. */
  deliverMessages(): Promise<number>;
  /** Relayed events of this room: what somebody else’s doing means for a person is told them. Idempotent. */
  onEvent(event: PendingEvent): Promise<void>;
  /** Sends a person an SMS on behalf of another room, when they have a phone number. Idempotent. */
  tell(notification: Notification): Promise<void>;
  /** Runs both on a timer. */
  start(): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
}
