import type { ClientRegister } from './clients.ts';
import type { Consents } from './consents.ts';
import type { GrantSummary, Sessions } from './port.ts';
import type { SessionRecords } from './session-records.ts';

export interface SessionsDependencies {
  records: SessionRecords;
  consents: Consents;
  clients: Pick<ClientRegister, 'findName'>;
}

/** What the account page shows and ends. */
export function createSessions({ records, consents, clients }: SessionsDependencies): Sessions {
  return {
    async list(accountId) {
      const sessions = await records.list(accountId);
      return sessions
        .map((session) => ({
          id: session.uid,
          loginAt: (session.loginTs ?? session.iat) * 1000,
          amr: session.amr ?? [],
          clients: Object.keys(session.authorizations),
          organisationId: session.acting?.organisationId,
          address: session.address,
          userAgent: session.userAgent,
        }))
        .sort((a, b) => b.loginAt - a.loginAt);
    },
    async end(accountId, sessionId) {
      const stored = await records.findByUid(sessionId);
      // Somebody else's session is none.
      if (stored?.value.accountId === accountId) await records.end(sessionId, 'ended-by-owner');
    },
    async actFor(accountId, sessionId, organisationId) {
      const stored = await records.findByUid(sessionId);
      return stored?.value.accountId === accountId && records.actFor(sessionId, organisationId);
    },
    async endActing(accountId, organisationId, reason = 'acting-ended') {
      const acting = await records.listActing(organisationId);
      const theirs = acting.filter((session) => session.accountId === accountId);
      await Promise.all(theirs.map(({ uid }) => records.end(uid, reason)));
      await consents.withdrawOrganisation(accountId, organisationId, reason);
    },
    async endAll(accountId, reason = 'all-ended', before) {
      const uids = await records.listUids(accountId, before);
      await Promise.all(uids.map((uid) => records.end(uid, reason)));
      await consents.withdrawAll(accountId, reason, before);
    },
    async grants(accountId) {
      const standing = await consents.list(accountId);
      const named = await Promise.all(
        standing.map(async (consent): Promise<GrantSummary | undefined> => {
          const clientName = await clients.findName(consent.clientId);
          return clientName === undefined
            ? undefined
            : {
                clientId: consent.clientId,
                clientName,
                organisationId: consent.organisationId,
                scopes: [...consent.scopes, ...Object.values(consent.resources).flat()],
                claims: consent.claims,
                since: consent.since,
              };
        }),
      );
      return named.filter((grant) => grant !== undefined);
    },
    withdraw: (accountId, clientId, organisationId) =>
      consents.withdraw(accountId, clientId, 'withdrawn-by-owner', organisationId),
  };
}
