/**
 * sso: the login protocol. OpenID Connect and OAuth 2.0 over oidc-provider, so that sites that speak nothing else let our
 * people in, and one logout is a logout everywhere.
 *
 * Owns: the provider's configuration and its persistence over the store, single sign-on sessions, remembered consents, the
 * client register, prompts and assurance checks, claims and scopes, requests for licences that come with a login, pairwise
 * subjects, logout notices, the check of access tokens for our API.
 * Does not own: who somebody is and how they log in (identity), the pages they see (portal), delivering notices (outbound),
 * guarding API routes (http; app.ts hands it verifyAccessToken).
 * Routes: /oidc/* and the two discovery documents, as one middleware; the interaction pages call `interactions`.
 * Events: events.ts. Hears its own sso.session.ended (sites are told then) and what identity says ends sessions or acting.
 * Collections: sso-clients, sso-sessions, sso-consents, sso-artefacts, sso-replays.
 * Standards: OpenID Connect Core, Discovery, RP-Initiated and Back-Channel Logout 1.0, prompt=create, RFC 6749, 7009, 7591,
 * 7636, 7662, 8707, 9068, 9126, 9207, 9396, 9700.
 */
import './events.ts';
import './problems.ts';

export { createSso } from './create-sso.ts';
export type * from './port.ts';
export { portalClientId, portalStateSeconds } from './portal-client.ts';
export { sessionLifetimes } from './session-records.ts';
