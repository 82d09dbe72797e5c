import type { AssuranceLevel, Page, StaffDuty } from '../core/index.ts';
import type {
  CodeSent,
  Expired,
  Invalid,
  Limited,
  LoginMethod,
  NotSent,
  PasskeyOptions,
  Transaction,
  Visitor,
  WrongCode,
} from './outcomes.ts';

export type AccountStatus = 'active' | 'pending-proof' | 'disabled';

/** One proof of who somebody is. */
export interface AssuranceRecord {
  level: AssuranceLevel;
  method: 'police' | 'telecom' | 'social-security' | 'counter' | 'invitation';
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
  kind: 'resident' | 'staff';
  status: 'active' | 'pending-proof';
  /** Absent until a register confirmed it. */
  name?: string | undefined;
  /** E.164. */
  phone?: { number: string; isVerified: boolean } | undefined;
  /** Confirmed identifiers: `{ type: '111', value }`. */
  identifiers: readonly { type: string; value: string }[];
  /** Holds applied. */
  proofingLevel: AssuranceLevel;
  /** What the person can raise it to in the middle of a login; beyond that a counter is needed. */
  reachableLevel: AssuranceLevel;
  /** Sessions and grants that began before this instant (milliseconds) are over: recovery and theft reports move it. */
  sessionsNotBefore: number;
  updatedAt: number;
  locale?: 'zh-CN' | 'en' | undefined;
  /** Of staff only. */
  duties?: readonly StaffDuty[] | undefined;
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
  }): Promise<CodeSent | NotSent | Invalid | Limited | NoAccount>;
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
