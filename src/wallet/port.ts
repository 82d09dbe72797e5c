import type { AssuranceLevel, Bilingual, Page } from '../core/index.ts';
import type { Licence, LicenceState } from '../licences/index.ts';
/** Who verifies, as the holder reads it. */
export interface Verifier {
  /** `client`: a system with an access token. `staff`: a member of staff at a counter. */
  kind: 'client' | 'staff';
  /** Client id, or account id of the member of staff: never shown. */
  id: string;
  /** Credit code of the authority that a member of staff verifies for. */
  authorityCode?: string | undefined;
  /** Name of the site or the authority. */
  name: Bilingual;
}

/** What somebody verifies for. All three are mandatory wherever a licence is read. */
export interface Matter {
  /** In the verifier's words, at most 200 characters. */
  purpose: string;
  serviceItemCode: string;
  caseNumber: string;
}

/** That a holder showed one licence: what a code or a desk ends in. */
export interface Presentation {
  licenceId: string;
  /** Who showed it: the holder, or somebody who acts for the organisation that holds it. Random ids. */
  accountId: string;
  organisationId?: string | undefined;
  /** Milliseconds since the epoch. */
  shownAt: number;
  /** What the holder was told that is learned, where that was said: nothing beyond it was agreed to. */
  facts?: readonly string[] | undefined;
}

/** What a code gives. Unknown, expired, used and withdrawn codes are not told apart, neither by words nor by time. */
export type Consumed =
  | { outcome: 'presented'; presentation: Presentation }
  | { outcome: 'refused' }
  /** Too many wrong codes by this verifier; milliseconds since the epoch. A right code is never limited. */
  | { outcome: 'limited'; retryAt: number };

/** Showing a licence by a QR code. */
export interface Presentations {
  /**
   * Makes the code that the QR carries: `TXS` and 26 characters of Crockford's base 32 (130 bits), good for 60 seconds and
   * once. Undefined when the account has no such licence in reach, which is the same answer as for one that does not exist.
   */
  show(input: {
    holder: HolderRef;
    licenceId: string;
  }): Promise<{ code: string; expiresAt: number; reference: string } | undefined>;
  /** Whether the code of a reference can still be used. The reference leads to no code and says nothing of the licence. */
  isLive(reference: string): Promise<boolean>;
  /**
   * Uses the code up for an authenticated verifier: of any number of calls exactly one gets the presentation. Case, blanks
   * and separators that a scanner may garble do not matter. A GET must never call it.
   */
  consume(code: string, verifier: Verifier): Promise<Consumed>;
}

/** A counter that waits for one holder to show one licence for one matter. */
export interface DeskView {
  /** The right to show something there, given to whoever typed the code: opaque, for this account only, for five minutes. */
  ticket: string;
  verifier: Verifier;
  matter: Matter;
  /** Name of the service item. */
  serviceItem: Bilingual;
  /** Types that the desk takes; empty: any. */
  typeCodes: readonly string[];
  expiresAt: number;
}

/** What the counter's page shows now. */
export type DeskState =
  /** Six digits, to be shown until `rotatesAt`; typing them works a little longer. */
  | { outcome: 'waiting'; code: string; rotatesAt: number; expiresAt: number }
  /** A holder has confirmed: `take` it. */
  | { outcome: 'presented' }
  /** Taken, closed, out of time, never there, or another verifier's: not told apart. */
  | { outcome: 'ended' };

/** Desk codes: the counter shows six digits, the holder types them, sees who asks and why, and confirms. */
export interface Desks {
  /** Opens a desk for one matter, for 15 minutes. @throws {Problem} service-item-unknown */
  open(input: {
    verifier: Verifier;
    matter: Matter;
    typeCodes?: readonly string[] | undefined;
  }): Promise<{ deskId: string; expiresAt: number }>;
  /** For the counter's page to draw itself again, every few seconds; the code in it changes every 45 seconds. @throws {Problem} too-many-desks */
  state(deskId: string, verifierId: string): Promise<DeskState>;
  /** What the holder confirmed, once: of any number of calls exactly one gets it. */
  take(deskId: string, verifierId: string): Promise<Presentation | undefined>;
  close(deskId: string, verifierId: string): Promise<void>;
  /** The holder's side: whom six digits lead to. Wrong ones are counted per person and for everybody together. */
  find(input: {
    code: string;
    accountId: string;
  }): Promise<
    { outcome: 'found'; desk: DeskView } | { outcome: 'unknown' } | { outcome: 'limited'; retryAt: number }
  >;
  /** The desk of a ticket once more, with a fresh one; undefined when it is over. */
  view(ticket: string, accountId: string): Promise<DeskView | undefined>;
  /**
   * The holder confirms. Again with the same licence: the same answer. `ended` also when somebody else was faster, `not-yours`
   * as for a licence that does not exist, `not-wanted` when the desk takes other types.
   */
  present(input: {
    ticket: string;
    holder: HolderRef;
    licenceId: string;
    /** Facts that the page named; without it, those of now. */
    seen?: readonly string[] | undefined;
  }): Promise<{ outcome: 'presented' | 'ended' | 'not-yours' | 'not-wanted' }>;
}

/** Whose wallet: a person, or an organisation that the person acts for. */
export interface HolderRef {
  accountId: string;
  /** Set when acting for an organisation; who may act is asked again on every call. */
  organisationId?: string | undefined;
}

/** What a site asks for with a login: one entry of `authorization_details`. @see RFC 9396 2 */
export interface ShareRequest {
  licenceTypes: readonly string[];
  matter: Matter;
  /** Milliseconds since the epoch; at most 180 days from now. */
  validUntil?: number | undefined;
  /** How often the site may read; default 10, at most 100. */
  reads?: number | undefined;
}

/** A consent: one site, one matter, these licences, until then, so often. */
export interface Share {
  id: string;
  clientId: string;
  accountId: string;
  organisationId?: string | undefined;
  /** Those that the person saw and left ticked, newest first. A licence issued later is not among them. */
  licences: readonly { licenceId: string; typeCode: string }[];
  licenceTypes: readonly string[];
  matter: Matter;
  grantedAt: number;
  validUntil: number;
  readsAllowed: number;
  readsLeft: number;
  withdrawnAt?: number | undefined;
}

/** One licence that a consent page offers. */
export interface ShareCandidate {
  licenceId: string;
  /** For the screen. */
  maskedNumber: string;
  issuer: Bilingual;
  /** Last day of validity; null: without end. */
  validUntil: string | null;
  isValid: boolean;
  /** What the site would learn of it, by `fact`. */
  tells: Readonly<Record<string, ToldFact>>;
}

/** What a consent page says about a request. */
export interface ShareOffer {
  serviceItem: Bilingual;
  matter: Matter;
  types: readonly {
    code: string;
    name: Bilingual;
    /** The least level at which its holder may show it. */
    level: AssuranceLevel;
    /** What the site would learn. */
    learns: readonly Learnable[];
    /** The holder's own, newest first, at most 20. */
    licences: readonly ShareCandidate[];
  }[];
  validUntil: number;
  reads: number;
}

/** Consents of holders to sites, for verification by holder. */
export interface Shares {
  /** Why a site may not ask this, in words for its makers; undefined when it may. Without a client: why nobody may. */
  refusal(request: ShareRequest, clientId?: string): Promise<string | undefined>;
  /** For the consent page; undefined when there is no such holder or the site may not ask this. */
  offer(holder: HolderRef, request: ShareRequest): Promise<ShareOffer | undefined>;
  /**
   * Records the consent. Undefined when one of the licences is not the holder's or was not asked for. `once` names the act of
   * consenting: the same again gives the same consent.
   */
  grant(input: {
    holder: HolderRef;
    clientId: string;
    request: ShareRequest;
    licenceIds: readonly string[];
    once: string;
    /** Facts that the page named; without it, those of now. */
    seen?: readonly string[] | undefined;
  }): Promise<Share | undefined>;
  /**
   * Counts one read and answers the licences it opens, newest first, or undefined: no such consent, another site, holder, type
   * or matter (also another purpose than the holder read), ended, withdrawn, or read as often as allowed: not told apart. Atomic: `readsAllowed` calls win, and none after
   * a withdrawal was answered. Without `shareId` the site's consents of this holder are tried.
   */
  use(input: {
    shareId?: string | undefined;
    clientId: string;
    holder: { idType: string; idNumber: string };
    typeCode: string;
    matter: Matter;
  }): Promise<
    | {
        shareId: string;
        accountId: string;
        licenceIds: readonly string[];
        /** What the holder agreed to. */
        facts?: readonly string[] | undefined;
      }
    | undefined
  >;
  /** Undefined unless it is the site's and live. */
  find(shareId: string, clientId: string): Promise<Share | undefined>;
  /** Newest first, ended ones included. */
  list(accountId: string, options?: { after?: string; limit?: number }): Promise<Page<Share>>;
  /** Idempotent. False when the account has no such consent. */
  withdraw(shareId: string, accountId: string): Promise<boolean>;
}

/** One thing that a verifier would learn, in the holder's words. */
export interface Learnable extends Bilingual {
  /** Names what is learned, whatever it is called: an agreement holds for it, and for nothing that comes later. */
  fact: string;
}

/** What a verifier would learn of one licence, masked for its holder's screen. */
export interface ToldFact {
  /** JSON; null where the licence does not say it. */
  value: unknown;
  words?: Bilingual | undefined;
}

/** What the wallet needs to know of service items; verification keeps their table. */
export interface MattersPort {
  /** Name of a service item; undefined when nobody registered it. */
  findServiceItem(code: string): Promise<{ name: Bilingual } | undefined>;
  /** Whether a client may verify for the item at all. */
  mayAsk(serviceItemCode: string, clientId: string): Promise<boolean>;
  /** What a verifier would learn of a licence of this type, in the holder's words; undefined: nothing, it may not ask. */
  learns(serviceItemCode: string, typeCode: string): Promise<readonly Learnable[] | undefined>;
  /** What it would learn of this very licence as it stands, by `fact`; what only its checks can answer is left out. */
  tells(
    serviceItemCode: string,
    licence: Licence,
    state: LicenceState,
  ): Promise<Readonly<Record<string, ToldFact>>>;
}

/** How verifiers are called. */
export interface VerifierNames {
  ofClient(clientId: string): Promise<Bilingual | undefined>;
  ofAuthority(code: string): Promise<Bilingual | undefined>;
}

/** One use of a licence, as its holder sees it. */
export interface LicenceUse {
  /** Milliseconds since the epoch. */
  at: number;
  /** Who; undefined when the site or authority is no longer registered. */
  verifier?: Bilingual | undefined;
  /** How it was asked for. */
  by: 'number' | 'code' | 'desk' | 'holder' | 'file';
  /** By holder: the consent or the statute that it rested on. Neither in what was recorded before these were. */
  shareId?: string | undefined;
  statute?: Bilingual | undefined;
  matter: Matter;
  serviceItem?: Bilingual | undefined;
  conclusion: 'valid' | 'not_valid' | 'cannot_tell';
}

/** Uses of a licence: read from the log, where verification records each of them as usesEvent. */
export interface Uses {
  /** Newest first, none before `since` (milliseconds). Whoever asks has checked that the licence is the holder's, and since when. */
  ofLicence(
    licenceId: string,
    options?: { after?: string; since?: number; limit?: number },
  ): Promise<Page<LicenceUse>>;
}

/** The room. */
export interface Wallet {
  presentations: Presentations;
  desks: Desks;
  shares: Shares;
  uses: Uses;
}
