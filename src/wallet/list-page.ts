import { dayAt, dayMs, maskName, type Page } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import type { Licence } from '../licences/index.ts';
import { type Card, createCards, soonDays } from './cards.ts';
import type { KnownHolder } from './holders.ts';
import { holderOf, type Visit, type WalletContext, walletPages } from './pages.ts';
import type { HolderRef } from './port.ts';

/** Cards of one page. */
const pageSize = 24;
/** Cards that end soon, above all others: no more than a person takes in at once. */
const mostEnding = 6;
/** What was renewed or revoked before its end lies among them; so many are looked at. */
const mostLookedAt = 24;

/** A cursor names the identifier whose licences it goes on with: most holders have one, former numbers come after it. */
async function readPage(
  { library }: WalletContext,
  { identifiers }: KnownHolder,
  after: string | undefined,
): Promise<Page<Licence>> {
  const [, index = '0', cursor] = /^(\d)\.(.*)$/.exec(after ?? '') ?? [];
  const items: Licence[] = [];
  for (let at = Number(index); at < identifiers.length; at += 1) {
    const { type: idType = '', value: idNumber = '' } = identifiers[at] ?? {};
    const from = at === Number(index) && cursor ? { after: cursor } : {};
    const page = await library.findByHolder({ idType, idNumber, limit: pageSize - items.length, ...from });
    items.push(...page.items);
    if (page.next !== undefined) return { items, next: `${at}.${page.next}` };
    if (items.length === pageSize && at + 1 < identifiers.length) return { items, next: `${at + 1}.` };
  }
  return { items };
}

/** Newest first by the day of issue where the page is the whole wallet; the index of longer ones knows the order of recording. */
function inOrder({ items, next }: Page<Licence>, after: string | undefined): readonly Licence[] {
  if (after !== undefined || next !== undefined) return items;
  const issuedOn = ({ versions }: Licence): string => versions.at(-1)?.issuedOn ?? '';
  return [...items].sort((a, b) => issuedOn(b).localeCompare(issuedOn(a)));
}

type DrawCard = ReturnType<typeof createCards>;

/** What ends soon of all that the holder has, the most urgent first. */
async function endingCards(
  { library, clock }: WalletContext,
  { identifiers }: KnownHolder,
  cardOf: DrawCard,
): Promise<Card[]> {
  const now = clock.now();
  const days = { from: dayAt(now), to: dayAt(now + soonDays * dayMs) };
  const found = await Promise.all(
    identifiers.map(({ type: idType, value: idNumber }) =>
      library.findEnding({ idType, idNumber, ...days, limit: mostLookedAt }),
    ),
  );
  const cards = await Promise.all(found.flat().map(cardOf));
  return cards
    .flatMap((card) => (card?.daysLeft === undefined || card.isLocked ? [] : [card]))
    .sort((a, b) => (a.daysLeft ?? 0) - (b.daysLeft ?? 0))
    .slice(0, mostEnding);
}

/** The cards of one page; what ends soon stands above the first of them, and there once. */
async function cardsOf(visit: Visit, holder: KnownHolder | undefined) {
  const { context, caller, request } = visit;
  const { after } = request.query;
  if (!holder) return { cards: [], ending: [], next: undefined };
  const cardOf = createCards(context, caller.level);
  const [page, ending] = await Promise.all([
    readPage(context, holder, after),
    after === undefined ? endingCards(context, holder, cardOf) : [],
  ]);
  const above = new Set(ending.map(({ id }) => id));
  const drawn = await Promise.all(
    inOrder(page, after)
      .filter(({ id }) => !above.has(id))
      .map(cardOf),
  );
  return { cards: drawn.filter((card) => card !== undefined), ending, next: page.next };
}

/** Licences to whose objections there is an answer that the person has not opened. */
async function answeredOf({ context, request }: Visit, ref: HolderRef) {
  if (request.query.after !== undefined) return [];
  const objections = await context.objections.unread(ref);
  return Promise.all(
    objections.map(async ({ licenceId, typeCode }) => ({
      id: licenceId,
      type: (await context.library.types.find(typeCode))?.name ?? typeCode,
    })),
  );
}

async function showList(visit: Visit): Promise<PageReply> {
  const { context, caller, request } = visit;
  const { identity, holders } = context;
  const { organisations } = identity;
  const ref = holderOf(visit);
  const { accountId, organisationId } = ref;
  const [all, confirmation] = await Promise.all([
    organisations.list(accountId),
    organisationId === undefined ? undefined : organisations.confirm(accountId, organisationId),
  ]);
  const tabs = [
    { organisationId: undefined, name: undefined, isCurrent: organisationId === undefined },
    ...all.map((one) => ({
      ...{ organisationId: one.organisationId, name: one.name },
      isCurrent: one.organisationId === organisationId,
    })),
  ];
  if (confirmation !== undefined && confirmation !== 'confirmed')
    return visit.show('wallet', { tabs, cards: [], ending: [], refused: confirmation });
  const holder = await holders.find(ref);
  const [{ cards, ending, next }, answered] = await Promise.all([
    cardsOf(visit, holder),
    answeredOf(visit, ref),
  ]);
  return visit.show('wallet', {
    tabs,
    ...{ cards, ending, answered },
    name: caller.actingFor ? holder?.name : maskName(holder?.name ?? ''),
    isOrganisation: organisationId !== undefined,
    next: next && `/wallet?${new URLSearchParams({ after: next })}`,
    isFirst: request.query.after === undefined,
  });
}

/** The cards. */
export function listRoutes(context: WalletContext): readonly Route[] {
  const at = walletPages(context);
  return [at('GET', '', { summary: 'The licences of whom I act for' }, showList)];
}
