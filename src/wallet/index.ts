/**
 * wallet: what a holder has and does with it: see their licences and what they look like, show one, let a site use one for one
 * matter, see who used it, object to an error.
 *
 * Owns: the pages /wallet and /admin/objections, codes that show a licence once, desk codes, consents of one site for one
 * matter, objections.
 * Does not own: licences (licences), what a verifier may learn and the check itself (verification), who may act for an
 * organisation (identity), the login that carries a consent (sso, portal), the log of uses (audit).
 * Routes: /wallet/..., /admin/objections/... Events: wallet.* (events.ts).
 * Collections: wallet-showings, wallet-desks, wallet-desk-codes, wallet-shares, wallet-objections.
 * Standards: RFC 9396 (consents that come with a login), ISO/IEC 18004 (QR).
 */
import './events.ts';
import './problems.ts';

export type { WalletDependencies } from './deps.ts';
export { matterFault } from './matter-fault.ts';
export { objectionsLink } from './objection-pages.ts';
export type * from './port.ts';
export { usesEvent, usesEventData } from './uses-event.ts';
export { createWallet } from './wallet.ts';
