import type { Middleware } from 'koa';
import type { PendingEvent } from '../core/index.ts';
import type { ClientCaller } from '../http/index.ts';
import type { Clients } from './clients-port.ts';
import type { Interactions } from './interactions-port.ts';
import type { PortalClient } from './portal-port.ts';
import type { Sessions } from './sessions-port.ts';

export type * from './accounts-port.ts';
export type * from './clients-port.ts';
export type * from './interactions-port.ts';
export type * from './pages-port.ts';
export type * from './portal-port.ts';
export type * from './sessions-port.ts';

/** Why a bearer token was not accepted; for WWW-Authenticate and the log. */
export type TokenFault = 'malformed' | 'expired' | 'not-for-us' | 'sender-constrained' | 'revoked';

/** What the room offers to the composition root. */
export interface Sso {
  /** Everything under /oidc and the discovery documents; passes on what is not its own. No body parser before it. */
  middleware: Middleware;
  /** Patterns of the paths that the middleware answers, for the outer chain and the metrics. */
  paths: readonly string[];
  interactions: Interactions;
  sessions: Sessions;
  clients: Clients;
  portal: PortalClient;
  /** Checks a bearer token for our API. */
  verifyAccessToken(token: string): Promise<{ caller: ClientCaller } | { fault: TokenFault }>;
  /** The account behind the subject that a client knows, for our API and the audit; undefined when it is none. */
  resolveSubject(clientId: string, sub: string): Promise<string | undefined>;
  /** Relayed events of this and lower rooms. Idempotent; ignores what does not concern it. */
  onEvent(event: PendingEvent): Promise<void>;
  close(): void;
}
