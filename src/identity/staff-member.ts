import type { StaffDuty, StaffRole } from '../core/index.ts';
import type { Account } from './account.ts';
import type { Room } from './room.ts';
import type { StaffMember, StaffStatus } from './staff-port.ts';
import { roleKey, type StaffRecord, staffIdleMs } from './staff-record.ts';

/** An account of staff. */
export type StaffAccount = Account & { staff: StaffRecord };

/** Whether it is the account of a member of staff. */
export const isStaff = (account: Account | undefined): account is StaffAccount =>
  account?.staff !== undefined;

/** When the account was last used: passkeys note their use once a day, or at every use where they count. */
function lastUseOf({ passkeys }: Account): number | undefined {
  const uses = passkeys.map(({ lastUsedAt }) => lastUsedAt).filter((at) => at !== undefined);
  return uses.length > 0 ? Math.max(...uses) : undefined;
}

/** Where a member of staff stands. */
export function staffStatus(account: StaffAccount, now: number): StaffStatus {
  if (account.status === 'disabled') return 'disabled';
  const { joinedAt } = account.staff;
  if (joinedAt === undefined) return 'invited';
  return now - Math.max(joinedAt, lastUseOf(account) ?? 0) > staffIdleMs ? 'idle' : 'active';
}

/** The account as colleagues see it. */
export function memberOf(account: StaffAccount, now: number): StaffMember {
  const { duties, invitation } = account.staff;
  const isOpen = invitation !== undefined && invitation.expiresAt > now;
  return {
    accountId: account.id,
    name: account.name,
    duties,
    status: staffStatus(account, now),
    lastLoginAt: lastUseOf(account),
    invitedUntil: isOpen ? invitation.expiresAt : undefined,
  };
}

/** The account as long as it is an active member of staff's. */
export async function findActive(room: Room, accountId: string): Promise<StaffAccount | undefined> {
  const account = await room.accounts.get(accountId);
  return isStaff(account) && staffStatus(account, room.clock.now()) === 'active' ? account : undefined;
}

/** Whether somebody holds a role in any authority. */
export const holds = (duties: readonly StaffDuty[], role: StaffRole): boolean =>
  duties.some((duty) => duty.role === role);

/** Whether `by` may act on another member's account: an active security administrator, and not on their own. */
export async function mayAdminister(room: Room, by: string, accountId?: string): Promise<boolean> {
  if (by === accountId) return false;
  const administrator = await findActive(room, by);
  return administrator !== undefined && holds(administrator.staff.duties, 'security-administrator');
}

/** Whether anybody could act as security administrator now. */
export async function hasSecurityAdministrator(room: Room): Promise<boolean> {
  const now = room.clock.now();
  for await (const account of room.accounts.staff(roleKey('security-administrator')))
    if (isStaff(account) && staffStatus(account, now) === 'active') return true;
  return false;
}
