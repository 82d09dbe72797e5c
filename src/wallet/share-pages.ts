import type { PageReply, Route } from '../http/index.ts';
import { type Visit, type WalletContext, walletPages } from './pages.ts';
import type { Share } from './port.ts';

/** Why a consent no longer opens anything; `live` while it does. */
function stateOf({ withdrawnAt, validUntil, readsLeft }: Share, now: number): string {
  if (withdrawnAt !== undefined) return 'withdrawn';
  if (readsLeft === 0) return 'used';
  return now < validUntil ? 'live' : 'over';
}

async function showShares(visit: Visit): Promise<PageReply> {
  const { context, caller, request } = visit;
  const { after, said } = request.query;
  const page = await context.shares.list(caller.accountId, { limit: 20, ...(after && { after }) });
  const organisations = new Map(
    (await context.identity.organisations.list(caller.accountId)).map((one) => [
      one.organisationId,
      one.name,
    ]),
  );
  const shares = await Promise.all(
    page.items.map(async (share) => ({
      ...share,
      state: stateOf(share, context.clock.now()),
      site: (await context.names.ofClient(share.clientId)) ?? share.clientId,
      serviceItem: (await context.matters.findServiceItem(share.matter.serviceItemCode))?.name,
      types: await Promise.all(
        share.licenceTypes.map(async (code) => (await context.library.types.find(code))?.name ?? code),
      ),
      organisation: share.organisationId && organisations.get(share.organisationId),
    })),
  );
  return visit.show('shares', {
    shares,
    next: page.next && `/wallet/shares?${new URLSearchParams({ after: page.next })}`,
    said: said === 'withdrawn' ? said : undefined,
  });
}

/** Consents of one site for one matter. */
export function shareRoutes(context: WalletContext): readonly Route[] {
  const at = walletPages(context);
  return [
    at('GET', '/shares', { summary: 'Sites that may verify my licences' }, showShares),
    at('POST', '/shares/withdraw', { summary: 'Withdraw such a consent' }, async ({ caller, request }) => {
      await context.shares.withdraw(request.body.share ?? '', caller.accountId);
      return { redirect: '/wallet/shares?said=withdrawn' };
    }),
  ];
}
