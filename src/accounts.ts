/** accounts: what sites may come to know of people and their organisations, from identity in the words of the protocol room. */
import type { Identity } from './identity/index.ts';
import type { Account, AccountsPort, ActingFor } from './sso/index.ts';

/** A screen in an office is left alone sooner than one at home. */
const staffIdleSeconds = 15 * 60;

/** Identity as sso sees it. */
export function accountsOf(identity: Identity): AccountsPort {
  const { organisations } = identity;
  return {
    find: (accountId) => findAccount(identity, accountId),
    findActingFor: (accountId, organisationId) => findActingFor(identity, accountId, organisationId),
    hasOrganisations: async (accountId) => (await organisations.list(accountId)).length > 0,
  };
}

async function findAccount(identity: Identity, id: string): Promise<Account | undefined> {
  const account = await identity.findAccount(id);
  if (!account) return undefined;
  const [identifier] = account.identifiers;
  return {
    id: account.id,
    active: true,
    proofingLevel: account.proofingLevel,
    reachableLevel: account.reachableLevel,
    name: account.name,
    phoneNumber: account.phone?.number,
    phoneVerified: account.phone?.isVerified,
    idType: identifier?.type,
    idNumber: identifier?.value,
    updatedAt: account.updatedAt,
    sessionsNotBefore: account.sessionsNotBefore,
    ...(account.duties && { duties: account.duties, idleSeconds: staffIdleSeconds }),
  };
}

async function findActingFor(
  { organisations }: Identity,
  accountId: string,
  organisationId: string,
): Promise<ActingFor | undefined> {
  const found = await organisations.findRepresented(accountId, organisationId);
  if (!found) return undefined;
  const { name, creditCode, role } = found;
  return { organisationId, name, idType: '001', idNumber: creditCode, role };
}
