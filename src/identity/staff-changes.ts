import type { Account } from './account.ts';
import type { Room } from './room.ts';
import { dutyFaults } from './staff-invitations.ts';
import { isStaff, mayAdminister } from './staff-member.ts';
import type { Staff } from './staff-port.ts';
import { doRolesExclude, tidyDuties } from './staff-record.ts';

/** Gives a member of staff other duties. Sessions end, so that none goes on with what somebody no longer is. */
export async function changeDuties(
  room: Room,
  input: Parameters<Staff['changeDuties']>[0],
): ReturnType<Staff['changeDuties']> {
  const { accountId, by } = input;
  if (!(await mayAdminister(room, by, accountId))) return { outcome: 'not-allowed' };
  const duties = tidyDuties(input.duties);
  if (doRolesExclude(duties)) return { outcome: 'roles-exclude' };
  const faults = await dutyFaults(room, duties);
  if (faults.length > 0) return { outcome: 'invalid', faults };
  const event = room.event('identity.staff.duties-changed', { account: accountId, actor: by, duties });
  const isDone = await room.accounts.change<boolean>(accountId, (current, now) => {
    if (!isStaff(current)) return { result: false };
    const account = { ...current, staff: { ...current.staff, duties }, sessionsNotBefore: now };
    return { write: { account, events: [event] }, result: true };
  });
  return { outcome: isDone ? 'changed' : 'not-found' };
}

/** Shuts an account of staff at once. Only a new invitation opens it again. */
export async function disableStaff(
  room: Room,
  { accountId, by }: Parameters<Staff['disable']>[0],
): ReturnType<Staff['disable']> {
  if (!(await mayAdminister(room, by, accountId))) return { outcome: 'not-allowed' };
  const event = room.event('identity.staff.disabled', { account: accountId, actor: by });
  const isDone = await room.accounts.change<boolean>(accountId, (current, now) => {
    if (!isStaff(current)) return { result: false };
    const { invitation, ...staff } = current.staff;
    if (current.status === 'disabled' && !invitation) return { result: true };
    const account: Account = {
      ...current,
      status: 'disabled',
      staff,
      devicesSince: now,
      sessionsNotBefore: now,
    };
    return { write: { account, events: [event] }, result: true };
  });
  return { outcome: isDone ? 'disabled' : 'not-found' };
}
