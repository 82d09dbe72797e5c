import { allStaffRoles } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import { pickText } from '../http/index.ts';
import type { PortalContext, StaffLink } from './deps.ts';
import { type Desk, staffPages } from './staff-pages.ts';

/** What the administrators find in this room. */
const ownLinks: readonly StaffLink[] = [
  {
    href: '/admin/staff',
    label: { zh: '工作人员', en: 'Staff' },
    text: { zh: '邀请、调整职责、停用账号', en: 'Invite people, change duties, disable accounts' },
    roles: ['security-administrator'],
  },
  {
    href: '/admin/authorities',
    label: { zh: '机构', en: 'Authorities' },
    text: { zh: '登记机构，指定可签发的证照类型', en: 'Register authorities and what they may issue' },
    roles: ['system-administrator'],
  },
  {
    href: '/admin/audit',
    label: { zh: '审计日志', en: 'Audit log' },
    text: { zh: '查询操作记录，核验日志完整性', en: 'Search what was done, prove that the log is whole' },
    roles: ['audit-administrator'],
  },
];

async function showHome({ context, request, caller, show, describe }: Desk): Promise<PageReply> {
  const { duties, accountId } = caller;
  const held = new Set(duties.map(({ role }) => role));
  const links = [...(context.adminLinks ?? []), ...ownLinks]
    .filter(({ roles }) => roles.some((role) => held.has(role)))
    .map(({ href, label, text }) => ({
      href,
      label: pickText(label, request.locale),
      text: pickText(text, request.locale),
    }));
  const member = await context.identity.staff.find(accountId);
  return show('staff-home', { links, duties: await describe(duties), name: member?.name });
}

/** Where members of staff begin: what they are, and what they can do here. */
export function staffHomeRoutes(context: PortalContext): readonly Route[] {
  const at = staffPages(context);
  return [at('GET', '', { summary: 'What a member of staff can do here', roles: allStaffRoles }, showHome)];
}
