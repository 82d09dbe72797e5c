import { Problem } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import { pickText } from '../http/index.ts';
import type { Authority } from '../identity/index.ts';
import type { PortalContext } from './deps.ts';
import { fault, type PageFault } from './faults.ts';
import { type Desk, staffPages } from './staff-pages.ts';

const pageSize = 50;

async function showList({ context, request, show }: Desk): Promise<PageReply> {
  const { after } = request.query;
  const found = await context.identity.authorities.list({ limit: pageSize, ...(after && { after }) });
  const authorities = found.items.map((one) => ({ ...one, name: pickText(one.name, request.locale) }));
  const next = found.next && `/admin/authorities?${new URLSearchParams({ after: found.next })}`;
  return show('staff-authorities', { authorities, next });
}

/** An authority as the fields of its form. */
const fieldsOf = ({ code, name, areaCode, mayDefine, issues, status }: Authority) => ({
  ...{ code, name_zh: name.zh, name_en: name.en, area_code: areaCode, status },
  may_define: mayDefine ? 'yes' : '',
  issues: issues.join('\n'),
});

function readFields(body: Readonly<Record<string, string>>, code: string): Authority {
  return {
    code,
    name: { zh: body.name_zh ?? '', en: body.name_en ?? '' },
    areaCode: (body.area_code ?? '').trim(),
    mayDefine: body.may_define === 'yes',
    issues: (body.issues ?? '').split(/[\s,，;；]+/).filter(Boolean),
    status: body.status === 'closed' ? 'closed' : 'active',
  };
}

/** Names of identity's fields as those of the form. */
const formNames: Readonly<Record<string, string>> = { name: 'name_zh', areaCode: 'area_code' };

const showForm = (
  { show }: Desk,
  values: Record<string, string>,
  { isNew, faults = [] }: { isNew: boolean; faults?: readonly PageFault[] },
): PageReply => show('staff-authority', { fields: values, isNew }, faults);

async function save(desk: Desk, code: string, isNew: boolean): Promise<PageReply> {
  const { context, request, caller } = desk;
  const { authorities } = context.identity;
  const values = { ...request.body, code };
  if (isNew && (await authorities.find(code)))
    return showForm(desk, values, { isNew, faults: [fault('code', 'authorityExists')] });
  const outcome = await authorities.put(readFields(request.body, code), caller.accountId);
  if (outcome.outcome === 'stored') return { redirect: '/admin/authorities?done=authority' };
  const faults = outcome.faults.map((one) => ({ ...one, field: formNames[one.field] ?? one.field }));
  return showForm(desk, values, { isNew, faults });
}

const codeOf = ({ request }: Desk): string => (request.params as { code?: string }).code ?? '';

/** Authorities, in the hands of system administrators. */
export function staffAuthorityRoutes(context: PortalContext): readonly Route[] {
  const at = staffPages(context);
  const roles = ['system-administrator'] as const;
  const look = (summary: string) => ({ summary, roles });
  const act = (summary: string) => ({ summary, roles, fresh: true });
  return [
    at('GET', '/authorities', look('Authorities, by area'), showList),
    at('GET', '/authorities/new', act('Asks for a new authority'), async (desk) =>
      showForm(desk, { status: 'active' }, { isNew: true }),
    ),
    at('POST', '/authorities/new', act('Registers an authority'), (desk) =>
      save(desk, (desk.request.body.code ?? '').trim().toUpperCase(), true),
    ),
    at('GET', '/authorities/{code}', act('One authority, to change'), async (desk) => {
      const authority = await context.identity.authorities.find(codeOf(desk));
      if (!authority) throw new Problem('not-found');
      return showForm(desk, fieldsOf(authority), { isNew: false });
    }),
    at('POST', '/authorities/{code}', act('Changes an authority'), (desk) => save(desk, codeOf(desk), false)),
  ];
}
