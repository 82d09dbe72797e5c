import type { Bilingual } from './problem.ts';

/**
 * What members of staff may be. Each role belongs to an authority. The three administrators exclude each other: nobody holds
 * two of them, in whichever authority (GB/T 22239-2019, separation of administrators).
 */
export const staffRoles = {
  'issuing-clerk': { zh: '制证员', en: 'Issuing clerk' },
  approver: { zh: '核验员', en: 'Approver' },
  'seal-keeper': { zh: '印章管理员', en: 'Seal keeper' },
  'system-administrator': { zh: '系统管理员', en: 'System administrator' },
  'security-administrator': { zh: '安全管理员', en: 'Security administrator' },
  'audit-administrator': { zh: '审计管理员', en: 'Audit administrator' },
} as const satisfies Record<string, Bilingual>;

/** Code of a role of staff. */
export type StaffRole = keyof typeof staffRoles;

/** Every role. */
export const allStaffRoles = Object.keys(staffRoles) as [StaffRole, ...StaffRole[]];

/** Whether a text from outside names a role. */
export const isStaffRole = (text: string): text is StaffRole => Object.hasOwn(staffRoles, text);

/** A role that somebody holds in an authority. */
export interface StaffDuty {
  role: StaffRole;
  /** Credit code of the authority. */
  authorityCode: string;
}

/** The authorities that somebody works for, each once. */
export const authoritiesOf = (duties: readonly StaffDuty[]): string[] => [
  ...new Set(duties.map(({ authorityCode }) => authorityCode)),
];
