/**
 * verification: an approver asks whether a licence is good and gets one of three answers, with reasons and a signed receipt
 * in place of a photocopy.
 *
 * Owns: the table of checks and the rule that concludes from it, the table of service items (what each matter may learn of
 * which licences, and on what ground), questions as of a day, the API, the counter's pages, the status page of printed codes.
 * Does not own: licences and their states (licences), seals and their validation (seals), codes, desks and consents
 * (wallet), the receipt's signature and proof (receipts), who a client or a member of staff is (sso, portal).
 * Routes: POST /api/v1/verifications, POST /api/v1/verifications/file, /verify/..., /v/{token}.
 * Events: verification.* (events.ts); a use is read by holders through the wallet.
 * Collections: service-items, library-marks, counter-visits, counter-results.
 * Standards: GB/T 36901 to 36906 (names of checks and fields), RFC 3339, ETSI EN 319 102-1 (three-valued validation).
 */
import './events.ts';
import './problems.ts';

export { checks } from './checks.ts';
export { counterLink } from './counter-pages.ts';
export { createVerification, type VerificationDependencies } from './create-verification.ts';
export type * from './port.ts';
export type * from './question.ts';
export { reasons } from './reasons.ts';
export { createServiceItems } from './service-items.ts';
