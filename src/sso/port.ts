import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Middleware } from 'koa';
import type { AssuranceLevel, Bilingual, PendingEvent, StaffDuty } from '../core/index.ts';
import type { ClientCaller } from '../http/index.ts';

/** What a person is being asked in a login that a site started. */
export interface InteractionDetails {
  uid: string;
  /**
   * `login`: who are you (or: with more assurance); `create`: register (prompt=create); `acting`: for yourself or for an
   * organisation; `consent`: may the site know this.
   */
  prompt: 'login' | 'create' | 'acting' | 'consent';
  /** Why: names of the failed checks, such as `no_session`, `max_age`, `acr_too_low`, `op_claims_missing`. */
  reasons: readonly string[];
  client: { id: string; name: Bilingual; logoUri?: string | undefined; firstParty: boolean };
  /** Origin of the redirect_uri, for the form-action of the page's policy. */
  redirectOrigin: string;
  /** Account of the live session, when there is one. */
  accountId?: string | undefined;
  /** Lowest assurance level asked for, 0 when none; essential when the site cannot do with less. */
  requestedLevel: { level: AssuranceLevel; essential: boolean };
  /** Level that the live session has now; 0 without one. Below requestedLevel it is a step-up. */
  sessionLevel: AssuranceLevel;
  loginHint?: string | undefined;
  uiLocales: readonly string[];
  /** The organisation that the live session acts for. */
  actingFor?: ActingFor | undefined;
  /** On an acting prompt: the code that the login page gave for why it has to be asked. */
  actingReason?: string | undefined;
  /** On a consent prompt: scopes and claims not yet allowed. */
  missing?: { scopes: readonly string[]; claims: readonly string[] } | undefined;
  /** On a consent prompt: licences that the site asks to verify, each to be allowed or refused by itself. */
  licenceRequests: readonly LicenceRequest[];
}

/** What a site asks for with a login: one entry of `authorization_details` of type licence_verification. @see RFC 9396 2 */
export interface LicenceRequest {
  licenceTypes: readonly string[];
  matter: { purpose: string; serviceItemCode: string; caseNumber: string };
  /** Milliseconds since the epoch. */
  validUntil?: number | undefined;
  reads?: number | undefined;
}

/** What sso needs of the wallet. */
export interface LicenceRequestsPort {
  /** Why a site may not ask this, in words for its makers; undefined when it may. */
  refusal(request: LicenceRequest, clientId: string): Promise<string | undefined>;
}

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

/** What a login page found out about whom the person wants to act for. */
export type ActingWish =
  /** Confirmed: the session acts for it from the start. */
  | { organisationId: string }
  /** To be asked after the login, and why: a code of the page's own. */
  | { reason: string };

/** How a person authenticated in this session. */
export interface Authentication {
  accountId: string;
  /** RFC 8176 values. */
  amr: readonly string[];
  /** What these methods carry, 0..3; acr is the lower of this and the account's proofing level. */
  methodLevel: AssuranceLevel;
  /** Whom they want to act for; absent on the tab for persons. */
  acting?: ActingWish | undefined;
}

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
  /**
   * Answers the question for whom the person acts: for an organisation that identity has confirmed just now, or for
   * themselves; answers the URL to go on to.
   * @throws {Problem} interaction-expired when that was not the question
   */
  chooseActing(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
    organisationId: string | undefined,
  ): Promise<string>;
  /**
   * Records the person's consent to everything that was missing and answers the URL to go on to. `shares` are the consents
   * behind the licence requests, in their order; null where the person refused one.
   */
  allow(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
    shares?: readonly (string | null)[],
  ): Promise<string>;
  /** Ends the request with an OAuth error to the site; the login stays. */
  refuse(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
    error: 'access_denied' | 'unmet_authentication_requirements',
  ): Promise<string>;
  /**
   * The person goes on without another login: because the account has risen to the level asked for meanwhile, or although it
   * cannot be reached, where the site asked for it voluntarily.
   * @throws {Problem} interaction-expired when the level is essential and still not reached
   */
  acceptLower(req: IncomingMessage, res: ServerResponse, uid: string): Promise<string>;
  /**
   * The site behind an interaction that is over or belongs to another browser, as long as its record is kept: where the
   * person can start again. Says nothing about any person.
   */
  findSite(uid: string): Promise<{ name: Bilingual; uri: string } | undefined>;
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

/**
 * A client's registration in the names of RFC 7591. `scope` holds scopes of sites and of our API (`licences:issue`) alike.
 */
export interface ClientMetadata {
  client_id?: string;
  client_secret?: string;
  client_name?: string;
  'client_name#en'?: string;
  redirect_uris?: string[];
  scope?: string;
  /** Why this client may go without PKCE (RFC 7636): a written exception for a legacy system. */
  pkce_exception?: string;
  /** Members of staff may log in here with their accounts of staff; needed for the scope `staff`. */
  staff_login?: boolean;
  /** The authority (credit code) that this system acts for. */
  authority_code?: string;
  /** Codes of the types that it may issue for that authority; `*` alone: all that the authority issues. */
  licence_types?: string[];
  [name: string]: unknown;
}

/** For which authority a system acts, and which types it may issue: `*` or their codes. */
export interface ClientRights {
  authorityCode: string;
  licenceTypes: '*' | readonly string[];
}

/** The register of service sites and systems. Other processes see a change within seconds. */
export interface Clients {
  /**
   * Registers a client and answers the whole registration. client_id and client_secret are made up when absent; this is
   * the only time the secret is shown.
   * @throws {Problem} client-metadata-invalid with what is wrong in words | already-exists
   */
  add(metadata: ClientMetadata, actor?: string): Promise<ClientMetadata>;
  /** Without secrets. */
  list(): Promise<ClientMetadata[]>;
  /** Without its secret. @throws {Problem} not-found */
  get(clientId: string): Promise<ClientMetadata>;
  /** Its tokens and grants stop working. @throws {Problem} not-found */
  remove(clientId: string, actor?: string): Promise<void>;
  /** The name for people, for lists; undefined when there is no such client any more. */
  findName(clientId: string): Promise<Bilingual | undefined>;
  /** What a system may do for an authority, as registered; undefined for all others. Cached: made to be asked on every request. */
  rightsOf(clientId: string): Promise<ClientRights | undefined>;
}

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

/** Why a bearer token was not accepted; for WWW-Authenticate and the log. */
export type TokenFault = 'malformed' | 'expired' | 'not-for-us' | 'sender-constrained' | 'revoked';

/** A client as people read of it. */
export interface ClientLabel {
  id: string;
  name: Bilingual;
}

/** The pages that the provider needs; drawn elsewhere. Each call answers the request completely (status, headers, body). */
export interface SsoPages {
  /** An authorization or logout request that cannot be answered to the site, or an endpoint opened in a browser. */
  renderError(
    ctx: Context,
    fault: {
      status: number;
      error: string;
      description: string;
      text: Bilingual;
      retryAfterSeconds?: number;
    },
  ): void | Promise<void>;
  /**
   * Asks whether to log out: a POST form to `action` with hidden `xsrf`; button `logout-yes` sends logout=yes, button
   * `logout-no` sends nothing more and leaves only the site that asked. `formAction`: origins for the page's policy.
   */
  renderLogout(
    ctx: Context,
    question: {
      action: string;
      xsrf: string;
      /** The site that asked for it. */
      client?: ClientLabel | undefined;
      /** Every site that the session entered: all of them are left by `logout-yes`. */
      sites: readonly ClientLabel[];
      formAction: readonly string[];
    },
  ): void | Promise<void>;
  /**
   * Sends what the protocol answers back to the site (response_mode=form_post): a POST form to `action` with hidden `fields`, and
   * a button for those without scripts. The policy of the page is set afterwards.
   */
  renderReturn(
    ctx: Context,
    answer: {
      action: string;
      fields: Readonly<Record<string, string>>;
      client?: ClientLabel | undefined;
      status: number;
    },
  ): void | Promise<void>;
  /** `left`: the one site that was left by `logout-no`; the session goes on. Undefined: the session is over everywhere. */
  renderLoggedOut(ctx: Context, done: { left?: ClientLabel | undefined }): void | Promise<void>;
}

/** What the room offers to the composition root. */
export interface Sso {
  /** Everything under /oidc and the discovery documents; passes on what is not its own. No body parser before it. */
  middleware: Middleware;
  /** Patterns of the paths that the middleware answers, for the outer chain and the metrics. */
  paths: readonly string[];
  interactions: Interactions;
  sessions: Sessions;
  clients: Clients;
  portal: PortalClient;
  /** Checks a bearer token for our API. */
  verifyAccessToken(token: string): Promise<{ caller: ClientCaller } | { fault: TokenFault }>;
  /** The account behind the subject that a client knows, for our API and the audit; undefined when it is none. */
  resolveSubject(clientId: string, sub: string): Promise<string | undefined>;
  /** Relayed events of this and lower rooms. Idempotent; ignores what does not concern it. */
  onEvent(event: PendingEvent): Promise<void>;
  close(): void;
}
