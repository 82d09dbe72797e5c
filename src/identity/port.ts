import type { AssuranceLevel, Bilingual, Page } from '../core/index.ts';

/** What the room needs to send a text message; the outbound room's gateway has this shape. */
export interface SmsGateway {
  /** Hands one message to the operator. @throws {Problem} when it was not accepted. */
  send(message: { phoneNumber: string; text: string; reference: string }): Promise<unknown>;
}

export interface IdentitySettings {
  /** https origin of the service; passkeys are bound to it and messages name it. */
  issuer: string;
  /** The name people know the service by: every message opens with it. */
  siteName: Bilingual;
  /** Wrong codes of all people together within an hour before unknown devices may no longer enter codes. Default 3,000. */
  codeFailuresPerHour?: number;
}

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
  locale?: 'zh-CN' | 'en' | undefined;
}

/**
 * What codes, challenges and drafts are bound to: a value that only this browser and this errand have (the interaction uid
 * together with its cookie, or a cookie of the page's own). Another one finds nothing.
 */
export type Transaction = string;

/** One field that the person has to correct; `field` is the input's member name. */
export interface InputFault {
  field: string;
  /** kebab-case, stable. */
  code: string;
  text: Bilingual;
}

export type Invalid = { outcome: 'invalid'; faults: readonly InputFault[] };
/** Too many acts; `retryAt` in milliseconds since the epoch. */
export type Limited = { outcome: 'limited'; retryAt: number };
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

/** Registration of a resident with a real name, three steps, kept for 30 minutes. */
export interface Registration {
  /** Step 1: who. Asks the police register. `idType` 111 and the residence permits. */
  start(input: {
    idType: string;
    idNumber: string;
    name: string;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<
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
  }): Promise<{ outcome: 'sent'; expiresAt: number; resendAt: number } | Invalid | Limited | Expired>;
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
  start(input: {
    idType: string;
    idNumber: string;
    name: string;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<
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

export type AccountStatus = 'active' | 'pending-proof' | 'disabled';

/** One proof of who somebody is. */
export interface AssuranceRecord {
  level: AssuranceLevel;
  method: 'police' | 'telecom' | 'social-security' | 'counter';
  /** Register or office that answered. */
  source: string;
  /** Its reference of the enquiry. */
  reference: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** An account as sites may come to know it: only what was confirmed. Unmasked: for claims, never for logs or URLs. */
export interface AccountView {
  id: string;
  kind: 'resident' | 'organisation' | 'staff';
  status: 'active' | 'pending-proof';
  /** Absent until a register confirmed it. */
  name?: string | undefined;
  /** E.164. */
  phone?: { number: string; isVerified: boolean } | undefined;
  /** Confirmed identifiers: `{ type: '111', value }`. */
  identifiers: readonly { type: string; value: string }[];
  /** Holds applied. */
  proofingLevel: AssuranceLevel;
  /** Sessions and grants that began before this instant (milliseconds) are over: recovery and theft reports move it. */
  sessionsNotBefore: number;
  updatedAt: number;
  locale?: 'zh-CN' | 'en' | undefined;
}

export interface PasskeySummary {
  credentialId: string;
  name: string;
  createdAt: number;
  lastUsedAt?: number | undefined;
  isBackedUp: boolean;
  /** False when it was bound in a weak session: it then carries level 2 at most. */
  carriesLevel3: boolean;
}

/** What the account page shows its owner, masked. */
export interface AccountOverview {
  id: string;
  status: AccountStatus;
  maskedName: string;
  identifiers: readonly {
    type: string;
    masked: string;
    since: number;
    source: string;
    isVerified: boolean;
  }[];
  maskedPhone?: string | undefined;
  /** Until when the operator's confirmation of the phone lets SMS alone open level 2. */
  phoneMatchUntil?: number | undefined;
  proofingLevel: AssuranceLevel;
  /** Milliseconds; levels above 1 are held until then. */
  heldUntil?: number | undefined;
  assurance: readonly AssuranceRecord[];
  passwordSince?: number | undefined;
  passkeys: readonly PasskeySummary[];
  blockedMethods: readonly LoginMethod[];
  previousNames: readonly { masked: string; until: number }[];
  /** Things that happened to the account and could not be told by SMS. */
  alerts: readonly { kind: 'phone-taken-over' | 'phone-changed-hands'; at: number }[];
  createdAt: number;
}

export interface RecentLogin {
  at: number;
  method: LoginMethod;
  outcome: 'succeeded' | 'refused';
  clientId?: string | undefined;
}

type NoAccount = { outcome: 'no-account' };

/** What the owner of an account does to it. The page has checked the session, and its freshness where that is asked for. */
export interface AccountCare {
  overview(accountId: string): Promise<AccountOverview | undefined>;
  recentLogins(accountId: string, options?: { after?: string; limit?: number }): Promise<Page<RecentLogin>>;
  /** Fresh login. @throws {Problem} too-busy */
  changePassword(input: {
    accountId: string;
    password: string;
    visitor: Visitor;
  }): Promise<{ outcome: 'changed'; knownDevice: string } | Invalid | NoAccount>;
  /** Fresh login. Sends a code to the new number. */
  startPhoneChange(input: {
    accountId: string;
    phoneNumber: string;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<CodeSent | Invalid | Limited | NoAccount>;
  /** The old number is told. */
  confirmPhoneChange(input: {
    accountId: string;
    challengeId: string;
    code: string;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<
    | { outcome: 'changed'; telecom: 'match' | 'mismatch' | 'unavailable' }
    | { outcome: 'phone-in-use' }
    | WrongCode
    | { outcome: 'code-expired' }
    | Limited
    | NoAccount
  >;
  /** Through the police register only. */
  changeName(input: {
    accountId: string;
    name: string;
  }): Promise<
    | { outcome: 'changed' }
    | { outcome: 'mismatch' | 'not-found' | 'deceased' | 'unavailable' }
    | Invalid
    | Limited
    | NoAccount
  >;
  /** Asks the operator about the present phone again. */
  raiseByTelecom(input: {
    accountId: string;
  }): Promise<
    | { outcome: 'raised'; level: AssuranceLevel }
    | { outcome: 'mismatch' | 'unavailable' }
    | Limited
    | NoAccount
  >;
  raiseByCard(input: {
    accountId: string;
    cardNumber: string;
  }): Promise<
    | { outcome: 'raised'; level: AssuranceLevel }
    | { outcome: 'mismatch' | 'unavailable' }
    | Invalid
    | Limited
    | NoAccount
  >;
  /** Fresh login. */
  passkeyOptions(input: {
    accountId: string;
    transaction: Transaction;
  }): Promise<({ outcome: 'options' } & PasskeyOptions) | NoAccount>;
  /** `sessionLevel`: level of the session it is bound in; below 2 the passkey never carries level 3. */
  addPasskey(input: {
    accountId: string;
    challengeId: string;
    response: unknown;
    name: string;
    sessionLevel: AssuranceLevel;
    transaction: Transaction;
  }): Promise<
    | { outcome: 'added'; credentialId: string }
    | { outcome: 'passkey-refused' }
    | Invalid
    | Expired
    | NoAccount
  >;
  renamePasskey(input: {
    accountId: string;
    credentialId: string;
    name: string;
  }): Promise<{ outcome: 'changed' } | Invalid | NoAccount>;
  /** Fresh login. */
  removePasskey(input: {
    accountId: string;
    credentialId: string;
  }): Promise<{ outcome: 'changed' } | { outcome: 'last-way-in' } | NoAccount>;
  /** Fresh login. */
  setMethodBlocked(input: {
    accountId: string;
    method: LoginMethod;
    isBlocked: boolean;
  }): Promise<{ outcome: 'changed' } | { outcome: 'last-way-in' } | NoAccount>;
  acknowledgeAlerts(accountId: string): Promise<void>;
  /**
   * "That was not me": from the account page, or by the link in a message (`{issuer}/report/{token}`; show a page on GET, act
   * on POST). Sessions end, devices are forgotten, the method named is blocked, levels above 1 are held for 72 hours.
   */
  reportTheft(
    input: { accountId: string } | { token: string },
  ): Promise<
    { outcome: 'reported'; accountId: string; blocked: readonly LoginMethod[] } | Expired | NoAccount
  >;
  /** Fresh login, or staff. Sessions and grants are to be ended by the caller; findAccount no longer answers. Recovery reopens. */
  disable(input: {
    accountId: string;
    /** `self` or the id of who did it. */
    by: string;
    reason: 'own-wish' | 'theft' | 'office';
  }): Promise<{ outcome: 'changed' } | NoAccount>;
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

/** The room. */
export interface Identity {
  registration: Registration;
  login: Login;
  recovery: Recovery;
  care: AccountCare;
  enrolment: Enrolment;
  /** Undefined when unknown or disabled. The fast path of every token and claim. */
  findAccount(accountId: string): Promise<AccountView | undefined>;
  /** Asks the police register again about accounts that are waiting; answers how many were settled. */
  finishPendingProofs(): Promise<number>;
  /** Sends messages that a crash or the gateway held back; answers how many went out. */
  deliverMessages(): Promise<number>;
  /** Runs both on a timer. */
  start(): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
}
