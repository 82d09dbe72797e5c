import { isStaffRole, Problem, type StaffDuty, staffRoles } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import { pickText } from '../http/index.ts';
import type { StaffMember } from '../identity/index.ts';
import type { PortalContext } from './deps.ts';
import { fault, type PageFault } from './faults.ts';
import { type Desk, staffPages } from './staff-pages.ts';

const pageSize = 25;

/** More authorities than this are not chosen from a list: the form takes their code then. */
const mostAuthorities = 200;

async function showList({ context, request, show, describe }: Desk): Promise<PageReply> {
  const { authority = '', after } = request.query;
  const code = authority.trim();
  const found = await context.identity.staff.list({
    ...(code && { authorityCode: code }),
    ...(after && { after }),
    limit: pageSize,
  });
  const members = await Promise.all(
    found.items.map(async (member) => ({ ...member, duties: await describe(member.duties) })),
  );
  const next = found.next && `/admin/staff?${new URLSearchParams({ authority: code, after: found.next })}`;
  return show('staff-members', { members, next, authority: code, isLater: after !== undefined });
}

/** What a form of duties offers. */
async function choices({ context, request }: Desk) {
  const { items } = await context.identity.authorities.list({ limit: mostAuthorities });
  return {
    authorities: items
      .filter(({ status }) => status === 'active')
      .map(({ code, name }) => ({ value: code, label: pickText(name, request.locale) })),
    roles: Object.entries(staffRoles).map(([value, text]) => ({
      value,
      label: pickText(text, request.locale),
    })),
  };
}

/** One role in one authority, out of a form. */
function readDuty({ role = '', authority = '' }: Readonly<Record<string, string>>): StaffDuty[] {
  return isStaffRole(role) && authority.trim() ? [{ role, authorityCode: authority.trim() }] : [];
}

async function showInvite(desk: Desk, faults: readonly PageFault[] = []): Promise<PageReply> {
  return desk.show('staff-invite', await choices(desk), faults);
}

/** The link is shown once, to the administrator, who hands it over in person or by a channel of the authority. */
function showLink(
  { context, show }: Desk,
  name: string,
  invited: { token: string; expiresAt: number },
): PageReply {
  const link = new URL(`/invitation/${invited.token}`, context.issuer).href;
  return show('staff-invited', { name, link, expiresAt: invited.expiresAt });
}

async function invite(desk: Desk): Promise<PageReply> {
  const { context, request, caller } = desk;
  const { name = '' } = request.body;
  const duties = readDuty(request.body);
  const outcome = await context.identity.staff.invite({ name, duties, by: caller.accountId });
  switch (outcome.outcome) {
    case 'invited':
      return showLink(desk, name.trim(), outcome);
    case 'invalid':
      return showInvite(desk, outcome.faults);
    case 'roles-exclude':
      return showInvite(desk, [fault('role', 'rolesExclude')]);
    default:
      throw new Problem('staff-only');
  }
}

/** Nobody changes their own account. Whoever lost the duty since the page was opened hears that instead. */
const notAllowed = ({ caller }: Desk, accountId: string): Problem =>
  new Problem('staff-only', accountId === caller.accountId ? { detail: ownAccount } : {});

const ownAccount = {
  zh: '不能修改自己的账号，请由另一位安全管理员办理。',
  en: 'Nobody changes their own account of staff. Ask another security administrator.',
};

async function memberOf({ context, request }: Desk): Promise<StaffMember> {
  const { id = '' } = request.params as Record<string, string>;
  const member = await context.identity.staff.findAny(id);
  if (!member) throw new Problem('not-found');
  return member;
}

async function showMember(desk: Desk, faults: readonly PageFault[] = []): Promise<PageReply> {
  const member = await memberOf(desk);
  const duties = await desk.describe(member.duties);
  const isOwn = member.accountId === desk.caller.accountId;
  return desk.show('staff-member', { member, duties, isOwn, ...(await choices(desk)) }, faults);
}

/** Adds one duty, or takes one away. */
async function changeDuties(desk: Desk): Promise<PageReply> {
  const { context, request, caller } = desk;
  const { accountId, duties: held } = await memberOf(desk);
  const { remove } = request.body;
  const duties =
    remove === undefined
      ? [...held, ...readDuty(request.body)]
      : held.filter(({ role, authorityCode }) => `${role}|${authorityCode}` !== remove);
  if (remove === undefined && duties.length === held.length)
    return showMember(desk, [fault('authority', 'dutyEmpty')]);
  const outcome = await context.identity.staff.changeDuties({ accountId, duties, by: caller.accountId });
  if (outcome.outcome === 'changed') return { redirect: `/admin/staff/${accountId}?done=duties` };
  if (outcome.outcome === 'invalid')
    return showMember(desk, remove === undefined ? outcome.faults : [fault('', 'lastDuty')]);
  if (outcome.outcome === 'roles-exclude') return showMember(desk, [fault('role', 'rolesExclude')]);
  throw notAllowed(desk, accountId);
}

async function inviteAgain(desk: Desk): Promise<PageReply> {
  const { accountId, name } = await memberOf(desk);
  const by = desk.caller.accountId;
  const outcome = await desk.context.identity.staff.inviteAgain({ accountId, by });
  if (outcome.outcome !== 'invited') throw notAllowed(desk, accountId);
  return showLink(desk, name, outcome);
}

async function showDisable(desk: Desk, faults: readonly PageFault[] = []): Promise<PageReply> {
  const member = await memberOf(desk);
  const { length: sessions } = await desk.context.sso.sessions.list(member.accountId);
  return desk.show('staff-disable', { member, sessions, duties: await desk.describe(member.duties) }, faults);
}

async function disable(desk: Desk): Promise<PageReply> {
  if (desk.request.body.confirm !== 'yes') return showDisable(desk, [fault('confirm', 'confirm')]);
  const { accountId } = await memberOf(desk);
  const by = desk.caller.accountId;
  const { outcome } = await desk.context.identity.staff.disable({ accountId, by });
  if (outcome !== 'disabled') throw notAllowed(desk, accountId);
  await desk.context.sso.sessions.endAll(accountId, 'staff-disabled');
  return { redirect: `/admin/staff/${accountId}?done=disabled` };
}

/** Accounts of staff, in the hands of security administrators. */
export function staffMemberRoutes(context: PortalContext): readonly Route[] {
  const at = staffPages(context);
  const roles = ['security-administrator'] as const;
  const look = (summary: string) => ({ summary, roles });
  const act = (summary: string) => ({ summary, roles, fresh: true });
  return [
    at('GET', '/staff', look('Members of staff, by authority'), showList),
    at('GET', '/staff/new', act('Asks whom to invite'), (desk) => showInvite(desk)),
    at('POST', '/staff/new', act('Invites a member of staff; shows the link once'), invite),
    at('GET', '/staff/{id}', look('One member of staff'), (desk) => showMember(desk)),
    at('POST', '/staff/{id}/duties', act('Adds or takes away a duty; sessions end'), changeDuties),
    at('POST', '/staff/{id}/invitation', act('Invites again; shows the link once'), inviteAgain),
    at('GET', '/staff/{id}/disable', act('What disabling does, in numbers'), (desk) => showDisable(desk)),
    at('POST', '/staff/{id}/disable', act('Disables an account of staff'), disable),
  ];
}
