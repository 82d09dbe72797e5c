import { authoritiesOf, type Bilingual, type StaffDuty, sha256Base64url } from '../core/index.ts';
import { type Account, emptyAccount } from './account.ts';
import { readLabel, readName } from './fields.ts';
import type { FieldFault } from './port.ts';
import type { Room } from './room.ts';
import {
  hasSecurityAdministrator,
  isStaff,
  mayAdminister,
  memberOf,
  type StaffAccount,
} from './staff-member.ts';
import type { Staff } from './staff-port.ts';
import { doRolesExclude, invitationLifeMs, tidyDuties } from './staff-record.ts';

/** What is kept of a token. It has 128 random bits, so a plain hash cannot be guessed back. */
const hashOf = sha256Base64url;

/** Whether the console may invite: while nobody else can, or in an emergency, which the log shows. */
async function mayInvite(
  room: Room,
  { by, accountId, isEmergency }: { by: string; accountId?: string; isEmergency?: boolean | undefined },
): Promise<boolean> {
  if (by !== 'operator') return mayAdminister(room, by, accountId);
  return isEmergency === true || !(await hasSecurityAdministrator(room));
}

const duty = (field: string, code: string, text: Bilingual): FieldFault => ({ field, code, text });

/** What is wrong with duties: none, or one in an authority that is not there any more. */
export async function dutyFaults(room: Room, duties: readonly StaffDuty[]): Promise<FieldFault[]> {
  if (duties.length === 0)
    return [duty('duties', 'empty', { zh: '请至少选择一个岗位。', en: 'Choose at least one role.' })];
  for (const code of authoritiesOf(duties)) {
    const authority = await room.authorities.find(code);
    if (authority?.status !== 'active')
      return [
        duty('authority', 'unknown', {
          zh: `没有登记代码为 ${code} 的机构，或该机构已停用。请先登记机构。`,
          en: `No active authority is registered under ${code}. Register the authority first.`,
        }),
      ];
  }
  return [];
}

/** Somebody new is invited: the account is there, without a way in. */
export async function inviteStaff(
  room: Room,
  input: Parameters<Staff['invite']>[0],
): ReturnType<Staff['invite']> {
  if (!(await mayInvite(room, input))) return { outcome: 'not-allowed' };
  const duties = tidyDuties(input.duties);
  if (doRolesExclude(duties)) return { outcome: 'roles-exclude' };
  const name = readName(input.name);
  const faults = [...(name.ok ? [] : [name.fault]), ...(await dutyFaults(room, duties))];
  if (!name.ok || faults.length > 0) return { outcome: 'invalid', faults };

  const { link, invitation } = newInvitation(room);
  const account = newStaffAccount(room, { name: name.value, by: input.by, staff: { duties, invitation } });
  const event = room.event('identity.staff.invited', {
    account: account.id,
    actor: input.by,
    duties,
    again: false,
    emergency: input.isEmergency === true,
  });
  await room.accounts.insert(account, [event]);
  return { outcome: 'invited', accountId: account.id, ...link };
}

/** A new link for an account that is there. */
export async function inviteStaffAgain(
  room: Room,
  input: Parameters<Staff['inviteAgain']>[0],
): ReturnType<Staff['inviteAgain']> {
  const { accountId, by } = input;
  if (!(await mayInvite(room, input))) return { outcome: 'not-allowed' };
  const { link, invitation } = newInvitation(room);
  const isDone = await room.accounts.change<boolean>(accountId, (current) => {
    if (!isStaff(current)) return { result: false };
    const event = room.event('identity.staff.invited', {
      account: accountId,
      actor: by,
      duties: current.staff.duties,
      again: true,
      emergency: input.isEmergency === true,
    });
    const account = { ...current, staff: { ...current.staff, invitation } };
    return { write: { account, events: [event] }, result: true };
  });
  return isDone ? { outcome: 'invited', accountId, ...link } : { outcome: 'not-found' };
}

function newInvitation(room: Room) {
  const token = room.random.id();
  const expiresAt = room.clock.now() + invitationLifeMs;
  return { link: { token, expiresAt }, invitation: { tokenHash: hashOf(token), expiresAt } };
}

function newStaffAccount(
  room: Room,
  { name, by, staff }: { name: string; by: string; staff: StaffAccount['staff'] },
): Account {
  const now = room.clock.now();
  return {
    ...emptyAccount(room.random.id(), now),
    kind: 'staff',
    status: 'active',
    name,
    // The administrator who invites answers for who it is.
    isNameVerified: true,
    assurance: [{ level: 3, method: 'invitation', source: 'staff', reference: by, at: now }],
    staff,
  };
}

/** The account that a token opens now. */
async function findInvited(room: Room, token: string): Promise<StaffAccount | undefined> {
  if (token === '' || token.length > 100) return undefined;
  const account = await room.accounts.find('invitation', hashOf(token));
  return account && isOpen(account, hashOf(token), room.clock.now()) ? account : undefined;
}

function isOpen(account: Account, tokenHash: string, now: number): account is StaffAccount {
  const invitation = account.staff?.invitation;
  return invitation?.tokenHash === tokenHash && invitation.expiresAt > now;
}

/** What an invitation says, without using it. */
export async function findInvitation(room: Room, token: string): ReturnType<Staff['findInvitation']> {
  const account = await findInvited(room, token);
  const expiresAt = account?.staff.invitation?.expiresAt;
  return account && expiresAt !== undefined
    ? { name: account.name, duties: account.staff.duties, expiresAt }
    : undefined;
}

/** Options for the passkey of an invitation. */
export async function invitationPasskeyOptions(
  room: Room,
  { token, transaction }: Parameters<Staff['passkeyOptions']>[0],
): ReturnType<Staff['passkeyOptions']> {
  const account = await findInvited(room, token);
  if (!account) return { outcome: 'expired' };
  const options = await room.passkeys.bindOptions({
    transaction,
    accountId: account.id,
    userName: account.name,
    displayName: account.name,
    existing: account.passkeys,
    mustVerifyUser: true,
  });
  return { outcome: 'options', ...options };
}

/** Uses an invitation up: the passkey of the one who wrote first is the account's only one. */
export async function acceptInvitation(
  room: Room,
  input: Parameters<Staff['accept']>[0],
): ReturnType<Staff['accept']> {
  const invited = await findInvited(room, input.token);
  if (!invited) return { outcome: 'expired' };
  const label = readLabel(input.label);
  const bound = await room.passkeys.verifyBinding({ ...input, accountId: invited.id });
  // A touch alone says that somebody is there, not who: staff act for the state with nothing but this key.
  if (!bound?.canVerifyUser) return { outcome: 'passkey-refused' };
  const tokenHash = hashOf(input.token);
  const event = room.event('identity.staff.joined', { account: invited.id });
  const isFirst = await room.accounts.change<boolean>(invited.id, (current, now) => {
    if (!isOpen(current, tokenHash, now)) return { result: false };
    const passkey = {
      ...bound,
      name: label.ok ? label.value : 'passkey',
      createdAt: now,
      boundAtLevel: 3 as const,
    };
    const account: Account = {
      ...current,
      status: 'active',
      passkeys: [passkey],
      staff: { duties: current.staff.duties, joinedAt: now },
      devicesSince: now,
      sessionsNotBefore: now,
    };
    return { write: { account, events: [event] }, result: true };
  });
  return isFirst ? { outcome: 'accepted', accountId: invited.id } : { outcome: 'expired' };
}

/** Every member of staff that some words find, a page at a time. */
export async function listStaff(
  room: Room,
  query: Parameters<Staff['list']>[0] = {},
): ReturnType<Staff['list']> {
  const { authorityCode, after, limit = 50 } = query;
  const page = await room.accounts.listStaff(authorityCode ?? '*', { after, limit });
  const now = room.clock.now();
  return { items: page.items.filter(isStaff).map((account) => memberOf(account, now)), next: page.next };
}
