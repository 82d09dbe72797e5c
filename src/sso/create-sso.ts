import type { Context } from 'koa';
import type { AdapterPayload, Client, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Audit } from '../audit/index.ts';
import type { Clock, PendingEvent, Random } from '../core/index.ts';
import { actingEndingEvents, sessionEndingEvents } from '../identity/index.ts';
import type { Keyring } from '../keyring/index.ts';
import type { Notices } from '../outbound/index.ts';
import type { Store } from '../storage/index.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';
import { createAccessTokens } from './access-tokens.ts';
import { sidOf } from './acting.ts';
import { createArtefacts } from './artefacts.ts';
import { createClientRegister } from './clients.ts';
import { createConsents } from './consents.ts';
import { createInteractions } from './interactions.ts';
import { createLogoutNotices } from './logout-notices.ts';
import { createMiddleware, listen, paths } from './middleware.ts';
import { createProviderPages } from './pages.ts';
import type { AccountsPort, LicenceRequestsPort, Sso, SsoPages } from './port.ts';
import { createPortalClient, type PortalSettings, portalClientId, portalMetadata } from './portal-client.ts';
import { createProvider } from './provider.ts';
import { createSessionRecords } from './session-records.ts';
import { createSessions } from './sessions.ts';
import { createSubjects } from './subjects.ts';
import { createTrail } from './trail.ts';

export interface SsoDependencies {
  /** https origin; http://localhost in the demo. */
  issuer: string;
  store: Store;
  keyring: Keyring;
  audit: Audit;
  /** The outbound guard in the shape of fetch: jwks_uri and sector_identifier_uri of clients are fetched through it. */
  fetch: typeof globalThis.fetch;
  notices: Notices;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  accounts: AccountsPort;
  /** What sites may ask to verify. None may, when absent. */
  licenceRequests?: LicenceRequestsPort;
  portal: PortalSettings;
  pages: SsoPages;
  /** The caller's address as the trusted proxies report it; Koa's own when absent. */
  addressOf?: (ctx: Context) => string;
}

/** Makes the room. Any number of processes may share one store and keyring. */
export function createSso(dependencies: SsoDependencies): Sso {
  const { issuer, store, keyring, audit, notices, clock, random, accounts } = dependencies;
  let current: Provider;
  let closed = false;
  const provider = () => current;

  const subjects = createSubjects(keyring.permanentSecret('pairwise'));
  const subjectFor = (client: Client, accountId: string) =>
    client.subjectType === 'pairwise' ? subjects.subjectOf(accountId, sectorOf(client)) : accountId;

  const trail = createTrail(audit);
  const consents = createConsents({ store, audit, clock, random });
  const builtIn = new Map([[portalClientId, portalMetadata(issuer, dependencies.portal, keyring)]]);
  const clients = createClientRegister({ store, audit, consents, clock, random, builtIn, provider });
  const findClient = (clientId: string) => clients.find(current, clientId);
  const logoutNotices = createLogoutNotices({
    ...{ issuer, keyring, notices, clock, random },
    ...{ findClient, subjectFor },
  });
  const sessions = createSessionRecords({
    ...{ store, audit, clock },
    mayAct: async (accountId, organisationId) =>
      (await accounts.findActingFor(accountId, organisationId)) !== undefined,
  });
  const artefacts = createArtefacts({ store, clock, cipher: keyring.cipher, consents, onReplay });
  const accessTokens = createAccessTokens({
    ...{ issuer, keyring, clients, consents, sessions, accounts, clock, provider },
  });

  async function onReplay(kind: string, { grantId, accountId, clientId }: AdapterPayload): Promise<void> {
    if (grantId) await consents.endTokens(grantId);
    if (clientId)
      await audit.record('sso.token.replayed', {
        ...(accountId && { account: accountId }),
        client: clientId,
        kind,
      });
  }

  /** The provider revokes at the token endpoint for one reason only: somebody came with what was used before. */
  function onGrantRevoked(ctx: KoaContextWithOIDC): void {
    const { route, client, params } = ctx.oidc;
    if (route === 'token' && client)
      trail.note(ctx, 'sso.token.replayed', { client: client.clientId, kind: String(params?.grant_type) });
  }

  function renewProvider(): void {
    if (closed) return;
    const next = createProvider({
      ...{ issuer, keyring, random, accounts, artefacts, consents, sessions, clients, logoutNotices },
      ...{ portalClientId, subjectFor, sealBinding: accessTokens.sealBinding },
      licenceRequests: dependencies.licenceRequests ?? noLicenceRequests,
      addressOf: dependencies.addressOf ?? ((ctx) => ctx.ip),
      fetch: plainFetch(dependencies.fetch),
      pages: createProviderPages(dependencies.pages),
    });
    listen(next, { trail, logger: dependencies.logger, metrics: dependencies.metrics, onGrantRevoked });
    accessTokens.rekey();
    current = next;
  }
  renewProvider();
  keyring.onChange(renewProvider);

  const people = createSessions({ records: sessions, consents, clients });

  async function onEvent({ type, at, data }: PendingEvent): Promise<void> {
    if (type === 'sso.session.ended') {
      const tombstone = await sessions.findEnded(String(data.session));
      if (tombstone) await logoutNotices.tellAll(tombstone);
    } else if (type === 'sso.acting.changed') {
      await logoutNotices.tellAll({
        accountId: String(data.account),
        authorizations: sitesNamedIn(data as unknown as ActingChanged),
      });
    } else if (actingEndingEvents.includes(type)) {
      await people.endActing(String(data.account), String(data.organisation));
    } else if (sessionEndingEvents.includes(type) && typeof data.account === 'string') {
      // Told late, perhaps after a crash: the session that a recovery opened in the meantime is its owner's.
      await people.endAll(data.account, type, at);
    }
  }

  return {
    middleware: createMiddleware({ issuer, provider, trail }),
    paths,
    interactions: createInteractions({
      ...{ provider, clients, consents, accounts, audit, clock, random, portalClientId },
    }),
    sessions: people,
    clients,
    portal: createPortalClient({
      ...{ issuer, keyring, accounts, sessions, clock, random, provider },
      settings: dependencies.portal,
    }),
    verifyAccessToken: accessTokens.verify,
    async resolveSubject(clientId, sub) {
      const client = await findClient(clientId);
      const accountId =
        client?.subjectType === 'pairwise' ? subjects.accountOf(sub, sectorOf(client)) : undefined;
      const account = accountId === undefined ? undefined : await accounts.find(accountId);
      return account?.id;
    },
    onEvent,
    close() {
      closed = true;
    },
  };
}

/** Data of the event after which sites are left because the session acts for somebody else. */
interface ActingChanged {
  session: string;
  clients: readonly string[];
  epoch?: number;
}

const sitesNamedIn = ({ session, clients, epoch }: ActingChanged) =>
  Object.fromEntries(clients.map((id) => [id, { sid: sidOf(session, id, epoch) }]));

const noLicenceRequests: LicenceRequestsPort = {
  refusal: async () => 'there is no library of licences here',
};

const sectorOf = (client: Client) => (client as unknown as { sectorIdentifier: string }).sectorIdentifier;

/** The provider adds options for its own guard, which stands aside for ours. */
const plainFetch =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  (url, { method, headers, body, signal, redirect } = {}) =>
    fetch(url, {
      ...(method && { method }),
      ...(headers && { headers }),
      ...(body && { body }),
      ...(signal && { signal }),
      redirect: redirect ?? 'manual',
    });
