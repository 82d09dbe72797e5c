import type { PendingEvent } from '../core/index.ts';
import type { Route } from '../http/index.ts';
import type { WalletDependencies } from './deps.ts';
import { createDesks } from './desks.ts';
import { objectionEvents } from './events.ts';
import { createHolders } from './holders.ts';
import { createObjections } from './objections.ts';
import type { Wallet } from './port.ts';
import { createPresentations } from './presentations.ts';
import { walletRoutes } from './routes.ts';
import { createShares } from './shares.ts';
import { createUses } from './uses.ts';

/** Makes the room. */
export function createWallet(
  deps: WalletDependencies,
): Wallet & { routes: readonly Route[]; onEvent(event: PendingEvent): Promise<void> } {
  const holders = createHolders(deps);
  const objections = createObjections(deps, holders);
  const wallet: Wallet = {
    presentations: createPresentations(deps, holders),
    desks: createDesks(deps, holders),
    shares: createShares(deps, holders),
    uses: createUses(deps),
  };
  return {
    ...wallet,
    routes: walletRoutes({ ...deps, ...wallet, holders, objections }),
    async onEvent(event) {
      if (!objectionEvents.has(event.type)) return;
      await objections.settle(String(event.data.licence));
      if (event.type === 'wallet.objection.answered') await objections.tellAnswered(event);
    },
  };
}
