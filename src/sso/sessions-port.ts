import type { Bilingual } from '../core/index.ts';

/** A live single sign-on session, as its owner sees it. */
export interface SessionSummary {
  id: string;
  loginAt: number;
  amr: readonly string[];
  /** Client ids entered in this session. */
  clients: readonly string[];
  /** The organisation that it acts for. */
  organisationId?: string | undefined;
  address?: string | undefined;
  userAgent?: string | undefined;
}

/** A site that a person allowed. */
export interface GrantSummary {
  clientId: string;
  clientName: Bilingual;
  /** Set for what was allowed while acting for this organisation. */
  organisationId?: string | undefined;
  scopes: readonly string[];
  claims: readonly string[];
  since: number;
}

/** Sessions and grants of an account: what the account page shows and ends. */
export interface Sessions {
  list(accountId: string): Promise<SessionSummary[]>;
  /** Ends one session: its sites are told by back-channel logout, its tokens die. */
  end(accountId: string, sessionId: string): Promise<void>;
  /**
   * Ends all sessions and grants, for example when the account is disabled; with `before` (milliseconds since the epoch) only
   * those that began, or were last added to, earlier. Idempotent.
   */
  endAll(accountId: string, reason?: string, before?: number): Promise<void>;
  /**
   * Lets a live session act for an organisation from now on, or without one for the person themselves; identity has confirmed
   * it just now. Sites entered before are left: they enter again and see the same as all. False when the session is over.
   */
  actFor(accountId: string, sessionId: string, organisationId: string | undefined): Promise<boolean>;
  /** Ends the person's sessions that act for the organisation, and what was allowed in its name. Idempotent. */
  endActing(accountId: string, organisationId: string, reason?: string): Promise<void>;
  grants(accountId: string): Promise<GrantSummary[]>;
  /** Withdraws what a site was allowed, for oneself or for an organisation; its tokens die, the next entry asks again. */
  withdraw(accountId: string, clientId: string, organisationId?: string | undefined): Promise<void>;
}
