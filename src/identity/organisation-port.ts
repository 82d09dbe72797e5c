import type { AssuranceLevel } from '../core/index.ts';
import type { Invalid, Limited, Visitor } from './outcomes.ts';

/**
 * What somebody may be to an organisation. Agents with a mandate come beside the representative; their mandates will be
 * documents of their own that name the organisation.
 */
export type OrganisationRole = 'legal_representative';

/** An organisation as sites, wallets and verifiers may come to know it. Unmasked: for claims, never for logs or URLs. */
export interface OrganisationView {
  /** Random: what events and URLs carry. */
  id: string;
  /** As registered. */
  name: string;
  /** `{ type: '001', value }`: the unified social credit code. */
  identifiers: readonly { type: string; value: string }[];
  /**
   * How surely the organisation itself is behind whoever acts for it: 2 by a match of its representative in the business
   * register, 0 while nobody is bound. 3 takes a counter that saw licence and seal, or the electronic business licence.
   */
  level: AssuranceLevel;
}

/** An organisation that somebody may act for. */
export interface RepresentedOrganisation {
  organisationId: string;
  name: string;
  creditCode: string;
  role: OrganisationRole;
  level: AssuranceLevel;
  /** When the register last said so; milliseconds since the epoch. */
  confirmedAt: number;
}

/** What binding can end with. */
export type Bound =
  | { outcome: 'bound'; organisationId: string }
  /** By this very person, and the register confirmed it within the last day. */
  | { outcome: 'already-bound'; organisationId: string }
  /** The register names another representative. Says nothing about who. */
  | { outcome: 'mismatch' }
  /** The register has the person's number, and another name: after a change of name one of the registers lags behind. */
  | { outcome: 'name-differs' }
  | { outcome: 'not-found' }
  | { outcome: 'struck-off' }
  /** The register is down or not connected: nothing was checked, nothing has changed. */
  | { outcome: 'unavailable' }
  /** The person's own identity has to be proven to level 2 first (or is held after a recovery). */
  | { outcome: 'level-too-low' }
  | Invalid
  | Limited;

/** Whether somebody may act for an organisation now. */
export type Confirmation =
  | 'confirmed'
  /** No longer, or never: an organisation of others answers the same. */
  | 'ended'
  /** The last confirmation is older than a day and the register does not answer. */
  | 'unavailable'
  /** The same person under another name: the binding stands, and waits until the registers agree. */
  | 'name-differs'
  | 'level-too-low';

/**
 * Organisations and who stands for them. A person acts for an organisation, an organisation never logs in by itself. Acting
 * lives on the single sign-on session (sso); here is only who may.
 */
export interface Organisations {
  /** Binds an organisation to its legal representative by asking the business register; ends the binding of an earlier one. */
  bind(input: { accountId: string; creditCode: string; visitor: Visitor }): Promise<Bound>;
  /** Gives up the binding: the organisation can be bound again at any time. Idempotent. */
  release(input: { accountId: string; organisationId: string }): Promise<void>;
  /** Those that the person may act for, as far as was last confirmed, newest binding first. */
  list(accountId: string): Promise<RepresentedOrganisation[]>;
  /**
   * To be asked when somebody starts to act. Asks the register when its last answer is older than a day; `ended` also ends
   * the binding, with an event that ends the sessions acting for it.
   */
  confirm(accountId: string, organisationId: string): Promise<Confirmation>;
  /**
   * The binding as it stands, without asking the register: for each request of a session that acts. Undefined also while the
   * person's own identity is not proven to level 2 any more, or is held.
   */
  findRepresented(accountId: string, organisationId: string): Promise<RepresentedOrganisation | undefined>;
  find(organisationId: string): Promise<OrganisationView | undefined>;
}
