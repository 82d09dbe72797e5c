import type { Bilingual, Page, PendingEvent } from '../core/index.ts';
import type { SealPlace, SealReport } from './port.ts';

/** Life of a seal: applied for, approved by another person, in use, and out of use for a time or for good. */
export type SealStatus = 'applied' | 'approved' | 'active' | 'suspended' | 'revoked';

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
  /** SHA-256 (hex) of its certificates, newest first: a renewal keeps the seal. */
  certificates: readonly { sha256: string; notBefore: number; notAfter: number }[];
  appliedBy: string;
  approvedBy?: string | undefined;
  /** Every status that it had, oldest first. */
  history: readonly { status: SealStatus; at: number; by: string; reason?: string | undefined }[];
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
  /** Time of the time stamp, or of our clock at B-B. Milliseconds. */
  sealedAt: number;
  /** `seals.seal.used`: to ride in the document that the caller writes, so that file, licence and use are one write. */
  event: PendingEvent;
}

/** The room as others use it. */
export interface SealService {
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
  /** Status of the seal now and at an instant, for checks of a licence: was it registered for that authority and type, active then. */
  statusOf(
    sealId: string,
    at: number,
  ): Promise<
    { seal: Seal; statusThen: SealStatus | undefined; certificateRevokedAt?: number | undefined } | undefined
  >;
  uses(sealId: string, query?: { after?: string; limit?: number }): Promise<Page<SealUse>>;
}
