import type { Audit } from '../audit/index.ts';
import type { Bilingual, Clock, Random, StaffRole } from '../core/index.ts';
import type { Http } from '../http/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Sso } from '../sso/index.ts';
import type { Store } from '../storage/index.ts';
import type { LicenceConsents } from './licence-port.ts';
import type { PortalSessions } from './portal-session.ts';

/** A place of work that a room opens to some roles; the home page of staff leads there. */
export interface StaffLink {
  href: string;
  label: Bilingual;
  /** What is done there, in one sentence. */
  text: Bilingual;
  roles: readonly StaffRole[];
}

/** What the room needs. */
export interface PortalDeps {
  identity: Identity;
  sso: Pick<Sso, 'interactions' | 'sessions' | 'clients' | 'portal'>;
  store: Store;
  audit: Audit;
  /** Origin of the service, for links that are handed over. */
  issuer: string;
  clock: Clock;
  random: Random;
  http: Pick<Http, 'renderPage' | 'cookies'>;
  /** Licences that sites ask for with a login; none are offered when absent. */
  licenceConsents?: LicenceConsents;
  /** Places of work that other rooms open to staff. */
  adminLinks?: readonly StaffLink[];
  /** How long a login lasts, as the pages say it; what sso keeps when absent. */
  lifetimes?: Lifetimes;
}

/** How long a login lasts. The single sign-on session keeps the idle time; the portal's own session ends after the hours. */
export interface Lifetimes {
  idleMinutes: number;
  hours: number;
}

/** What the page tables work with. */
export interface PortalContext extends Omit<PortalDeps, 'store' | 'random' | 'lifetimes'> {
  portalSessions: PortalSessions;
  lifetimes: Lifetimes;
}
