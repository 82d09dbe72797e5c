import { type AuditCheck, type AuditEvent, findEventName } from '../audit/index.ts';
import { endOfDay, isRealDay, type Page, startOfDay } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import type { PortalContext } from './deps.ts';
import { fault } from './faults.ts';
import { type Desk, staffPages } from './staff-pages.ts';

const pageSize = 50;

/** What was asked for; undefined in a date that is none. */
interface Search {
  account: string;
  type: string;
  from: number | undefined;
  until: number | undefined;
  areDatesRight: boolean;
}

function readSearch({
  account = '',
  type = '',
  from = '',
  to = '',
}: Readonly<Record<string, string>>): Search {
  const [first, last] = [from.trim(), to.trim()].map((text) => (isRealDay(text) ? text : undefined));
  return {
    account: account.trim(),
    type: type.trim(),
    from: first === undefined ? undefined : startOfDay(first),
    until: last === undefined ? undefined : endOfDay(last),
    areDatesRight: (from.trim() === '' || first !== undefined) && (to.trim() === '' || last !== undefined),
  };
}

/** One account has an index; everything else reads the log from its end. */
async function find({ audit }: PortalContext, search: Search, after?: string): Promise<Page<AuditEvent>> {
  const { account, type, from = 0, until = Number.MAX_SAFE_INTEGER } = search;
  const page = { limit: pageSize, ...(after && { after }) };
  if (!account) return audit.search({ ...page, from, until, ...(type && { type }) });
  const found = await audit.eventsOf(account, page);
  const isWanted = ({ type: name, at }: AuditEvent) =>
    at >= from && at < until && (!type || name === type || (type.endsWith('.') && name.startsWith(type)));
  return { items: found.items.filter(isWanted), next: found.next };
}

/** A value of an event on one line. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(', ');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(inWords).join(' ');
  return String(value);
}

async function showLog(desk: Desk, check?: AuditCheck): Promise<PageReply> {
  const { context, request, caller, show } = desk;
  const { after, ...query } = request.query;
  const search = readSearch(query);
  if (!search.areDatesRight) return show('staff-audit', { query, events: [] }, [fault('from', 'logDate')]);
  const { items, next } = await find(context, search, after);
  const { account, type } = search;
  await context.audit.record('portal.log.searched', {
    actor: caller.accountId,
    ...(account && { account }),
    ...(type && { type }),
  });
  const events = items.map(({ type, at, data }) => ({
    ...{ type, name: findEventName(type), at },
    data: Object.entries(data).map(([member, value]) => [member, inWords(value)]),
  }));
  const more = next && `/admin/audit?${new URLSearchParams({ ...query, after: next })}`;
  return show('staff-audit', { query, events, next: more, check });
}

async function runCheck(desk: Desk): Promise<PageReply> {
  const { audit } = desk.context;
  const check = await audit.check();
  const outcome = check.whole ? 'whole' : 'damaged';
  await audit.record('portal.log.checked', { actor: desk.caller.accountId, outcome });
  return showLog(desk, check);
}

/** The log, in the hands of audit administrators. Looking into it is written into it. */
export function staffAuditRoutes(context: PortalContext): readonly Route[] {
  const at = staffPages(context);
  const roles = ['audit-administrator'] as const;
  return [
    at('GET', '/audit', { summary: 'Searches the log by account, type and day', roles }, (desk) =>
      showLog(desk),
    ),
    at('POST', '/audit/check', { summary: 'Proves the whole log', roles }, runCheck),
  ];
}
