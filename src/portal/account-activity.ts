import type { Bilingual } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import { portalClientId } from '../sso/index.ts';
import { accountPages, type Mine, saved } from './account-pages.ts';
import { claimsOf } from './consent-items.ts';
import type { PortalContext } from './deps.ts';
import { describeDevice, describeMethod, maskAddress } from './describe.ts';

/** Names of sites by client id; a site that is gone keeps its id. */
async function siteNames(
  context: PortalContext,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Bilingual | string>> {
  const unique = [...new Set(ids)];
  const names = await Promise.all(unique.map(async (id) => (await context.sso.clients.findName(id)) ?? id));
  return new Map(unique.map((id, index) => [id, names[index] ?? id]));
}

/** Names of organisations that lists mention, by id. */
async function organisationNames(
  { identity }: PortalContext,
  ids: readonly (string | undefined)[],
): Promise<ReadonlyMap<string | undefined, string | undefined>> {
  const unique = [...new Set(ids)].filter((id) => id !== undefined);
  const found = await Promise.all(unique.map((id) => identity.organisations.find(id)));
  return new Map(unique.map((id, index) => [id, found[index]?.name]));
}

async function sessionsOf({ context, accountId, caller }: Mine) {
  const sessions = await context.sso.sessions.list(accountId);
  const organisations = await organisationNames(
    context,
    sessions.map(({ organisationId }) => organisationId),
  );
  const names = await siteNames(
    context,
    sessions.flatMap(({ clients }) => clients),
  );
  return sessions.map((session) => ({
    id: session.id,
    isCurrent: session.id === caller.sessionId,
    organisation: organisations.get(session.organisationId),
    device: describeDevice(session.userAgent),
    address: maskAddress(session.address),
    since: session.loginAt,
    method: describeMethod(session.amr),
    // These pages themselves are no site that anybody entered.
    sites: session.clients.filter((id) => id !== portalClientId).map((id) => names.get(id) ?? id),
  }));
}

async function showActivity(mine: Mine): Promise<PageReply> {
  const { context, accountId, request } = mine;
  const { after } = request.query;
  const page = await context.identity.care.recentLogins(accountId, { limit: 20, ...(after && { after }) });
  const names = await siteNames(
    context,
    page.items.flatMap(({ clientId }) => clientId ?? []),
  );
  return mine.show('activity', {
    sessions: await sessionsOf(mine),
    logins: page.items.map((login) => ({ ...login, site: login.clientId && names.get(login.clientId) })),
    next: page.next,
    lifetimes: context.lifetimes,
  });
}

async function endSession({ context, accountId, request }: Mine): Promise<PageReply> {
  await context.sso.sessions.end(accountId, request.body.session ?? '');
  return saved('/account/activity', 'session');
}

async function endOthers({ context, accountId, caller }: Mine): Promise<PageReply> {
  const sessions = await context.sso.sessions.list(accountId);
  const others = sessions.filter(({ id }) => id !== caller.sessionId);
  await Promise.all(others.map(({ id }) => context.sso.sessions.end(accountId, id)));
  return saved('/account/activity', 'sessions');
}

async function showSites(mine: Mine): Promise<PageReply> {
  const grants = await mine.context.sso.sessions.grants(mine.accountId);
  const organisations = await organisationNames(
    mine.context,
    grants.map(({ organisationId }) => organisationId),
  );
  return mine.show('sites', {
    sites: grants.map((grant) => ({
      id: grant.clientId,
      organisationId: grant.organisationId,
      organisation: organisations.get(grant.organisationId),
      name: grant.clientName,
      since: grant.since,
      claims: claimsOf(grant),
    })),
  });
}

/** Recent logins, sessions, and sites that the person allowed. */
export function accountActivityRoutes(context: PortalContext): readonly Route[] {
  const at = accountPages(context);
  return [
    at('GET', '/activity', { summary: 'My recent logins and open sessions' }, showActivity),
    at('POST', '/sessions/end', { summary: 'End one of my sessions' }, endSession),
    at('POST', '/sessions/end-others', { summary: 'End all my sessions but this one' }, endOthers),
    at('GET', '/sites', { summary: 'Sites that I allowed to use my data' }, showSites),
    at('POST', '/sites/withdraw', { summary: 'Withdraw what a site was allowed' }, async (mine) => {
      const { client = '', organisation } = mine.request.body;
      await context.sso.sessions.withdraw(mine.accountId, client, organisation || undefined);
      return saved('/account/sites', 'site');
    }),
  ];
}
