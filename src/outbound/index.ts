/**
 * outbound: every request that this system makes to another one, and nothing leaves but through here.
 *
 * Owns: the address guard (each hop's name resolved once, its addresses checked and pinned), time and size limits, the same
 * guard in the shape of fetch, the durable retry queue for notices (back-channel logout, account events), the SMS gateway.
 * Does not own: what the registers are asked (registries), what a logout token says (sso), the settings (config).
 * Collections: notices. Routes: none. Events: none; outcomes are in the metrics tongxing_outbound_*, tongxing_notices_*
 * and tongxing_sms_*.
 * Decision: docs/decisions/0006.
 * Standards: RFC 6890 (special-purpose addresses), Fetch 4.4 (redirects).
 */
import './problems.ts';

export type { ResolvedAddress } from './address-guard.ts';
export type { Dial, Resolve } from './connector.ts';
export { createNotices } from './notices.ts';
export { createOutbound } from './outbound.ts';
export type * from './port.ts';
export { createSmsGateway } from './sms.ts';
