import type { Bilingual, IdentifierType, Page } from '../core/index.ts';
import type { FilePicture } from '../drawing/index.ts';

/**
 * States of a licence. `not-yet-valid` (issued, its first day of validity is still to come), `expired` and `superseded` are
 * computed when read; the others are said by the issuer.
 * @see GB/T 36904 series; the national codes 01 to 99 are in transitions.ts
 */
export type LicenceStatus =
  | 'not-yet-valid'
  | 'valid'
  | 'suspended'
  | 'revoked'
  | 'rescinded'
  | 'cancelled'
  | 'expired'
  | 'superseded'
  | 'transferred'
  | 'other';

/** Who a licence belongs to. */
export interface Holder {
  idType: IdentifierType;
  /** Normalised. */
  idNumber: string;
  name: string;
}

/** One version of a licence. Nothing in it changes but `file`, which appears when it is drawn and sealed. */
export interface LicenceVersion {
  /** From 1. */
  version: number;
  /** Version of the type whose fields and template this was written by. */
  typeVersion: number;
  /** GB/T 36904 identifier. */
  identifier: string;
  holders: readonly Holder[];
  /** YYYY-MM-DD. */
  issuedOn: string;
  validFrom: string;
  /** Last day of validity; null: without end. */
  validUntil: string | null;
  areaCode?: string | undefined;
  /** Fields of the type, as its schema allows. */
  data: Readonly<Record<string, unknown>>;
  caseNumber?: string | undefined;
  serviceItemCode?: string | undefined;
  /** SHA-256 (hex) of the holder's photo, which lies beside the licence as a file; part of what `hash` covers. */
  photo?: string | undefined;
  /** When we learned it, milliseconds. */
  recordedAt: number;
  /** Staff id or client id. */
  recordedBy: string;
  /** Random part of the status page's address that its printed QR carries; opens status only. */
  statusToken: string;
  /** SHA-256 (hex) over the canonical JSON of what the version says, without file: what receipts name. */
  hash: string;
  file?:
    | {
        sha256: string;
        sizeBytes: number;
        sealId: string;
        certificateSha256: string;
        sealedAt: number;
      }
    | undefined;
}

/** One entry of a licence's history of states. */
export interface LicenceTransition {
  to: LicenceStatus;
  /** From when it counts, milliseconds; at most now when recorded. */
  effectiveAt: number;
  /** When we learned it, milliseconds. */
  recordedAt: number;
  by: string;
  reason?: string | undefined;
}

/** A licence with everything that ever was said of it: one document. */
export interface Licence {
  /** 128 bits of a keyed hash over type, issuer and number, 22 characters of base64url: opaque, in URLs. */
  id: string;
  typeCode: string;
  issuerCode: string;
  /** Further issuing authorities of a joint issue. */
  jointIssuerCodes: readonly string[];
  number: string;
  versions: readonly LicenceVersion[];
  transitions: readonly LicenceTransition[];
  /** Id of the licence that this one renews. */
  predecessorId?: string | undefined;
  /** An open objection of a holder: verifiers see `disputed`. */
  disputed?: { objectionId: string; since: number } | undefined;
  createdAt: number;
}

/** What a licence was at an instant. */
export interface LicenceState {
  status: LicenceStatus;
  /** The version that counted then. */
  version: LicenceVersion;
  reason?: string | undefined;
  since: number;
  isDisputed: boolean;
}

/** A type of licence, versioned. */
export interface LicenceType {
  /** Credit code of the defining body and three digits. */
  code: string;
  version: number;
  name: Bilingual;
  kind: 'licence' | 'approval';
  holderKind: 'resident' | 'organisation' | 'both';
  /** How many holders a licence has at least and at most. */
  holders: { min: number; max: number };
  /** JSON Schema 2020-12 of `data`; every property has a bilingual title (`title` zh, `x-title-en`). */
  fields: Readonly<Record<string, unknown>>;
  /** Name of the template that draws it. */
  template: string;
  /** Longest validity in months, or `none` for types without an end; `free` where the issuer says. */
  validity: { rule: 'months'; months: number } | { rule: 'none' } | { rule: 'free' };
  /** Regular expression that a number fulfils, or `issued`: the library makes it. */
  number: { rule: 'pattern'; pattern: string; example: string } | { rule: 'issued'; prefix: string };
  /** 1 to 3: lowest assurance level at which a holder sees and shows it. */
  securityLevel: 1 | 2 | 3;
  status: 'active' | 'withdrawn';
}

/** Pictures of a sealed file: one in which nothing can be read, one for a phone, one for a large screen. */
export type PictureSize = 'blurred' | 'small' | 'large';

/** The library as rooms above it use it: reading, and drawing on first use. Writes come by its API and pages. */
export interface LicenceLibrary {
  types: {
    find(code: string, version?: number): Promise<LicenceType | undefined>;
    list(): Promise<readonly LicenceType[]>;
  };
  findById(id: string): Promise<Licence | undefined>;
  /** By type, number and issuer; without the issuer every authority that issues the type is tried. */
  findByNumber(query: {
    typeCode: string;
    number: string;
    issuerCode?: string | undefined;
  }): Promise<Licence | undefined>;
  /** Licences of a holder, newest first. Superseded ones are among them. */
  findByHolder(query: {
    idType: string;
    idNumber: string;
    typeCode?: string | undefined;
    after?: string | undefined;
    limit?: number | undefined;
  }): Promise<Page<Licence>>;
  /**
   * Licences of a holder whose last day is one of these (YYYY-MM-DD, both included), the earliest first. Whether one is valid
   * until then is not asked: revoked and superseded ones are among them.
   */
  findEnding(query: {
    idType: string;
    idNumber: string;
    from: string;
    to: string;
    limit: number;
  }): Promise<readonly Licence[]>;
  /** The licence and version whose sealed file has this SHA-256 (hex). */
  findByFile(sha256: string): Promise<{ licence: Licence; version: LicenceVersion } | undefined>;
  /** The licence and version whose printed QR carries this token. */
  findByStatusToken(token: string): Promise<{ licence: Licence; version: LicenceVersion } | undefined>;
  /**
   * What the licence was at an instant (milliseconds), as far as was known at `knownAt` (default now). Undefined before it
   * existed. What was recorded later counts from its own effective time on, so that a licence revoked from the beginning was
   * never valid. Reading the predecessor index makes a renewed licence `superseded`.
   */
  stateAt(licence: Licence, at: number, knownAt?: number): Promise<LicenceState | undefined>;
  /**
   * The sealed file of a version; a version that has none yet (imported data) is drawn and sealed now.
   * @throws {Problem} licence-not-found | licence-ended (nothing is sealed for what was revoked, rescinded, cancelled or
   * transferred) | those of drawing and sealing
   */
  fileOf(id: string, version: number): Promise<{ bytes: Buffer; sha256: string }>;
  /**
   * The sealed file of a version as a picture: what fileOf gives, painted, seals included.
   * @throws {Problem} those of fileOf | file-not-paintable | drawing-busy
   */
  pictureOf(id: string, version: number, size: PictureSize): Promise<FilePicture>;
  /** Marks or clears an open objection. Idempotent. @throws {Problem} licence-not-found */
  setDisputed(id: string, disputed: Licence['disputed']): Promise<void>;
}
