import type { Bilingual, Page, StaffDuty } from '../core/index.ts';
import type { Expired, Invalid, PasskeyOptions, Transaction } from './outcomes.ts';

/** A body of government that defines, issues or verifies licences. */
export interface Authority {
  /** Unified social credit code: the key. */
  code: string;
  name: Bilingual;
  /** GB/T 2260, six digits. */
  areaCode: string;
  /** May define types of licences: their codes then begin with its own. */
  mayDefine: boolean;
  /** Codes of the types that it may issue. */
  issues: readonly string[];
  status: 'active' | 'closed';
}

/** The register of authorities. */
export interface Authorities {
  /** By its exact code; closed ones too. */
  find(code: string): Promise<Authority | undefined>;
  /** By area, then code. */
  list(query?: { after?: string; limit?: number }): Promise<Page<Authority>>;
  /** Registers an authority or changes it; `by` is a staff id or `operator`. Idempotent. */
  put(authority: Authority, by: string): Promise<Invalid | { outcome: 'stored' }>;
}

/** Where a member of staff stands: nobody but `active` can log in or act. */
export type StaffStatus =
  | 'active'
  /** The link was not used yet, or ran out: see `invitedUntil`. */
  | 'invited'
  /** 90 days without a login. A new invitation opens the account again. */
  | 'idle'
  | 'disabled';

/** A member of staff. The name is shown to colleagues; holders of licences see the authority. */
export interface StaffMember {
  accountId: string;
  name: string;
  duties: readonly StaffDuty[];
  status: StaffStatus;
  /** To the day; milliseconds since the epoch. */
  lastLoginAt?: number | undefined;
  /** End of an invitation that was not used. */
  invitedUntil?: number | undefined;
}

/** How an invitation ends. The token goes into the link and is kept nowhere. */
export type InvitationOutcome =
  | { outcome: 'invited'; accountId: string; token: string; expiresAt: number }
  /** Not by a security administrator, by the person themselves, or by the console when it may no longer. */
  | { outcome: 'not-allowed' };

/**
 * The people who act for authorities: personal accounts, passkeys only, invited and never registered by themselves.
 *
 * `by` is the account of an active security administrator, or `operator`: the console. The console invites only while
 * nobody is an active security administrator; after that it takes `isEmergency`, which the log and the administrators'
 * pages show. Nobody changes their own account.
 */
export interface Staff {
  /** Invites somebody new. The link works once, for 15 minutes. */
  invite(input: {
    name: string;
    duties: readonly StaffDuty[];
    by: string;
    isEmergency?: boolean | undefined;
  }): Promise<
    | InvitationOutcome
    /** Two of the three administrators in one person. */
    | { outcome: 'roles-exclude' }
    | Invalid
  >;
  /** A new link for somebody who lost the passkey, was idle or disabled, or was too late. Earlier links stop working. */
  inviteAgain(input: {
    accountId: string;
    by: string;
    isEmergency?: boolean | undefined;
  }): Promise<InvitationOutcome | { outcome: 'not-found' }>;
  /** Looks only: the invitation stays as it is. */
  findInvitation(
    token: string,
  ): Promise<{ name: string; duties: readonly StaffDuty[]; expiresAt: number } | undefined>;
  passkeyOptions(input: {
    token: string;
    transaction: Transaction;
  }): Promise<({ outcome: 'options' } & PasskeyOptions) | Expired>;
  /**
   * Binds the passkey, which must verify its user. Earlier passkeys and all sessions of the account end. The first of
   * several at once wins.
   */
  accept(input: {
    token: string;
    challengeId: string;
    response: unknown;
    /** What the passkey is called. */
    label: string;
    transaction: Transaction;
  }): Promise<{ outcome: 'accepted'; accountId: string } | { outcome: 'passkey-refused' } | Expired>;
  /** Undefined unless active. Asked on every request of staff: one read. */
  find(accountId: string): Promise<StaffMember | undefined>;
  /** Whatever the status. */
  findAny(accountId: string): Promise<StaffMember | undefined>;
  /** Whatever the status, by the time of the first invitation. */
  list(query?: { authorityCode?: string; after?: string; limit?: number }): Promise<Page<StaffMember>>;
  /** Sessions of the person end. */
  changeDuties(input: {
    accountId: string;
    duties: readonly StaffDuty[];
    by: string;
  }): Promise<{ outcome: 'changed' | 'not-allowed' | 'roles-exclude' | 'not-found' } | Invalid>;
  /** Sessions of the person end; an open invitation stops working. Idempotent. */
  disable(input: {
    accountId: string;
    by: string;
  }): Promise<{ outcome: 'disabled' | 'not-allowed' | 'not-found' }>;
}
