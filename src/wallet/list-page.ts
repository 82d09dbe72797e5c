import { maskName, type Page } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import type { Licence } from '../licences/index.ts';
import { createCards, expiringFirst } from './cards.ts';
import type { KnownHolder } from './holders.ts';
import { type Visit, type WalletContext, walletPages } from './pages.ts';

/** Cards of one page. */
const pageSize = 24;
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

async function showList(visit: Visit): Promise<PageReply> {
  const { context, caller, request } = visit;
  const { accountId, level } = caller;
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
    return visit.show('wallet', { tabs, cards: [], refused: confirmation ?? 'ended' });
  const holder = await context.holders.find({
    accountId,
    ...(organisation && { organisationId: organisation.organisationId }),
  });
  const page = holder ? await readPage(context, holder, request.query.after) : { items: [] };
  const cardOf = createCards(context, level);
  const cards = (await Promise.all(page.items.map(cardOf))).filter((card) => card !== undefined);
  return visit.show('wallet', {
    tabs,
    cards: expiringFirst(cards),
    name: organisation?.name ?? maskName(holder?.name ?? ''),
    isOrganisation: organisation !== undefined,
    next: page.next && `/wallet?${new URLSearchParams({ for: asked, after: page.next })}`,
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
