/**
 * keyring: the custody of all keys.
 *
 * Owns: the master key (the one secret that is a file), every other key as a record of the store wrapped under it, the
 * Signer port and its driver for such keys (PKCS #11 has a name in it and no driver), rotation, the Cipher that storage
 * encrypts and blinds with, secrets derived for a purpose.
 * Does not own: where key records lie (storage, through KeyRecords), how tokens are signed (sso's provider, which must
 * hold the token keys itself), who is certified for what (seals, receipts).
 * Life of a key: next (published, not used) -> active -> retired -> removed, or emptied to its public part, or kept.
 * Rotation is a series of single conditional writes, each of which leaves a sound state; any process may rotate, all see it.
 * Routes, collections, events: none. Commands: `tongxing keys list | rotate`.
 * Standards: NIST SP 800-38D (GCM), RFC 5869 (HKDF), RFC 7517 (JWK), RFC 7518 (ES256, RS256), RFC 7512 (PKCS #11 URIs),
 * RFC 5280 (certificates, made here and nothing more).
 */
import './problems.ts';

export { issueCertificate } from './certificate.ts';
export { sealOverheadBytes } from './cipher.ts';
export type { KeyringOptions } from './keyring.ts';
export { openKeyring, proveMasterKey } from './keyring.ts';
export { masterKeyFileName } from './master-key.ts';
export type { Keyring, KeySummary, Signer, SigningAlgorithm } from './port.ts';
