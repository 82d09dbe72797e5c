import { dayAt, dayMs, maskName, type Page } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import type { Licence } from '../licences/index.ts';
import { type Card, createCards, soonDays } from './cards.ts';
import type { KnownHolder } from './holders.ts';
import { type Visit, type WalletContext, walletPages } from './pages.ts';

/** Cards of one page. */
const pageSize = 24;
/** Cards that end soon, above all others: no more than a person takes in at once. */
const mostEnding = 6;
/** What was renewed or revoked before its end lies among them; so many are looked at. */
const mostLookedAt = 24;
/** The person's own tab, where an organisation's has its id. */
const self = 'me';

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
  const drawn = await Promise.all(page.items.filter(({ id }) => !above.has(id)).map(cardOf));
  return { cards: drawn.filter((card) => card !== undefined), ending, next: page.next };
}

async function showList(visit: Visit): Promise<PageReply> {
  const { context, caller, request } = visit;
  const { accountId } = caller;
  const organisations = await context.identity.organisations.list(accountId);
  const asked = request.query.for ?? caller.actingFor?.organisationId ?? self;
  const organisation = organisations.find(({ organisationId }) => organisationId === asked);
  const confirmation =
    asked === self || !organisation
      ? undefined
      : await context.identity.organisations.confirm(accountId, asked);
  const tabs = [
    { for: self, isCurrent: asked === self },
    ...organisations.map(({ organisationId, name }) => ({
      ...{ for: organisationId, name, isCurrent: organisationId === asked },
    })),
  ];
  // Somebody else's organisation, one that is no longer theirs, and none at all look the same.
  if (asked !== self && confirmation !== 'confirmed')
    return visit.show('wallet', { tabs, cards: [], ending: [], refused: confirmation ?? 'ended' });
  const holder = await context.holders.find({
    accountId,
    ...(organisation && { organisationId: organisation.organisationId }),
  });
  const { cards, ending, next } = await cardsOf(visit, holder);
  return visit.show('wallet', {
    tabs,
    ...{ cards, ending },
    name: organisation?.name ?? maskName(holder?.name ?? ''),
    isOrganisation: organisation !== undefined,
    next: next && `/wallet?${new URLSearchParams({ for: asked, after: next })}`,
    isFirst: request.query.after === undefined,
    ...(organisation && {
      acting: { organisationId: organisation.organisationId, name: organisation.name },
    }),
  });
}

/** The cards. */
export function listRoutes(context: WalletContext): readonly Route[] {
  const at = walletPages(context);
  return [at('GET', '', { summary: 'My licences, and those of organisations that I act for' }, showList)];
}
