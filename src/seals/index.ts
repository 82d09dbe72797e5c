/**
 * seals: an electronic seal on a PDF, put on and looked at, and the register of who may use which.
 *
 * Owns: the register of seals (applied for, approved by another person, in use, out of use), their certificates and uses;
 * sealing in three steps (prepare, sign, complete), so that the key may be anywhere; the CMS of a PAdES baseline
 * signature; the client of a time-stamping authority; trusted certificates and lists of revoked ones; the validation of
 * sealed files in threads of their own, which answers with a report of many checks.
 * Does not own: how a licence and the picture of its seal are drawn (drawing), where files lie, the keys themselves
 * (keyring), who acts for an authority (identity), what a verdict means for a licence.
 * Limits: one seal per file, which certifies it (no change after it but validation data); SM2 seals and PDF signatures with
 * RSA-PSS are not read; certificates revoked are known from the CRLs and OCSP answers handed in.
 * Routes: /admin/seals/... Events: seals.seal.applied ... used. Checks and reasons of a report: checks.ts; its life: transitions.ts.
 * Collections: seals, seal-uses, seal-crls.
 * Standards: ETSI EN 319 142-1 (PAdES B-B, B-T), ISO 32000-1 7.5 and 12.8, RFC 5652, RFC 5035, RFC 3161, RFC 5280, RFC 6960.
 */
import './events.ts';

export { readAnchors } from './anchors.ts';
export { type SealCheckId, sealChecks, sealReasons } from './checks.ts';
export { createSeals, type Seals, type SealsDependencies } from './create-seals.ts';
export { sealsLink } from './pages-desk.ts';
export type * from './port.ts';
export { completeSeal, placeholderBytes, prepareSeal } from './prepare-seal.ts';
export { sealProblems } from './problems.ts';
export type * from './register-port.ts';
export { sealFile, signSeal } from './seal-file.ts';
export { createSealSigner } from './seal-signer.ts';
export { createTimeStamper } from './time-stamper.ts';
export { sealStatusAt } from './transitions.ts';
export { createValidator, type Validator } from './validator.ts';
