import type { Bilingual, Page, PendingEvent, StaffDuty } from '../core/index.ts';
import type { FieldFault } from '../http/index.ts';
import type { SealAlgorithm, SealPlace, SealReport } from './port.ts';

/** Life of a seal: applied for, approved by another person, in use, and out of use for a time or for good. */
export type SealStatus = 'applied' | 'approved' | 'active' | 'suspended' | 'revoked';

/** What can be done to a seal; who may, from where, and what follows is the table of transitions. */
export type SealAction = 'approve' | 'activate' | 'suspend' | 'resume' | 'revoke';

/** Who acts on the register: a member of staff with duties, or the console. */
export type SealActor = { id: string; duties: readonly StaffDuty[] } | { id: 'operator' };

/** A seal as the register shows it; the key never leaves the keyring. */
export interface Seal {
  /** 128 random bits, base64url. */
  id: string;
  /** Credit code of the authority that owns it. */
  ownerCode: string;
  ownerName: string;
  /** Line beneath the star, such as 行政审批专用章. */
  name: Bilingual;
  kind: 'official' | 'licence';
  diameterMm: 38 | 40 | 42 | 45;
  /** Thirteen digits under the arc, as filed with the police. */
  codeNumber: string;
  /** Type codes that it may seal. */
  typeCodes: readonly string[];
  status: SealStatus;
  /** P-256 unless RSA was asked for. */
  algorithm: SealAlgorithm;
  /** SHA-256 (hex) of its certificates, newest first: a renewal keeps the seal and its key. */
  certificates: readonly { sha256: string; notBefore: number; notAfter: number }[];
  appliedBy: string;
  approvedBy?: string | undefined;
  /** Every status that it had, oldest first. */
  history: readonly { status: SealStatus; at: number; by: string; reason?: string | undefined }[];
}

/** What an authority applies for. */
export interface SealApplication {
  ownerCode: string;
  /** Chinese: at most 12 characters, stands beneath the star. */
  name: Bilingual;
  kind: Seal['kind'];
  diameterMm: number;
  codeNumber: string;
  typeCodes: readonly string[];
  algorithm?: SealAlgorithm | undefined;
}

/** What does not happen to a seal, and why. */
export type SealRefusal =
  | { outcome: 'not-found' }
  /** None of the duties reaches this seal, or the console may not do this. */
  | { outcome: 'not-allowed' }
  /** Whoever applied for a seal does not approve it. */
  | { outcome: 'same-person' }
  | { outcome: 'wrong-status'; status: SealStatus }
  | { outcome: 'reason-missing' };

/** Why a certificate is not that of a seal. */
export type CertificateFault =
  /** No certificate in PEM. */
  | 'unreadable'
  /** It is for another key. */
  | 'other-key'
  /** It may not seal. */
  | 'unfit'
  | 'not-in-time'
  /** No anchor that may vouch for this authority issued it. */
  | 'untrusted'
  | 'already-installed';

/** The register of seals, for pages and commands. Every change is one document. */
export interface SealRegister {
  /** Applies for a seal and makes its key. By a seal keeper of the authority. */
  apply(
    application: SealApplication,
    actor: SealActor,
  ): Promise<
    | { outcome: 'applied'; seal: Seal }
    | { outcome: 'not-allowed' }
    | { outcome: 'invalid'; faults: readonly FieldFault[] }
  >;
  /** Draws the seal that an application would make, as SVG. Undefined when it cannot be drawn. */
  preview(spec: {
    ownerName: string;
    name: string;
    codeNumber: string;
    diameterMm: number;
  }): Promise<string | undefined>;
  /** Approves, suspends, resumes or revokes. @throws {Problem} version-conflict */
  act(
    action: Exclude<SealAction, 'activate'>,
    change: { sealId: string; actor: SealActor; reason?: string | undefined },
  ): Promise<{ outcome: 'changed'; seal: Seal } | SealRefusal>;
  /** The certificate request of a seal, PEM. @throws {Problem} seal-key-unavailable */
  request(sealId: string): Promise<string | undefined>;
  /** Installs what a certificate authority answered: the first one activates the seal, later ones renew it. */
  install(change: {
    sealId: string;
    actor: SealActor;
    pem: string;
  }): Promise<
    | { outcome: 'installed'; seal: Seal }
    | { outcome: 'certificate-refused'; fault: CertificateFault }
    | SealRefusal
  >;
  find(sealId: string): Promise<Seal | undefined>;
  /** The seal that a certificate (SHA-256, hex) was ever installed for. */
  findByCertificate(sha256: string): Promise<Seal | undefined>;
  /** Newest application first. */
  list(query?: { ownerCode?: string; after?: string; limit?: number }): Promise<Page<Seal>>;
  /** How many files it has sealed, counted to at most 10,000. */
  countUses(sealId: string): Promise<number>;
  /** Subject, issuer and validity of the newest certificate, for people. */
  certificateOf(sealId: string): Promise<CertificateFacts | undefined>;
}

/** What a page says of a certificate. */
export interface CertificateFacts {
  name: string;
  issuerName: string;
  /** Hex. */
  serial: string;
  sha256: string;
  notBefore: number;
  notAfter: number;
}

/** One use of a seal. */
export interface SealUse {
  id: string;
  sealId: string;
  at: number;
  licenceId: string;
  version: number;
  typeCode: string;
  /** SHA-256 of the sealed file, hex. */
  fileSha256: string;
}

/** What a licence is sealed with. */
export interface SealedFile {
  file: Buffer;
  sha256: string;
  sealId: string;
  certificateSha256: string;
  /** Time of the time stamp, but not before our own clock, in which the register's history is kept. Milliseconds. */
  sealedAt: number;
  /** `seals.seal.used`: to ride in the document that the caller writes, so that file, licence and use are one write. */
  event: PendingEvent;
}

/** The room as others use it. */
export interface SealService {
  register: SealRegister;
  /**
   * Seals a drawn licence with the active seal that the authority registered for this type; the latest activated wins.
   * @throws {Problem} seal-not-available (no active seal of this authority for the type) | seal-key-unavailable |
   * time-stamp-unavailable | time-stamp-refused | pdf-not-sealable
   */
  sealLicence(request: {
    authorityCode: string;
    typeCode: string;
    licenceId: string;
    version: number;
    pdf: Uint8Array;
    place: SealPlace;
  }): Promise<SealedFile>;
  /** Whether a seal would be found, without using it: asked before anything is drawn. */
  findSealFor(authorityCode: string, typeCode: string): Promise<Seal | undefined>;
  /**
   * Validates a sealed file in a worker. With `authorityCode`, anchors and registered seals are those of that authority for
   * the type, at the time of sealing; without, integrity and chain only, and `signer-bound` stays open.
   * @throws {Problem} validator-busy
   */
  validate(request: {
    file: Uint8Array;
    authorityCode?: string | undefined;
    typeCode?: string | undefined;
  }): Promise<SealReport>;
  /** A seal with its history, and since when its certificate is revoked: what checks of a licence look at. */
  statusOf(sealId: string): Promise<{ seal: Seal; certificateRevokedAt?: number | undefined } | undefined>;
  uses(sealId: string, query?: { after?: string; limit?: number }): Promise<Page<SealUse>>;
}
