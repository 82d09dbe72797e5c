import { toString as drawQr } from 'qrcode';
import { Problem, retryAfter, timeOfDayAt } from '../core/index.ts';
import type { FieldFault, PageReply, Route, RouteLimit } from '../http/index.ts';
import type { Licence } from '../licences/index.ts';
import { createCards } from './cards.ts';
import { parseDeskCode } from './codes.ts';
import {
  confirmActing,
  type Found,
  findProblems,
  holderOf,
  hurried,
  licencePages,
  type Visit,
  type WalletContext,
  walletPages,
} from './pages.ts';
import type { DeskView, HolderRef, LicenceUse } from './port.ts';
import { showingLifeMs } from './presentations.ts';

/** So long after a scan a page that is opened again tells of it instead of making another code. */
const justNowMs = 2 * showingLifeMs;

/** A page with a code asks every three seconds, for five minutes at most. */
const asking: RouteLimit = { max: 300, windowSeconds: 600, by: 'caller' };

/** Licences that a desk page offers at most; who has more comes from the page of one. */
const mostOffered = 50;

const faults = {
  digits: { zh: '请输入 6 位数字。', en: 'Enter six digits.' },
  unknown: {
    zh: '没有找到这个窗口码。请看清窗口屏幕上现在的 6 位数字再输入：它每 45 秒换一次。',
    en: 'This desk code leads nowhere. Enter the six digits that the counter shows now: they change every 45 seconds.',
  },
  ended: {
    zh: '这个窗口已经不在等待。请看窗口屏幕上的新数字，重新输入。',
    en: 'This desk no longer waits. Enter the new digits on the counter’s screen.',
  },
  choose: { zh: '请选择一张证照。', en: 'Choose a licence.' },
  wrongType: {
    zh: '这个窗口不受理这类证照。请选择另一张，或问一问工作人员。',
    en: 'This desk does not take this type of licence. Choose another one, or ask at the counter.',
  },
};
const faultOf = (field: string, name: keyof typeof faults): FieldFault => ({ field, text: faults[name] });

/** The first full minute at which it may be tried again. */
const minuteAt = (at: number): string => timeOfDayAt(at + 59_999).slice(0, 5);
const limitedFault = (field: string, retryAt: number): FieldFault => ({
  field,
  text: {
    zh: `输入的次数太多了。请在 ${minuteAt(retryAt)} 以后再试，或者让工作人员扫您的二维码。`,
    en: `Too many tries. Try again after ${minuteAt(retryAt)}, or have the counter scan your QR code instead.`,
  },
});

/** The QR code in black on white, as figures inside the page: no second request, no script, no style. */
const qrOf = (code: string): Promise<string> =>
  drawQr(code, {
    ...{ type: 'svg', errorCorrectionLevel: 'M', margin: 4 },
    color: { dark: '#000000ff', light: '#ffffffff' },
  });

/** For a counter whose scanner fails: read aloud or typed, blanks do not matter. */
const grouped = (code: string): string => code.replace(/^.{3}|.{4}(?=.)/g, '$& ');

/** What the list of its uses says of the newest code of the licence that a counter scanned just now. */
async function scannedSince({ context, request }: Visit, { licence, heldSince }: Found) {
  const asked = Number(request.query.since ?? 0);
  const since = Math.max(heldSince, context.clock.now() - justNowMs, Number.isFinite(asked) ? asked : 0);
  const { items } = await context.uses.ofLicence(licence.id, { since });
  return items.find(({ by }) => by === 'code');
}

const showScan = (
  visit: Visit,
  { licence, type }: Found,
  used: LicenceUse | undefined,
  isSpent = false,
): PageReply => visit.show('shown', { id: licence.id, type: type.name, used, isSpent });

/** Whether the counter has scanned the code of a page; made for its script, which puts the answer in the place of the code. */
async function showUse(visit: Visit, found: Found): Promise<PageReply> {
  const { context, request } = visit;
  const { since, of = '' } = request.query;
  const used = await scannedSince(visit, found);
  const isStillShown = context.clock.now() < Number(since) + showingLifeMs;
  // Used up by a counter whose matter has no use for this type: the licence has no use of it in its list.
  const isSpent = !used && isStillShown && of !== '' && !(await context.presentations.isLive(of));
  return showScan(visit, found, used, isSpent);
}

async function showCode(visit: Visit, found: Found): Promise<PageReply> {
  const { context, caller } = visit;
  const { licence, ref } = found;
  const used = await scannedSince(visit, found);
  if (used) return showScan(visit, found, used);
  const card = await createCards(context, caller.level)(licence);
  const since = context.clock.now();
  const shown = card && (await context.presentations.show({ holder: ref, licenceId: licence.id }));
  if (!shown) throw new Problem('wallet-licence-not-found');
  return visit.show('show', {
    ...{ card, scripts: ['show-code.js'] },
    ask: `/wallet/${licence.id}/shown?${new URLSearchParams({ since: String(since), of: shown.reference })}`,
    qr: await qrOf(shown.code),
    code: grouped(shown.code),
    until: timeOfDayAt(shown.expiresAt),
    lifeSeconds: showingLifeMs / 1000,
  });
}

/** What a desk page can offer: of whom the session acts for; where it came from a licence, that one first. */
async function offerOf(visit: Visit, desk: DeskView, chosen: string | undefined) {
  const { context, caller } = visit;
  const holder = holderOf(visit);
  const [wanted, found] = await Promise.all([
    licencesOf(context, holder, desk),
    chosen === undefined ? undefined : context.holders.findLicence(holder, chosen),
  ]);
  const first = found && takes(desk, found) ? [found] : [];
  const licences = [...first, ...wanted.filter(({ id }) => id !== found?.id)];
  const cardOf = createCards(context, caller.level);
  const cards = await Promise.all(licences.slice(0, mostOffered).map(cardOf));
  const learns = await learnedOf(context, desk, licences);
  const offered = cards.flatMap((card, index) => {
    const typeCode = licences[index]?.typeCode ?? '';
    const learned = learns.get(typeCode);
    // What its verifier may learn nothing of cannot be shown there.
    return card && !card.isLocked && learned ? [{ ...card, learns: learned }] : [];
  });
  // What would be refused comes last.
  return [
    ...offered.filter(({ status }) => status === 'valid'),
    ...offered.filter(({ status }) => status !== 'valid'),
  ];
}

const takes = ({ typeCodes }: DeskView, { typeCode }: Licence): boolean =>
  typeCodes.length === 0 || typeCodes.includes(typeCode);

async function licencesOf(
  { holders, library }: WalletContext,
  ref: HolderRef,
  desk: DeskView,
): Promise<Licence[]> {
  const holder = await holders.find(ref);
  const [one] = desk.typeCodes;
  const typeCode = desk.typeCodes.length === 1 && one !== undefined ? { typeCode: one } : {};
  const pages = await Promise.all(
    (holder?.identifiers ?? []).map(({ type, value }) =>
      library.findByHolder({ idType: type, idNumber: value, limit: mostOffered, ...typeCode }),
    ),
  );
  return pages.flatMap(({ items }) => items).filter((licence) => takes(desk, licence));
}

async function learnedOf({ matters }: WalletContext, desk: DeskView, licences: readonly Licence[]) {
  const codes = [...new Set(licences.map(({ typeCode }) => typeCode))];
  const learned = await Promise.all(codes.map((code) => matters.learns(desk.matter.serviceItemCode, code)));
  return new Map(codes.map((code, index) => [code, learned[index]]));
}

/** Why there may be nothing to show: the types that the desk takes, and whether it may lie with somebody else of the person's. */
async function neededAt({ context, caller }: Visit, { typeCodes }: DeskView) {
  const { library, identity } = context;
  const [types, organisations] = await Promise.all([
    Promise.all(typeCodes.map((code) => library.types.find(code))),
    identity.organisations.list(caller.accountId),
  ]);
  return {
    types: types.flatMap((type) => (type ? [type.name] : [])),
    mayActOtherwise: organisations.length > 0,
  };
}

async function showDesk(visit: Visit, desk: DeskView, wrong: readonly FieldFault[] = []): Promise<PageReply> {
  const { licence: chosen } = visit.request.body;
  await confirmActing(visit.context, holderOf(visit));
  const offer = await offerOf(visit, desk, chosen || undefined);
  const picked = offer.find(({ id }) => id === chosen)?.id ?? (offer.length === 1 ? offer[0]?.id : undefined);
  const needed = offer.length > 0 ? undefined : await neededAt(visit, desk);
  return visit.show('desk-confirm', { desk, offer, picked, needed }, wrong);
}

/** Six digits typed: who waits there. */
async function enterCode(visit: Visit): Promise<PageReply> {
  const { context, caller, request } = visit;
  const { code = '', licence = '' } = request.body;
  const found = licence ? await context.holders.findLicence(holderOf(visit), licence) : undefined;
  const again = (wrong: FieldFault) => visit.show('desk', { licence: found?.id }, [wrong]);
  // What cannot be a code is no guess, and no desk is looked for.
  if (parseDeskCode(code) === undefined) return again(faultOf('code', 'digits'));
  const answer = await context.desks.find({ code, accountId: caller.accountId });
  if (answer.outcome === 'found') return showDesk(visit, answer.desk);
  if (answer.outcome === 'unknown') return again(faultOf('code', 'unknown'));
  const headers = retryAfter(answer.retryAt, context.clock.now());
  return { ...again(limitedFault('code', answer.retryAt)), status: 429, headers };
}

async function confirm(visit: Visit): Promise<PageReply> {
  const { context, caller, request } = visit;
  const { ticket = '', licence = '', learns = '' } = request.body;
  const desk = await context.desks.view(ticket, caller.accountId);
  if (desk && !licence) return showDesk(visit, desk, [faultOf('licence', 'choose')]);
  const holder = holderOf(visit);
  const found = await context.holders.findLicence(holder, licence);
  const type = found && (await context.library.types.find(found.typeCode));
  if (type && type.securityLevel > caller.level) return { redirect: `/wallet/${licence}/raise` };
  await confirmActing(context, holder);
  const seen = learns.split(' ');
  const { outcome } = await context.desks.present({ ticket, holder, licenceId: licence, seen });
  if (outcome === 'presented') return { redirect: '/wallet/desk/done' };
  if (desk && outcome === 'not-wanted') return showDesk(visit, desk, [faultOf('licence', 'wrongType')]);
  if (desk && outcome === 'not-yours') return showDesk(visit, desk, [faultOf('licence', 'choose')]);
  return visit.show('desk', {}, [faultOf('code', 'ended')]);
}

/** Showing: the QR code of one licence, and the digits of a counter. */
export function showRoutes(context: WalletContext): readonly Route[] {
  const at = walletPages(context);
  const licenceAt = licencePages(context);
  return [
    at('GET', '/desk', { summary: 'Enter the code that a counter shows' }, async (visit) =>
      visit.show('desk'),
    ),
    at(
      'POST',
      '/desk',
      { summary: 'Who waits at that counter, and what they will learn', problems: findProblems },
      enterCode,
    ),
    at(
      'POST',
      '/desk/confirm',
      { summary: 'Show a licence at that counter', problems: findProblems },
      confirm,
    ),
    at('GET', '/desk/done', { summary: 'Shown' }, async (visit) => visit.show('desk-done')),
    licenceAt(
      'GET',
      '/show',
      'A code that shows this licence once',
      (visit, found) => showCode(visit, found),
      hurried,
    ),
    licenceAt('GET', '/shown', 'Whether the code of this licence was scanned just now', showUse, asking),
  ];
}
