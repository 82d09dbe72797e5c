import type { Bilingual, Page, StaffDuty } from '../core/index.ts';
import type { Authenticated, Expired, Invalid, PasskeyOptions, Transaction, Visitor } from './outcomes.ts';

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
  find(code: string): Promise<Authority | undefined>;
  list(query?: { after?: string; limit?: number }): Promise<Page<Authority>>;
  /** Registers an authority or changes it; `by` is a staff id or `operator`. Idempotent. */
  put(authority: Authority, by: string): Promise<Invalid | { outcome: 'stored' }>;
}

/** A member of staff. The name is shown to colleagues; holders of licences see the authority. */
export interface StaffMember {
  accountId: string;
  name: string;
  duties: readonly StaffDuty[];
  status: 'active' | 'disabled';
  lastLoginAt?: number | undefined;
}

/** The people who act for authorities: personal accounts, passkeys only, invited and never registered by themselves. */
export interface Staff {
  /**
   * Invites somebody new, or (with `accountId`) a colleague who lost the passkey. The link works once, for 15 minutes.
   * `by` is a staff id; `operator` is the console, which invites only while there is no security administrator yet.
   */
  invite(input: {
    name: string;
    duties: readonly StaffDuty[];
    accountId?: string | undefined;
    by: string;
  }): Promise<
    | { outcome: 'invited'; token: string; expiresAt: number }
    | { outcome: 'not-allowed' }
    /** Two of the three administrators in one person. */
    | { outcome: 'roles-exclude' }
    | Invalid
  >;
  findInvitation(
    token: string,
  ): Promise<{ name: string; duties: readonly StaffDuty[]; expiresAt: number } | undefined>;
  passkeyOptions(input: {
    token: string;
    transaction: Transaction;
  }): Promise<({ outcome: 'options' } & PasskeyOptions) | Expired>;
  /** Binds the passkey; with a lost one, the old ones and all sessions end. */
  accept(input: {
    token: string;
    challengeId: string;
    response: unknown;
    transaction: Transaction;
    visitor: Visitor;
  }): Promise<Authenticated | { outcome: 'passkey-refused' } | Expired>;
  /** Undefined when unknown, disabled, or idle for 90 days. Asked on every request of staff. */
  find(accountId: string): Promise<StaffMember | undefined>;
  list(query?: { authorityCode?: string; after?: string; limit?: number }): Promise<Page<StaffMember>>;
  /** Changes the duties; sessions of the person end. */
  changeDuties(input: {
    accountId: string;
    duties: readonly StaffDuty[];
    by: string;
  }): Promise<{ outcome: 'changed' | 'not-allowed' | 'roles-exclude' | 'not-found' }>;
  disable(input: {
    accountId: string;
    by: string;
  }): Promise<{ outcome: 'disabled' | 'not-allowed' | 'not-found' }>;
}
