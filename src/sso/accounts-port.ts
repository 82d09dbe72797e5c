import type { AssuranceLevel, StaffDuty } from '../core/index.ts';

/** For whom a person acts, as sites may come to know it. */
export interface ActingFor {
  /** Random id, for events; sites never see it. */
  organisationId: string;
  name: string;
  /** 001 */
  idType: string;
  idNumber: string;
  role: 'legal_representative';
  /** When the right to act ends by itself; milliseconds since the epoch. */
  expiresAt?: number | undefined;
}

/** A person as sites may come to know it; app.ts adapts identity. Only confirmed values. */
export interface Account {
  /** 22 characters, 128 random bits: pairwise subjects are made of them. */
  id: string;
  /** False ends every session and token of the account at once. */
  active: boolean;
  proofingLevel: AssuranceLevel;
  /** Highest level that the account could reach by another login; the proofing level when absent. */
  reachableLevel?: AssuranceLevel | undefined;
  name?: string | undefined;
  /** E.164. */
  phoneNumber?: string | undefined;
  phoneVerified?: boolean | undefined;
  /** 111, ... */
  idType?: string | undefined;
  idNumber?: string | undefined;
  /** Milliseconds since the epoch. */
  updatedAt: number;
  /** Sessions and grants that began before this instant (milliseconds since the epoch) are over. */
  sessionsNotBefore?: number | undefined;
  /** Members of staff enter the portal, and sites whose registration says `staff_login`; no other site takes them for people. */
  duties?: readonly StaffDuty[] | undefined;
  /** Sessions of this account end when nothing happened for so long; the usual time when absent. */
  idleSeconds?: number | undefined;
}

/** What sso needs of identity. */
export interface AccountsPort {
  find(accountId: string): Promise<Account | undefined>;
  /** The organisation, if the person may act for it still. Asked in sessions that act, no others. */
  findActingFor(accountId: string, organisationId: string): Promise<ActingFor | undefined>;
  /** Whether there is any organisation to choose. Asked when a site wants to know for whom somebody acts. */
  hasOrganisations(accountId: string): Promise<boolean>;
}
