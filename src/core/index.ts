/**
 * core: the domain's words, pure. No input or output, no clock of its own, no dependency on any other room.
 *
 * Owns: national identifiers and their check algorithms, masking, Problem and its catalogue, canonical JSON (RFC 8785),
 * the page type, assurance levels, and the ports that lower rooms share (Clock, Random, Cipher, KeyRecords, RateCounter).
 * Does not own: how problems are shown (http), where records live (storage), how keys are kept (keyring).
 * Standards: GB 11643, GB 32100, GB 11714, GB/T 2260, GB/T 36904, RFC 9457, RFC 8785.
 */
export * from './page.ts';
export * from './ports.ts';
export * from './problem.ts';
export * from './problems.ts';
