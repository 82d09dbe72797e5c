/**
 * core: the domain's words, pure. Nothing here reads a file, a clock or the network by itself; the only effects are the
 * two implementations of Clock and Random that the composition root hands to everybody.
 *
 * Owns: national identifiers and their check algorithms, masking, Problem and its catalogue, canonical JSON (RFC 8785), writing
 * DER, pages and cursors, assurance levels, days and times in China, and the ports that lower rooms share (Clock, Random,
 * Cipher, KeyRecords, RateCounter).
 * Does not own: how problems are shown (http), where records live (storage), how keys are kept (keyring), whether an
 * identifier belongs to somebody (registries).
 * Routes, collections, events: none.
 * Standards: GB 11643, GB 32100, GB 11714, GB/T 2260, GB/T 17710, GB/T 36904, ISO/IEC 7064, RFC 9457, RFC 8785, X.690, E.164.
 */
export * from './assurance-level.ts';
export * from './canonical-json.ts';
export * from './china-time.ts';
export * from './cursor.ts';
export * as der from './der.ts';
export { normaliseIdentifier } from './identifiers/characters.ts';
export * from './identifiers/check-characters.ts';
export * from './identifiers/credit-code.ts';
export * from './identifiers/id-number.ts';
export * from './identifiers/identifier.ts';
export * from './identifiers/licence-identifier.ts';
export { parseOrganisationCode } from './identifiers/organisation-code.ts';
export * from './identifiers/parsed.ts';
export * from './identifiers/permanent-residence-card.ts';
export * from './identifiers/phone-number.ts';
export { provinces } from './identifiers/provinces.ts';
export * from './identifiers/registration-number.ts';
export * from './identifiers/social-security.ts';
export * from './identifiers/travel-document.ts';
export * from './masking.ts';
export * from './page.ts';
export * from './plain-text.ts';
export * from './ports.ts';
export * from './problem.ts';
export * from './problems.ts';
export * from './readable.ts';
export * from './staff-role.ts';
export * from './system.ts';
