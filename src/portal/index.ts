/**
 * portal: every page that a person sees of their identity: home, login, registration, recovery, consent, account, logout; and the
 * desks of administrators.
 *
 * Owns: these pages, their forms and texts, the portal's own session and its cookies, the device cookie; the order in which
 * questions are asked when a site wants more than a person has; joining the staff, the home page of staff (other rooms hand in
 * their places of work as adminLinks), and the pages about staff, authorities and the log.
 * Does not own: who people are and what they may change (identity), sessions, grants and the protocol (sso), the guard, the
 * frame of a page and its security headers (http).
 * Routes: / /login /register /logout /portal/callback /privacy /accessibility /interaction/{uid}/... /account/... /report/{token}
 * /invitation/{token} /admin /admin/staff/... /admin/authorities/... /admin/audit.
 * Events: portal.* (events.ts).
 * Collections: portal-sessions.
 * Standards: OpenID Connect Core 1.0 3.1.2.1 (login and consent), RP-Initiated Logout 1.0 2, Initiating User Registration 1.0,
 * WCAG 2.2 AA.
 */
import './events.ts';
import './problems.ts';

export { createPortal } from './create-portal.ts';
export { footerLinks } from './standing-pages.ts';
