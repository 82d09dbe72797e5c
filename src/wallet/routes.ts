import type { Route } from '../http/index.ts';
import { licenceRoutes } from './licence-page.ts';
import { listRoutes } from './list-page.ts';
import { objectionRoutes, objectionStaffRoutes } from './objection-pages.ts';
import type { WalletContext } from './pages.ts';
import { shareRoutes } from './share-pages.ts';
import { showRoutes } from './show-pages.ts';

/** All pages of the room. Fixed paths come before those with the id of a licence. */
export function walletRoutes(context: WalletContext): readonly Route[] {
  return [
    ...listRoutes(context),
    ...shareRoutes(context),
    ...showRoutes(context),
    ...licenceRoutes(context),
    ...objectionRoutes(context),
    ...objectionStaffRoutes(context),
  ];
}
