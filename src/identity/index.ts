/**
 * identity: who people are and how they show it. The domain only: no pages, no HTTP, no OpenID Connect.
 *
 * Owns: accounts with their confirmed identifiers, phone, assurance records and ways to log in; registration with a real
 * name in three steps; login by password, code by SMS and passkey; recovery; the care of an account by its owner; lockouts,
 * codes and limits around all of these; messages about them; organisations and who stands for them by the business register;
 * authorities, and the staff who act for them.
 * Does not own: pages and cookies (portal), sessions, grants and claims (sso), the registers' wire (registries), the SMS
 * gateway (outbound), for whom somebody acts at the moment (sso).
 * Routes: none. Events: events.ts (identity.*).
 * Collections: accounts, organisations, authorities, registrations, recoveries, one-time-codes, passkey-challenges, lockouts.
 * Standards: GB 11643, NIST SP 800-63B-4 (authenticators), W3C WebAuthn Level 3, RFC 9106 (argon2id), RFC 8176 (amr).
 */
import './events.ts';
import './problems.ts';

export { registrableTypes } from './fields.ts';
export { createIdentity } from './identity.ts';
export type * from './port.ts';

/** Events after which sessions of the account that began earlier are over. */
export const sessionEndingEvents: readonly string[] = [
  'identity.account.disabled',
  'identity.account.recovered',
  'identity.account.theft-reported',
  'identity.staff.joined',
  'identity.staff.duties-changed',
  'identity.staff.disabled',
];

/** Events after which nobody acts for `organisation` as `account` any more. */
export const actingEndingEvents: readonly string[] = ['identity.organisation.ended'];
