import { maskIdentifier, Problem } from '../core/index.ts';
import type { FieldFault, PageReply, Route } from '../http/index.ts';
import { readDraft, sectionsOf, valuesOf } from './entry-form.ts';
import {
  type At,
  type Desk,
  declarePages,
  entryPages,
  faultsOrThrow,
  licencesPath,
  lineOf,
  type PagesDeps,
  shownNumber,
} from './pages.ts';
import { imageOf, photoFieldOf, withPhoto } from './photo-field.ts';
import type { Licence, LicenceType } from './port.ts';
import { recordedStatuses } from './record.ts';
import { statusTexts, transitionsFrom } from './transitions.ts';

interface Opened {
  licence: Licence;
  type: LicenceType;
  address: string;
}

/** The licence, if the clerk's authority issued it; others' are not there. */
async function open({ licences, actor, request }: Desk): Promise<Opened> {
  const { id = '' } = request.params;
  await licences.mine(id, actor);
  const licence = await licences.library.findById(id);
  const type = licence && (await licences.types.find(licence.typeCode));
  if (!licence || !type) throw new Problem('licence-not-found');
  return { licence, type, address: `${licencesPath}/${id}` };
}

/** Whoever sees what a licence says is in the log, by whichever page. */
async function noteLook({ audit, actor }: Desk, { id, typeCode }: Licence): Promise<void> {
  await audit.record('licences.licence.shown', { licence: id, type: typeCode, actor: actor.id });
}

async function draw(desk: Desk, opened: Opened, faults: readonly FieldFault[] = []): Promise<PageReply> {
  const { licences, request } = desk;
  const { licence, type, address } = opened;
  await noteLook(desk, licence);
  const state = await licences.library.stateAt(licence, licences.now());
  const version = state?.version ?? licence.versions[0];
  if (!version) throw new Problem('licence-not-found');
  const said = recordedStatuses.find((one) => one === licence.transitions.at(-1)?.to) ?? 'valid';
  const isOpen = said === 'valid' || said === 'suspended';
  const masked = version.holders.map((holder) => ({
    ...holder,
    idNumber: maskIdentifier({ type: holder.idType, number: holder.idNumber }),
  }));
  return desk.show(
    'licence',
    {
      ...{ licence, type, version, address, line: await lineOf(desk, licence), number: shownNumber(licence) },
      ...{ state, statusTexts, values: request.body },
      authority: await licences.issuers.find(licence.issuerCode),
      image: await imageOf(desk, version),
      sections: sectionsOf(type, valuesOf({ ...version, holders: masked }), false),
      steps: transitionsFrom(said),
      mayChange: isOpen && state?.status !== 'superseded',
      renewal: `${licencesPath}/new?${new URLSearchParams({ type: type.code, authority: licence.issuerCode, renews: licence.id })}`,
    },
    faults,
  );
}

const showLicence = async (desk: Desk): Promise<PageReply> => draw(desk, await open(desk));

async function download(desk: Desk): Promise<PageReply> {
  const { licence } = await open(desk);
  await noteLook(desk, licence);
  const version = Number(desk.request.params.version);
  const { bytes } = await desk.licences.library.fileOf(licence.id, version);
  return { file: bytes, type: 'application/pdf', name: `licence-${version}.pdf` };
}

async function takeStep(desk: Desk): Promise<PageReply> {
  const opened = await open(desk);
  const { request, actor, licences } = desk;
  const to = recordedStatuses.find((status) => status === request.body.to);
  if (!to) throw new Problem('malformed-request');
  const move = { to, reason: (request.body.reason ?? '').slice(0, 500) };
  const faults = await faultsOrThrow(licences.move(opened.licence.id, move, actor));
  if (faults.length > 0) return draw(desk, opened, faults);
  return { redirect: `${opened.address}?done=moved` };
}

async function change(desk: Desk): Promise<PageReply> {
  const opened = await open(desk);
  const { licence, type, address } = opened;
  const { request, licences, actor } = desk;
  const last = licence.versions.at(-1);
  if (!last) throw new Problem('licence-not-found');
  await noteLook(desk, licence);
  const values = request.koa.method === 'POST' ? request.body : valuesOf(last);
  const photo = await photoFieldOf(desk, type, last);
  const form = (faults: readonly FieldFault[] = []) =>
    desk.show(
      'form',
      {
        ...{ type, photo, keepsPhoto: last.photo !== undefined },
        action: `${address}/change`,
        changes: shownNumber(licence),
        sections: sectionsOf(type, values, false),
      },
      faults,
    );
  if (values.do !== 'change') return form();
  const entered = readDraft(type, values, { issuingAuthorityCode: licence.issuerCode });
  const draft = { ...entered, photo: photo?.chosen };
  const faults = await faultsOrThrow(licences.addVersion(licence.id, draft, actor));
  return faults.length > 0 ? form(faults) : { redirect: `${address}?done=changed` };
}

const licencePages = (at: At): Route[] => [
  at('GET', '/{id}', 'A licence with its history and what can be done', showLicence),
  at('GET', '/{id}/file/{version}', 'The sealed file of a version', download),
  at('POST', '/{id}/transitions', 'Takes a step between states', takeStep),
  at('GET', '/{id}/change', 'The form of a new version', change),
  at('POST', '/{id}/change', 'Changes what the licence says', change, withPhoto),
];

/** All pages of clerks. */
export function licencePageRoutes(deps: PagesDeps): Route[] {
  const at = declarePages(deps);
  return [...entryPages(at), ...licencePages(at)];
}
