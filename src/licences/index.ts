/**
 * licences: the library of licences. What an authority granted is one document with all its versions and states, drawn and
 * sealed, and nothing in it is ever deleted.
 *
 * Owns: types of licences and their fields, issuing and changing, the states and who may move them, the entitlements of
 * issuers, sealed files of versions and pictures of them, photos of holders beside them.
 * Does not own: how a licence looks (drawing), seals and their keys (seals), who people and authorities are (identity), who
 * may see or verify a licence (wallet, verification), the page behind a printed QR (verification).
 * Rules: the key is made of type, issuer and number, so a number is given once; every change is one conditional write; a
 * renewal is a licence of its own that names its predecessor, which has one successor. A joint issue names every authority
 * and carries one seal.
 * Routes: /api/v1/licences, /api/v1/licence-types, /admin/licences. Events: events.ts (licences.*).
 * Collections: licences, licence-renewals, licence-types.
 * Standards: GB/T 36904 (identifiers), JSON Schema 2020-12 (fields), RFC 8785 (what hashes are taken over).
 */
import './events.ts';
import './problems.ts';

export type { LicenceDraft } from './draft.ts';
export { createLicences, type Licences, type LicencesDeps } from './licences.ts';
export { licencesLink, shownNumber } from './pages.ts';
export { licencePageRoutes } from './pages-of-licence.ts';
export type * from './port.ts';
export { issuersOf } from './record.ts';
export type { Actor } from './rights.ts';
export { licenceRoutes } from './routes.ts';
export { seedTypes } from './seeds/index.ts';
export { statusTexts } from './transitions.ts';
