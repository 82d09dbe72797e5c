import { Command, Option } from 'commander';
import type { Service } from '../app.ts';
import { Problem, readAll, type StaffRole, staffRoles } from '../core/index.ts';
import type { InvitationOutcome, StaffMember } from '../identity/index.ts';
import { instant, print, table } from './output.ts';
import { withService } from './with-service.ts';

/** Says why the console may not, and what to do instead. */
const refusals = {
  'not-allowed': {
    zh: '已经有安全管理员，控制台不再发邀请。请由安全管理员在 /admin/staff 邀请；全部安全管理员都无法登录时，加 --emergency（会记入审计日志）。',
    en: 'There is an active security administrator, so the console does not invite any more. Invite at /admin/staff as a security administrator; if none of them can log in, add --emergency (the log shows it).',
  },
  'roles-exclude': {
    zh: '系统管理员、安全管理员、审计管理员三种职责互斥，一人只能担任其中一种。',
    en: 'System, security and audit administrator exclude each other: one person can be one of them only.',
  },
  'not-found': {
    zh: '没有这个编号的工作人员。可用 tongxing staff list 查看全部人员。',
    en: 'There is no member of staff with this id. `tongxing staff list` shows all of them.',
  },
} as const;

type Invited = Extract<InvitationOutcome, { outcome: 'invited' }>;

interface InviteOptions {
  name?: string;
  role: StaffRole[];
  authority?: string;
  again?: string;
  emergency?: boolean;
  json?: boolean;
}

async function invite({ identity }: Service, options: InviteOptions): Promise<Invited> {
  const { name = '', role, authority = '', again, emergency } = options;
  const base = { by: 'operator', isEmergency: emergency === true };
  const duties = role.map((one) => ({ role: one, authorityCode: authority }));
  const outcome = again
    ? await identity.staff.inviteAgain({ ...base, accountId: again })
    : await identity.staff.invite({ ...base, name, duties });
  if (outcome.outcome === 'invited') return outcome;
  throw new Problem('invalid-input', {
    detail:
      outcome.outcome === 'invalid'
        ? (outcome.faults[0]?.text ?? refusals['not-found'])
        : refusals[outcome.outcome],
  });
}

const lineOf = ({ accountId, name, status, duties, lastLoginAt }: StaffMember): string[] => [
  accountId,
  name,
  status,
  duties.map(({ role, authorityCode }) => `${role}@${authorityCode}`).join(' '),
  instant(lastLoginAt),
];

const allMembers = ({ identity }: Service): Promise<StaffMember[]> =>
  readAll((from) => identity.staff.list({ limit: 200, ...from }));

/** `tongxing staff invite | list`. */
export function staffCommand(): Command {
  const command = new Command('staff').description('the people who act for authorities');
  const roleOption = new Option('--role <role...>', 'what the person is to be there, one or more')
    .choices(Object.keys(staffRoles))
    .default([]);
  command
    .command('invite')
    .description(
      'prints a link that opens an account of staff once, within 15 minutes; works while there is no active security administrator, who invites at /admin/staff from then on',
    )
    .option('--name <name>', 'name of the person')
    .addOption(roleOption)
    .option('--authority <code>', 'credit code of the authority (tongxing authorities put)')
    .option(
      '--again <id>',
      'a new link for a member of staff who is there, instead of name, role and authority',
    )
    .option('--emergency', 'invite although there is an active security administrator; the log shows it')
    .option('--json', 'machine-readable output')
    .action(async (options: InviteOptions, self: Command) => {
      if (!options.again && !(options.name && options.authority && options.role.length > 0))
        self.error('error: --name, --role and --authority are needed, or --again');
      await withService({}, async (service, config) => {
        const { accountId, token, expiresAt } = await invite(service, options);
        const link = new URL(`/invitation/${token}`, config.issuer).href;
        const answer = { id: accountId, link, expires_at: new Date(expiresAt).toISOString() };
        print(answer, options.json, () => `${link}\nWorks once, until ${instant(expiresAt)}.`);
      });
    });
  command
    .command('list')
    .description('every member of staff')
    .option('--json', 'machine-readable output')
    .action(async ({ json }: { json?: boolean }) => {
      await withService({}, async (service) => {
        const members = await allMembers(service);
        const answer = members.map(({ accountId, duties, lastLoginAt, name, status }) => ({
          id: accountId,
          ...{ name, status },
          duties: duties.map(({ role, authorityCode }) => ({ role, authority_code: authorityCode })),
          last_login_at: lastLoginAt === undefined ? null : new Date(lastLoginAt).toISOString(),
        }));
        print(answer, json, () =>
          table(['id', 'name', 'status', 'duties', 'last login'], members.map(lineOf)),
        );
      });
    });
  return command;
}
