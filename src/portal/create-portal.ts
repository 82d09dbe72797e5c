import type { Authenticators, Route } from '../http/index.ts';
import { type SsoPages, sessionLifetimes } from '../sso/index.ts';
import { accountActivityRoutes } from './account-activity.ts';
import { accountCareRoutes } from './account-care.ts';
import { accountHomeRoutes } from './account-home.ts';
import { accountMethodRoutes } from './account-methods.ts';
import { accountOrganisationRoutes } from './account-organisations.ts';
import { accountPhoneRoutes } from './account-phone.ts';
import { actingRoutes } from './acting.ts';
import { consentRoutes } from './consent.ts';
import type { PortalContext, PortalDeps } from './deps.ts';
import { createAuthenticate, entranceRoutes } from './entrance.ts';
import { interactionEntry } from './interaction-entry.ts';
import { loginRoutes } from './log-in.ts';
import { createPortalSessions } from './portal-session.ts';
import { recoverRoutes } from './recover.ts';
import { registerRoutes } from './register.ts';
import { createSsoPages } from './sso-pages.ts';
import { staffAuditRoutes } from './staff-audit.ts';
import { staffAuthorityRoutes } from './staff-authorities.ts';
import { createAuthenticateStaff } from './staff-entrance.ts';
import { staffHomeRoutes } from './staff-home.ts';
import { staffInvitationRoutes } from './staff-invitation.ts';
import { staffMemberRoutes } from './staff-members.ts';
import { standingRoutes } from './standing-pages.ts';
import { stepUpRoutes } from './step-up.ts';

/** The room. */
export interface Portal {
  /** All pages, for http to mount. */
  routes: readonly Route[];
  /** The person of a request, for http's guard. */
  authenticate: Authenticators['person'];
  /** The member of staff of a request. */
  authenticateStaff: Authenticators['staff'];
  /** The pages that sso needs drawn. */
  pages: SsoPages;
}

/** Makes the pages over identity and sso. */
export function createPortal({ store, random, ...deps }: PortalDeps): Portal {
  const lifetimes = deps.lifetimes ?? sessionLifetimes;
  const portalSessions = createPortalSessions({
    store,
    random,
    clock: deps.clock,
    cookies: deps.http.cookies,
    client: deps.sso.portal,
    lifeSeconds: lifetimes.hours * 3600,
  });
  const context: PortalContext = { ...deps, lifetimes, portalSessions };
  return {
    routes: [
      ...standingRoutes(context),
      ...entranceRoutes(context),
      interactionEntry(context),
      ...loginRoutes(context),
      ...stepUpRoutes(context),
      ...registerRoutes(context),
      ...recoverRoutes(context),
      ...actingRoutes(context),
      ...consentRoutes(context),
      ...accountHomeRoutes(context),
      ...accountPhoneRoutes(context),
      ...accountMethodRoutes(context),
      ...accountOrganisationRoutes(context),
      ...accountActivityRoutes(context),
      ...accountCareRoutes(context),
      ...staffHomeRoutes(context),
      ...staffInvitationRoutes(context),
      ...staffMemberRoutes(context),
      ...staffAuthorityRoutes(context),
      ...staffAuditRoutes(context),
    ],
    authenticate: createAuthenticate(context),
    authenticateStaff: createAuthenticateStaff(context),
    pages: createSsoPages(context),
  };
}
