import type { AssuranceLevel } from '../core/index.ts';
import type { ActingFor } from './accounts-port.ts';

/** What the portal learns when a person comes back from the authorization endpoint. */
export type PortalEntry =
  | {
      outcome: 'entered';
      accountId: string;
      /** To be kept in the portal's own session and asked for again by findLiveSession on each request. */
      sessionId: string;
      level: AssuranceLevel;
      amr: readonly string[];
      /** Seconds since the epoch. */
      authTime: number;
      returnTo: string;
    }
  /** The person or a check said no: `access_denied`, `login_required`, `unmet_authentication_requirements`, ... */
  | { outcome: 'refused'; error: string; returnTo: string }
  /** No state, foreign state, used or expired code: start again. */
  | { outcome: 'stale' };

/** A session as it stands now. */
export interface LiveSession {
  accountId: string;
  sessionId: string;
  level: AssuranceLevel;
  amr: readonly string[];
  /** Seconds since the epoch. */
  authTime: number;
  /** A member of staff's. */
  isStaff: boolean;
  actingFor?: Pick<ActingFor, 'organisationId' | 'name'> | undefined;
}

/** The portal as first-party client, in process: no consent, no HTTP to ourselves, one code path for step-up and prompts. */
export interface PortalClient {
  /** Path that the authorization endpoint sends people back to. */
  readonly callbackPath: string;
  /**
   * Where to send a person who has to log in (again, or with more assurance). `state` goes into an HttpOnly cookie of the
   * browser (10 minutes, Lax) and comes back to `redeem`.
   */
  authorizationUrl(request: {
    /** Path of our own to go on to. */
    returnTo: string;
    level?: AssuranceLevel | undefined;
    maxAgeSeconds?: number | undefined;
    prompt?: 'login' | 'create' | 'none' | undefined;
    uiLocales?: string | undefined;
  }): { url: string; state: string };
  /** Reads the query of the callback. A code works once. */
  redeem(query: Readonly<Record<string, unknown>>, state: string | undefined): Promise<PortalEntry>;
  /**
   * The session if it lives: not ended anywhere, not idle, account active. Counts as activity. To be asked on each request.
   */
  findLiveSession(sessionId: string): Promise<LiveSession | undefined>;
}
