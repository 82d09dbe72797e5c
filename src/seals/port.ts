import type { SealCheckId, SealReason } from './checks.ts';

/** What a seal signs with: P-256 by default, RSA of 2048 bits or more where a reader wants it. */
export type SealAlgorithm = 'ES256' | 'RS256';

/**
 * The key of one seal, wherever it lives. It signs in the form that CMS carries (DER for ECDSA), unlike the keyring's
 * Signer, which signs for JOSE.
 */
export interface SealSigner {
  algorithm: SealAlgorithm;
  certificateDer: Buffer;
  /** Certificates between the seal's and the anchor, without both. */
  chain: readonly Buffer[];
  /** Hashes with SHA-256 and signs: an ECDSA-Sig-Value, or RSA PKCS #1 v1.5. */
  sign(bytes: Uint8Array): Promise<Buffer>;
}

/** A time-stamping authority. */
export interface TimeStamper {
  /**
   * A verified RFC 3161 token over a SHA-256 digest, DER.
   * @throws {Problem} time-stamp-unavailable (no answer) | time-stamp-refused (an answer that is not to be believed)
   */
  stamp(digest: Buffer): Promise<Buffer>;
}

/** The picture of a seal: a vector drawing that needs no resource (no font, no image, no transparency). */
export interface SealPicture {
  bbox: readonly [left: number, bottom: number, right: number, top: number];
  /** Operators of a PDF content stream. */
  content: Uint8Array;
  /** They are deflated (ISO 32000-1 7.4.4). */
  isDeflated?: boolean;
}

/** Where a seal's picture stands, in points from the lower left corner of the page. */
export interface SealPlace {
  /** Name of the signature field: ASCII letters, digits, `-` and `_`. */
  name: string;
  /** Page number from 0. */
  page: number;
  rect: readonly [left: number, bottom: number, right: number, top: number];
}

/** How a check came out; `indeterminate` when what it needs is not at hand. */
export type CheckState = 'passed' | 'failed' | 'indeterminate';

/** One check of a validation. */
export interface SealCheck {
  /** From the table of checks. */
  id: SealCheckId;
  state: CheckState;
  /** Why it did not pass: one of the stable reasons of the table, never text from the file. */
  reason?: SealReason;
}

/** What is known of one signature of a file: many answers, never one boolean. */
export interface SignatureReport {
  /** Name of the signature field. */
  field: string;
  checks: readonly SealCheck[];
  /** The signed bytes are those of the file, and the key of the certificate signed them. */
  integrity: CheckState;
  signer?: {
    name: string;
    certificateSha256: string;
    trust: CheckState;
    notBefore: number;
    notAfter: number;
  };
  /** The time the checks count with: a verified time stamp's, or now when there is none. */
  time: { source: 'time_stamp' | 'now'; at: number };
  revocation: { state: 'good' | 'revoked' | 'revoked_after_sealing' | 'unknown'; revokedAt?: number };
  /** What was added to the file after this signature. */
  changesAfterSigning: 'none' | 'allowed' | 'forbidden' | 'unknown';
  coversWholeFile: boolean;
}

/** The result of a validation. A file that cannot be read has failed `fileChecks` and no signatures. */
export interface SealReport {
  /** SHA-256 of the file, hex. */
  sha256: string;
  sizeBytes: number;
  fileChecks: readonly SealCheck[];
  signatures: readonly SignatureReport[];
}

/** What a validation believes in, all as data. */
export interface SealTrust {
  /** Certificates pinned for the issuing authority. */
  anchors: readonly Uint8Array[];
  /** Certificates pinned for time-stamping authorities. */
  timeAnchors: readonly Uint8Array[];
  crls?: readonly Uint8Array[];
  ocspResponses?: readonly Uint8Array[];
}

/** One file to validate. */
export interface ValidationRequest {
  file: Uint8Array;
  trust: SealTrust;
  /** SHA-256 (hex) of the certificates registered for the authority that issues this type of licence; without, `signer-bound` stays open. */
  sealCertificates?: readonly string[];
}
