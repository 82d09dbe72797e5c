import { Problem } from '../core/index.ts';
import { type FieldFault, type PageReply, pickText, type Route } from '../http/index.ts';
import { type Desk, declarePages, keptBy, type PagesDependencies, sealsPath } from './pages-desk.ts';
import { registerPages } from './pages-of-seal.ts';
import type { Seal, SealApplication } from './register-port.ts';

const pageSize = 50;

async function showList(desk: Desk): Promise<PageReply> {
  const { register, request } = desk;
  const kept = keptBy(desk);
  const owner = kept && (kept.find((code) => code === request.query.owner) ?? kept[0]);
  const { after } = request.query;
  const found = await register.list({
    limit: pageSize,
    ...(owner && { ownerCode: owner }),
    ...(after && { after }),
  });
  const next =
    found.next && `${sealsPath}?${new URLSearchParams({ after: found.next, ...(owner && { owner }) })}`;
  return desk.show('list', {
    seals: found.items,
    owners: kept && kept.length > 1 ? await ownersOf(desk) : [],
    owner,
    mayApply: kept !== undefined || desk.actor.duties.some(({ role }) => role === 'seal-keeper'),
    next,
  });
}

/** Authorities that the caller may apply for, by code and name. */
async function ownersOf({ actor, authorities, request }: Desk) {
  const codes = actor.duties.filter(({ role }) => role === 'seal-keeper').map((duty) => duty.authorityCode);
  const found = await Promise.all([...new Set(codes)].map((code) => authorities.find(code)));
  return found
    .filter((one) => one !== undefined)
    .map(({ code, name, issues }) => ({
      code,
      name: pickText(name, request.locale),
      filed: name.zh,
      issues,
    }));
}

const fieldNames = [
  'ownerCode',
  'nameZh',
  'nameEn',
  'kind',
  'diameterMm',
  'codeNumber',
  'typeCodes',
] as const;
type Fields = Record<(typeof fieldNames)[number], string>;

async function showForm(desk: Desk, values: Partial<Fields>, faults: readonly FieldFault[] = []) {
  const owners = await ownersOf(desk);
  const owner = owners.find(({ code }) => code === values.ownerCode) ?? owners[0];
  const fields: Fields = {
    ...{ ownerCode: owner?.code ?? '', nameZh: '电子证照专用章', nameEn: 'Electronic licence seal' },
    ...{ kind: 'licence', diameterMm: '42', codeNumber: '', typeCodes: owner?.issues.join('\n') ?? '' },
    ...values,
  };
  const picture = pictureAddress(fields);
  return desk.show('new', { owners, fields, picture, scripts: ['seal-preview.js'] }, faults);
}

/** The address of a picture of what the fields say. */
function pictureAddress({ ownerCode, nameZh, codeNumber, diameterMm }: Fields): string {
  return `${sealsPath}/picture?${new URLSearchParams({ ownerCode, nameZh, codeNumber, diameterMm })}`;
}

async function apply(desk: Desk): Promise<PageReply> {
  const { register, request, actor } = desk;
  const values = Object.fromEntries(fieldNames.map((name) => [name, request.body[name] ?? ''])) as Fields;
  if (request.body.do === 'preview') return showForm(desk, values);
  const application: SealApplication = {
    ownerCode: values.ownerCode,
    name: { zh: values.nameZh, en: values.nameEn },
    kind: values.kind as Seal['kind'],
    diameterMm: Number(values.diameterMm),
    codeNumber: values.codeNumber,
    typeCodes: values.typeCodes.split(/[\s,，;；]+/).filter(Boolean),
  };
  const applied = await register.apply(application, actor);
  if (applied.outcome === 'not-allowed') throw new Problem('not-found');
  if (applied.outcome === 'invalid') return showForm(desk, values, applied.faults);
  return { redirect: `${sealsPath}/${applied.seal.id}?done=applied` };
}

async function picture(desk: Desk): Promise<PageReply> {
  const { ownerCode = '', nameZh = '', codeNumber = '', diameterMm } = desk.request.query;
  const owner = (await ownersOf(desk)).find(({ code }) => code === ownerCode);
  const svg = await desk.register.preview({
    ownerName: owner?.filed ?? '',
    name: nameZh,
    codeNumber: /^\d{13}$/.test(codeNumber) ? codeNumber : '',
    diameterMm: Number(diameterMm),
  });
  if (!svg) throw new Problem('not-found');
  return { file: Buffer.from(svg), type: 'image/svg+xml', name: 'seal.svg' };
}

/** The pages of the register. */
export function sealRoutes(deps: PagesDependencies): readonly Route[] {
  const at = declarePages(deps);
  const roles = ['seal-keeper'] as const;
  return [
    at('GET', '', { summary: 'The seals of an authority, or of all' }, showList),
    at('GET', '/new', { summary: 'Asks for a new seal', roles, fresh: true }, (desk) =>
      showForm(desk, desk.request.query),
    ),
    at('POST', '/new', { summary: 'Applies for a seal', roles, fresh: true }, apply),
    at('GET', '/picture', { summary: 'A seal as it would look', roles }, picture),
    ...registerPages(at),
  ];
}
