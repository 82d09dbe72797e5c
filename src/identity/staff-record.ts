import { z } from 'zod';
import { allStaffRoles, dayMs, type StaffDuty, type StaffRole } from '../core/index.ts';

/** Milliseconds since the epoch. */
const instant = z.int().nonnegative();

/** What an account is besides, when it is a member of staff's. */
export const staffRecord = z.strictObject({
  duties: z.array(z.strictObject({ role: z.enum(allStaffRoles), authorityCode: z.string() })),
  /** Open until it is used, replaced or over. Of the token only the hash is kept. */
  invitation: z.strictObject({ tokenHash: z.string(), expiresAt: instant }).optional(),
  /** When the present passkey was bound. */
  joinedAt: instant.optional(),
});

export type StaffRecord = z.infer<typeof staffRecord>;

/** How long a link works. */
export const invitationLifeMs = 15 * 60_000;

/** Without a login for so long, an account is shut. @see GB/T 22239-2019 8.1.4.1 (clause not checked) */
export const staffIdleMs = 90 * dayMs;

const administrators: ReadonlySet<StaffRole> = new Set<StaffRole>([
  'system-administrator',
  'security-administrator',
  'audit-administrator',
]);

/** Whether two of the three administrators are among the duties, in whichever authorities. */
export function doRolesExclude(duties: readonly StaffDuty[]): boolean {
  return new Set(duties.map(({ role }) => role).filter((role) => administrators.has(role))).size > 1;
}

/** Every duty once, in a fixed order. */
export function tidyDuties(duties: readonly StaffDuty[]): StaffDuty[] {
  const byKey = new Map(
    duties.map(({ role, authorityCode }) => [`${authorityCode}|${role}`, { role, authorityCode }]),
  );
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, duty]) => duty);
}

/** Under which words an account of staff is found: `*`, its authorities, and its roles as `role:...`. */
export function staffKeys({ duties }: StaffRecord): string[] {
  const keys = duties.flatMap(({ role, authorityCode }) => [authorityCode, roleKey(role)]);
  return [...new Set(['*', ...keys])];
}

/** The word under which holders of a role are found. */
export const roleKey = (role: StaffRole): string => `role:${role}`;
