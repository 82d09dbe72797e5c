/**
 * licences: the library of licences. What an authority granted is one document with all its versions and states, drawn and
 * sealed, and nothing in it is ever deleted.
 *
 * Owns: types of licences and their fields, issuing and changing, the states and who may move them, the entitlements of
 * issuers, sealed files of versions.
 * Does not own: how a licence looks (drawing), seals and their keys (seals), who people and authorities are (identity), who
 * may see or verify a licence (wallet, verification).
 */
export type * from './port.ts';
