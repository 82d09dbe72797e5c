import type { Audit } from '../audit/index.ts';
import {
  inBoth,
  isProblem,
  maskIdentifier,
  maskLicenceNumber,
  maskNameOf,
  Problem,
  type Random,
  type StaffRole,
} from '../core/index.ts';
import {
  type FieldFault,
  type PageReply,
  page,
  type Route,
  type ShowStaffPage,
  staffShow,
  type TextRequest,
  textInput,
} from '../http/index.ts';
import type { Authority } from '../identity/index.ts';
import { type FormValues, readDraft, sectionsOf, toFieldFaults } from './entry-form.ts';
import type { Licences } from './licences.ts';
import { photoFieldOf, withPhoto } from './photo-field.ts';
import type { Licence, LicenceType } from './port.ts';
import type { Actor } from './rights.ts';
import { statusTexts } from './transitions.ts';

/** What the pages are made of. */
export interface PagesDeps {
  licences: Licences;
  audit: Pick<Audit, 'record'>;
  random: Pick<Random, 'id'>;
}

/** A page for one clerk. */
export interface Desk extends PagesDeps {
  request: TextRequest;
  actor: Actor;
  show: ShowStaffPage;
}

/** Where a clerk works on licences. */
export const licencesPath = '/admin/licences';
const clerks = ['issuing-clerk'] as const;

/** The door of these pages on the home page of staff. */
export const licencesLink = {
  href: licencesPath,
  label: { zh: '证照制发', en: 'Licences' },
  text: {
    zh: '录入和颁发证照，变更、暂扣、吊销、注销',
    en: 'Enter and issue licences, change, suspend, revoke and cancel them',
  },
  roles: clerks as readonly StaffRole[],
};

/** Declares a page of clerks; `limits` where a file comes with its form. */
export type At = (
  method: 'GET' | 'POST',
  path: string,
  summary: string,
  handle: (desk: Desk) => Promise<PageReply>,
  limits?: Partial<typeof withPhoto>,
) => Route;

/** Makes the declaration over what the pages are made of. */
export function declarePages(deps: PagesDeps): At {
  return (method, path, summary, handle, limits) =>
    page({
      method,
      path: `${licencesPath}${path}`,
      access: { staff: clerks },
      ...textInput,
      bodyLimitBytes: 256 * 1024,
      ...limits,
      summary,
      problems: ['licence-not-found', 'not-entitled'],
      handle: async (request) => handle(await deskOf(deps, request)),
    });
}

async function deskOf(deps: PagesDeps, request: TextRequest): Promise<Desk> {
  const actor = await deps.licences.rights.actorOf(request.caller);
  return { ...deps, request, actor, show: staffShow(request, 'licences', licencesLink) };
}

/** The authorities that a clerk issues for, with their types. */
async function choicesOf({
  licences,
  actor,
}: Desk): Promise<{ authority: Authority; types: LicenceType[] }[]> {
  const types = await licences.types.list();
  const found = await Promise.all(actor.authorityCodes.map((code) => licences.issuers.find(code)));
  return found
    .filter((authority) => authority?.status === 'active')
    .map((authority) => ({
      authority: authority as Authority,
      types: types.filter(({ code, status }) => status === 'active' && authority?.issues.includes(code)),
    }));
}

/** A licence in a list: enough to recognise it, without what it says of a person. */
export async function lineOf({ licences }: Desk, licence: Licence) {
  const now = licences.now();
  const state = await licences.library.stateAt(licence, now);
  const [first] = (state?.version ?? licence.versions[0])?.holders ?? [];
  const status = state?.status ?? 'not-yet-valid';
  const type = await licences.types.find(licence.typeCode);
  return {
    id: licence.id,
    typeName: type?.name ?? inBoth(licence.typeCode),
    number: shownNumber(licence),
    holder: first ? maskNameOf({ type: first.idType, number: first.idNumber }, first.name) : '',
    status,
    statusText: statusTexts[status],
    issuedOn: state?.version.issuedOn,
  };
}

/** Staff work with numbers and see them whole, but for one that is its holder's own and not public. */
export function shownNumber({ number, versions }: Licence): string {
  const holders = versions.at(-1)?.holders ?? [];
  const isPersonal = holders.some(
    ({ idType, idNumber }) =>
      number.includes(idNumber) && maskIdentifier({ type: idType, number: idNumber }) !== idNumber,
  );
  return isPersonal ? maskLicenceNumber(number) : number;
}

async function showList(desk: Desk, faults: readonly FieldFault[] = []): Promise<PageReply> {
  const { licences, request, actor } = desk;
  const choices = await choicesOf(desk);
  const authority =
    actor.authorityCodes.find((code) => code === request.query.authority) ?? actor.authorityCodes[0];
  const found = authority
    ? await licences.listOf(authority, {
        limit: 20,
        ...(request.query.after && { after: request.query.after }),
      })
    : { items: [] as Licence[], next: undefined };
  const next =
    found.next && `${licencesPath}?${new URLSearchParams({ authority: authority ?? '', after: found.next })}`;
  const lines = await Promise.all(found.items.map((licence) => lineOf(desk, licence)));
  return desk.show('list', { choices, authority, lines, next, values: request.body }, faults);
}

/** Numbers may hold ID numbers, so they are looked up by a form and never stand in an address. */
async function search(desk: Desk): Promise<PageReply> {
  const { licences, request, actor } = desk;
  const number = (request.body.number ?? '').trim();
  const types = (await choicesOf(desk)).flatMap((one) => one.types.map(({ code }) => code));
  for (const issuerCode of number === '' ? [] : actor.authorityCodes)
    for (const typeCode of new Set(types)) {
      const found = await licences.library.findByNumber({ typeCode, number, issuerCode });
      if (found) return { redirect: `${licencesPath}/${found.id}` };
    }
  const text = {
    zh: '本单位没有颁发过这个编号的证照，请核对编号。',
    en: 'Your authority has issued no licence under this number. Check it.',
  };
  return showList(desk, [{ field: 'number', text }]);
}

async function typeFor(desk: Desk) {
  const { licences, request, actor } = desk;
  const { type: typeCode = '', authority: authorityCode = '', renews } = request.query;
  const authority = await licences.rights.issuer(actor, authorityCode, typeCode);
  const type = authority && (await licences.types.find(typeCode));
  if (!authority || !type) throw new Problem('not-entitled');
  const query = new URLSearchParams({ type: typeCode, authority: authorityCode, ...(renews && { renews }) });
  return { authority, type, renews, action: `${licencesPath}/new?${query}` };
}

/** Faults beside the fields they belong to; everything else goes on to the page of problems. */
export async function faultsOrThrow(work: Promise<unknown>): Promise<FieldFault[]> {
  try {
    await work;
    return [];
  } catch (error) {
    if (isProblem(error, 'invalid-input')) return toFieldFaults(error.extensions.errors ?? []);
    if (isProblem(error, 'licence-number-taken')) return [{ field: 'number', text: error.definition.text }];
    if (isProblem(error, 'already-renewed')) return [{ field: '', text: error.definition.text }];
    if (isProblem(error, 'character-not-drawable') && typeof error.detail === 'object')
      return [{ field: '', text: error.detail }];
    throw error;
  }
}

async function enter(desk: Desk): Promise<PageReply> {
  const { licences, request, actor, random } = desk;
  const { authority, type, renews, action } = await typeFor(desk);
  const photo = await photoFieldOf(desk, type);
  const values: FormValues = request.body;
  const sections = sectionsOf(type, values, true);
  const form = (faults: readonly FieldFault[] = []) =>
    desk.show('form', { type, authority, renews, action, sections, photo }, faults);
  const step = values.do ?? '';
  if (step !== 'preview' && step !== 'issue') return form();
  const entered = readDraft(type, values, { issuingAuthorityCode: authority.code, renews });
  const draft = { ...entered, photo: photo?.chosen };
  const faults = toFieldFaults(await licences.faultsOf(draft, actor));
  if (faults.length > 0) return form(faults);
  if (step === 'preview') {
    const carried = { ...values, ...(photo && { photo: photo.carried }) };
    const data = { type, authority, action, sections, photo, values: carried, token: random.id() };
    return desk.show('preview', data);
  }
  // Sent twice, the same preview makes one licence.
  const request_ = /^[\w-]{22}$/.test(values.token ?? '') ? values.token : undefined;
  let id = '';
  const refused = await faultsOrThrow(
    licences.issue(draft, actor, { request: request_ }).then((licence) => {
      id = licence.id;
    }),
  );
  return refused.length > 0 ? form(refused) : { redirect: `${licencesPath}/${id}?done=issued` };
}

/** The pages of the list and of entry. */
export const entryPages = (at: At): Route[] => [
  at('GET', '', 'Licences of an authority, and the types to enter', (desk) => showList(desk)),
  at('POST', '/search', 'Finds a licence by its number', search),
  at('GET', '/new', 'The form of a type', enter),
  at('POST', '/new', 'Checks, previews and issues what was entered', enter, withPhoto),
];
