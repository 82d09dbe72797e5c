import { maskIdNumbersIn } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import type { LicenceVersion } from '../licences/index.ts';
import { createCards } from './cards.ts';
import { describeFields } from './describe-fields.ts';
import {
  actingFor,
  type Found,
  findProblems,
  hurried,
  licencePages,
  type Visit,
  type WalletContext,
  walletPages,
} from './pages.ts';
import { holderData } from './shares.ts';

const endedForGood: ReadonlySet<string> = new Set(['revoked', 'rescinded', 'cancelled', 'transferred']);

/** The licence with its fields, its history, and who used it. */
async function showLicence(visit: Visit, found: Found, isFull = false): Promise<PageReply> {
  const { context, caller, request } = visit;
  const { licence, type } = found;
  const { after } = request.query;
  const [card, uses, objections] = await Promise.all([
    createCards(context, caller.level)(licence),
    context.uses.ofLicence(licence.id, { limit: 20, ...(after && { after }) }),
    context.objections.ofLicence(licence.id),
  ]);
  const version = licence.versions.at(-1) as LicenceVersion;
  const show = isFull ? (text: string) => text : maskIdNumbersIn;
  return visit.show('licence', {
    ...actingFor(found),
    ...{ card, isFull, uses: uses.items, objections, isSuperseded: card === undefined },
    id: licence.id,
    type: type.name,
    number: licence.number,
    holders: version.holders,
    version,
    fields: describeFields(type, version.data, show),
    history: historyOf(found),
    // Nothing is sealed any more for what has ended for good; what was sealed before stays.
    hasFile: version.file !== undefined || !card || !endedForGood.has(card.status),
    hasOpenObjection: objections.some(({ status }) => status === 'open'),
    next: uses.next && `/wallet/${licence.id}?${new URLSearchParams({ after: uses.next })}#uses`,
    said: request.query.said === 'objection' ? 'objection' : undefined,
  });
}

/** Versions and states in one line of time, newest first. */
function historyOf({ licence }: Found) {
  const versions = licence.versions.map(({ version, issuedOn, recordedAt }) => ({
    ...{ kind: 'version' as const, at: recordedAt, version, issuedOn },
  }));
  const states = licence.transitions.map(({ to, effectiveAt, reason }) => ({
    ...{ kind: 'state' as const, at: effectiveAt, to, reason },
  }));
  // The first version and becoming valid are one act.
  return [...versions.slice(1), ...states].sort((a, b) => b.at - a.at);
}

async function reveal(visit: Visit, found: Found): Promise<PageReply> {
  const data = { ...holderData(found.ref), licence: found.licence.id };
  await visit.context.audit.record('wallet.licence.revealed', data);
  return showLicence(visit, found, true);
}

/** What a file may be called on any system. */
const fileName = (text: string): string =>
  text.replaceAll(/[^\p{Letter}\p{Number} ()（）-]/gu, '_').slice(0, 60);

async function download({ context, request }: Visit, { licence, type, ref }: Found): Promise<PageReply> {
  const version = licence.versions.at(-1)?.version ?? 1;
  const { bytes } = await context.library.fileOf(licence.id, version);
  const data = { ...holderData(ref), licence: licence.id, version };
  await context.audit.record('wallet.file.downloaded', data);
  const name = request.locale === 'en' ? type.name.en : type.name.zh;
  return { file: bytes, type: 'application/pdf', name: `${fileName(name)}-${version}.pdf` };
}

/** One licence: what it says, what happened to it, its file. */
export function licenceRoutes(context: WalletContext): readonly Route[] {
  const at = walletPages(context);
  const licenceAt = licencePages(context);
  return [
    licenceAt('GET', '', 'One of my licences', (visit, found) => showLicence(visit, found)),
    licenceAt('POST', '/reveal', 'Show my licence in full', reveal),
    licenceAt('GET', '/file', 'Download the sealed file', download, hurried),
    at(
      'GET',
      '/{id}/raise',
      { summary: 'Log in with more assurance for a licence', level: 3, problems: findProblems },
      async ({ request }) => ({ redirect: `/wallet/${request.params.id}` }),
    ),
  ];
}
