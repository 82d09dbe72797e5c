import { maskIdNumbersIn } from '../core/index.ts';
import type { PageReply, Route, RouteLimit } from '../http/index.ts';
import type { LicenceVersion, PictureSize } from '../licences/index.ts';
import { type Card, createCards } from './cards.ts';
import { describeFields } from './describe-fields.ts';
import {
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

/** Nothing is sealed any more for what has ended for good; what was sealed before stays. */
const hasFile = (version: LicenceVersion, card: Card | undefined): boolean =>
  version.file !== undefined || !card || !endedForGood.has(card.status);

/**
 * How the sealed page is seen: not at all, blurred or sharp as the rest of the page is masked or full. Where no file was made
 * yet, looking at a masked page does not make one: `later`.
 */
function pictureOf(version: LicenceVersion, card: Card | undefined, isFull: boolean) {
  if (!card || !hasFile(version, card)) return undefined;
  if (isFull) return 'sharp';
  return version.file ? 'blurred' : 'later';
}

/** The licence with its fields, its history, and who used it. */
async function showLicence(visit: Visit, found: Found, isFull = false): Promise<PageReply> {
  const { context, caller, request } = visit;
  const { licence, type, heldSince } = found;
  const { after } = request.query;
  const [card, uses, objections] = await Promise.all([
    createCards(context, caller.level)(licence),
    context.uses.ofLicence(licence.id, { since: heldSince, limit: 20, ...(after && { after }) }),
    context.objections.ofLicence(licence.id),
  ]);
  await context.objections.markRead(objections, caller.accountId);
  const version = licence.versions.at(-1) as LicenceVersion;
  const show = isFull ? (text: string) => text : maskIdNumbersIn;
  return visit.show('licence', {
    ...{ card, isFull, uses: uses.items, isSuperseded: card === undefined },
    objections: objections.filter(({ raisedAt }) => raisedAt >= heldSince),
    id: licence.id,
    type: type.name,
    number: licence.number,
    holders: version.holders,
    version,
    fields: describeFields(type, version.data, show),
    history: historyOf(found),
    hasFile: hasFile(version, card),
    picture: pictureOf(version, card, isFull),
    hasOpenObjection: objections.some(({ status }) => status === 'open'),
    next: uses.next && `/wallet/${licence.id}?${new URLSearchParams({ after: uses.next })}#uses`,
    said: request.query.said === 'objection' ? 'objection' : undefined,
  });
}

/** Versions and states in one line of time, newest first. */
function historyOf({ licence, heldSince }: Found) {
  const versions = licence.versions.map(({ version, issuedOn, recordedAt }) => ({
    ...{ kind: 'version' as const, at: recordedAt, version, issuedOn },
  }));
  const states = licence.transitions.map(({ to, effectiveAt, recordedAt, reason }) => ({
    ...{ kind: 'state' as const, at: effectiveAt, to },
    // A reason is told to who held it then.
    reason: recordedAt >= heldSince ? reason : undefined,
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

/** The version that pages show, and what its files are called. */
function presentFile({ request }: Visit, { licence, type }: Found): { version: number; name: string } {
  const version = licence.versions.at(-1)?.version ?? 1;
  return { version, name: `${fileName(request.locale === 'en' ? type.name.en : type.name.zh)}-${version}` };
}

async function download(visit: Visit, found: Found): Promise<PageReply> {
  const { version, name } = presentFile(visit, found);
  const { id } = found.licence;
  const { bytes } = await visit.context.library.fileOf(id, version);
  const data = { ...holderData(found.ref), licence: id, version };
  await visit.context.audit.record('wallet.file.downloaded', data);
  return { file: bytes, type: 'application/pdf', name: `${name}.pdf` };
}

/** Those in which something can be read. */
const sharpSizes: readonly PictureSize[] = ['small', 'large'];

/** Every look at a page asks for one, so more often than files are. */
const looking: RouteLimit = { ...hurried, max: 120 };

async function showPicture(visit: Visit, found: Found): Promise<PageReply> {
  const { version, name } = presentFile(visit, found);
  const { id } = found.licence;
  const { query } = visit.request;
  // Whatever else is asked for, nothing that can be read comes without being asked for by name.
  const sharp = sharpSizes.find((size) => size === query.size);
  const { bytes } = await visit.context.library.pictureOf(id, version, sharp ?? 'blurred');
  const data = { ...holderData(found.ref), licence: id, version };
  if (sharp) await visit.context.audit.record('wallet.page.shown', data);
  return { file: bytes, type: 'image/jpeg', name: `${name}.jpg`, inline: true };
}

/** One licence: what it says, what happened to it, its file and how that looks. */
export function licenceRoutes(context: WalletContext): readonly Route[] {
  const at = walletPages(context);
  const licenceAt = licencePages(context);
  return [
    licenceAt('GET', '', 'One of my licences', (visit, found) => showLicence(visit, found)),
    licenceAt('POST', '/reveal', 'Show my licence in full', reveal),
    licenceAt('GET', '/file', 'Download the sealed file', download, hurried),
    licenceAt('GET', '/picture', 'The sealed file as a picture', showPicture, looking),
    at(
      'GET',
      '/{id}/raise',
      { summary: 'Log in with more assurance for a licence', level: 3, problems: findProblems },
      async ({ request }) => ({ redirect: `/wallet/${request.params.id}` }),
    ),
  ];
}
