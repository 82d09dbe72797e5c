/**
 * seals: an electronic seal on a PDF, put on and looked at.
 *
 * Owns: sealing in three steps (prepare, sign, complete), so that the key may be anywhere; the CMS of a PAdES baseline
 * signature; the client of a time-stamping authority; the validation of sealed files in threads of their own, which
 * answers with a report of many checks and believes only what it was given as trusted.
 * Does not own: how a licence and the picture of its seal are drawn, where files and keys lie, which seal belongs to whom
 * (it is told), what a verdict means for a licence.
 * Limits: one seal per file, which certifies it (no change after it but validation data); SM2 seals and PDF signatures with
 * RSA-PSS are not read; certificates revoked are known from the CRLs and OCSP answers handed in.
 * Routes, events and collections: none. Problems: problems.ts; checks and reasons of a report: checks.ts.
 * Standards: ETSI EN 319 142-1 (PAdES B-B, B-T), ISO 32000-1 7.5 and 12.8, RFC 5652, RFC 5035, RFC 3161, RFC 5280, RFC 6960.
 */
export { type CheckText, type SealCheckId, type SealReason, sealChecks, sealReasons } from './checks.ts';
export type * from './port.ts';
export {
  completeSeal,
  type PreparedSeal,
  placeholderBytes,
  prepareSeal,
  type SealRequest,
} from './prepare-seal.ts';
export { sealProblems } from './problems.ts';
export type * from './register-port.ts';
export { sealFile, signSeal } from './seal-file.ts';
export { createSealSigner } from './seal-signer.ts';
export { createTimeStamper, type TimeStamperDependencies } from './time-stamper.ts';
export { createValidator, type Validator, type ValidatorDependencies } from './validator.ts';
