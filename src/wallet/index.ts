/**
 * wallet: what a holder has and does with it: see their licences, show one, let a site use one for one matter, see who used
 * it, object to an error.
 *
 * Owns: the pages /wallet and /admin/objections, codes that show a licence once, desk codes, consents of one site for one
 * matter, objections.
 * Does not own: licences (licences), what a verifier may learn and the check itself (verification), who may act for an
 * organisation (identity), the login that carries a consent (sso, portal), the log of uses (audit).
 * Routes: /wallet/..., /admin/objections/...
 */
import './events.ts';
import './problems.ts';

export type { WalletDependencies } from './deps.ts';
export { objectionsLink } from './objection-pages.ts';
export type * from './port.ts';
export { usesEvent, usesEventData } from './uses-event.ts';
export { createWallet } from './wallet.ts';
