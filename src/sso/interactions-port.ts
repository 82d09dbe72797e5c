import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AssuranceLevel, Bilingual } from '../core/index.ts';
import type { ActingFor } from './accounts-port.ts';

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
