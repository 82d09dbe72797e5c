import type { Route } from '../http/index.ts';
import type { WalletDependencies } from './deps.ts';
import type { Holders } from './holders.ts';
import type { Objections } from './objections.ts';
import type { Wallet } from './port.ts';

/** What the pages work with. */
export interface WalletContext extends WalletDependencies, Wallet {
  holders: Holders;
  objections: Objections;
}

/** All pages of the room. */
export function walletRoutes(_context: WalletContext): readonly Route[] {
  return [];
}
