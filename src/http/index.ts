/**
 * http: the way in. Route tables of all rooms become one server, and everything passes the same guard.
 *
 * Owns: route tables and their types, the guard (access, limits, size, type, CSRF, zod in and out), the one catch and the
 * problem answers (RFC 9457, or a page for people), security headers, request ids, trusted proxies, languages, views, the
 * frame of pages of staff, the menu of a person, static files, the OpenAPI document and its page, listening and graceful shutdown, the metrics
 * listener.
 * Does not own: who a caller is (app.ts hands in authenticators of sso and portal), what a page says (the room whose route it
 * is), sessions.
 * Routes: /healthz, /readyz, /assets/{hash}/{name}, /api/openapi.json, /api/docs.
 * Collections, events: none.
 * Standards: RFC 9110, RFC 9457, RFC 6750, CSP Level 3, OpenAPI 3.1.
 */
import './problems.ts';

export type { OriginCookies } from './cookies.ts';
export { createHttp, type Http, type HttpDeps } from './create-http.ts';
export { faultText, parseForm } from './form.ts';
export type { Authenticators, PersonRequirement } from './guard.ts';
export { setPolicy } from './headers.ts';
export { parseInput } from './input.ts';
export { pickText } from './locale.ts';
export { personMenu } from './person-menu.ts';
export * from './route.ts';
export { type Listener, listenMetrics } from './server.ts';
export {
  recentSeconds,
  type ShowStaffPage,
  staffMenu,
  staffShow,
  type TextRequest,
  textInput,
} from './staff-frame.ts';
