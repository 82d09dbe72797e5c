import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware } from 'koa';

/** What a person is being asked in a login that a site started. */
export interface InteractionDetails {
  uid: string;
  /** `login`: who are you (or: with more assurance); `create`: register (prompt=create); `consent`: may the site know this. */
  prompt: 'login' | 'create' | 'consent';
  /** Why: names of the failed checks, such as `no_session`, `max_age`, `acr_too_low`, `op_claims_missing`. */
  reasons: readonly string[];
  client: { id: string; name: string; logoUri?: string | undefined; firstParty: boolean };
  /** Origin of the redirect_uri, for the form-action of the page's policy. */
  redirectOrigin: string;
  /** Account of the live session, when there is one. */
  accountId?: string | undefined;
  /** Lowest assurance level asked for, 0 when none; essential when the site cannot do with less. */
  requestedLevel: { level: 0 | 1 | 2 | 3; essential: boolean };
  loginHint?: string | undefined;
  uiLocales: readonly string[];
  /** On a consent prompt: scopes and claims not yet allowed. */
  missing?: { scopes: readonly string[]; claims: readonly string[] } | undefined;
}

/** How a person authenticated in this session. */
export interface Authentication {
  accountId: string;
  /** RFC 8176 values. */
  amr: readonly string[];
  /** What these methods carry, 0..3; acr is the lower of this and the account's proofing level. */
  methodLevel: 0 | 1 | 2 | 3;
}

/** A live single sign-on session, as its owner sees it. */
export interface SessionSummary {
  id: string;
  loginAt: number;
  amr: readonly string[];
  /** Client ids entered in this session. */
  clients: readonly string[];
  address?: string | undefined;
  userAgent?: string | undefined;
}

/** A site that a person allowed. */
export interface GrantSummary {
  clientId: string;
  clientName: string;
  scopes: readonly string[];
  claims: readonly string[];
  since: number;
}

/** Sessions and grants of an account: what the account page shows and ends. */
export interface Sessions {
  list(accountId: string): Promise<SessionSummary[]>;
  /** Ends one session: its sites are told by back-channel logout, its tokens die. */
  end(accountId: string, sessionId: string): Promise<void>;
  /** Ends all sessions and grants, for example when the account is disabled. Idempotent. */
  endAll(accountId: string): Promise<void>;
  grants(accountId: string): Promise<GrantSummary[]>;
  /** Withdraws what a site was allowed; its tokens die, the next entry asks again. */
  withdraw(accountId: string, clientId: string): Promise<void>;
}

/** The interaction side: what pages need to carry a login through. */
export interface Interactions {
  /** @throws {Problem} interaction-expired when the cookie and the uid do not name a live interaction of this browser. */
  details(req: IncomingMessage, res: ServerResponse, uid: string): Promise<InteractionDetails>;
  /** Completes login or registration and answers the URL to go on to (303). */
  login(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
    authentication: Authentication,
  ): Promise<string>;
  /** Records the person's consent to everything that was missing and answers the URL to go on to. */
  allow(req: IncomingMessage, res: ServerResponse, uid: string): Promise<string>;
  /** Ends the request with an OAuth error to the site; the login stays. */
  refuse(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
    error: 'access_denied' | 'unmet_authentication_requirements',
  ): Promise<string>;
  /** The person goes on although the level asked for (voluntarily) cannot be reached. */
  acceptLower(req: IncomingMessage, res: ServerResponse, uid: string): Promise<string>;
}

/** What the room offers to the composition root. */
export interface Sso {
  /** Everything under /oidc and the discovery documents. */
  middleware: Middleware;
  interactions: Interactions;
  sessions: Sessions;
}
