import {
  type ClaimsParameter,
  type Client,
  errors,
  type KoaContextWithOIDC,
  type Account as ProviderAccount,
} from 'oidc-provider';
import { actingOf } from './acting.ts';
import type { Account, AccountsPort, ActingFor } from './port.ts';

/** Scopes of sites and the claims that each opens. */
export const claimsOfScopes = {
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'updated_at'],
  phone: ['phone_number', 'phone_number_verified'],
  id_number: ['id_type', 'id_number'],
  organisation: ['acting_for'],
  staff: ['duties'],
} as const;

/** Scopes that say who somebody is, and the one that asks for tokens that outlive the session. */
export const siteScopes: readonly string[] = [...Object.keys(claimsOfScopes), 'offline_access'];

/** Claims about the login itself: no consent, no registration needed. */
const loginClaims = new Set(['sub', 'sid', 'auth_time', 'acr', 'amr', 'iss']);

const scopeOfClaim = new Map<string, string>(
  Object.entries(claimsOfScopes).flatMap(([scope, claims]) => claims.map((claim) => [claim, scope] as const)),
);

/** Every claim of an account that is known, in wire names. The provider masks it by scope, request and consent. */
export function claimsOf(account: Account): Record<string, unknown> {
  const hasPhone = account.phoneNumber !== undefined;
  const claims = {
    name: account.name,
    updated_at: Math.floor(account.updatedAt / 1000),
    phone_number: account.phoneNumber,
    phone_number_verified: hasPhone ? (account.phoneVerified ?? false) : undefined,
    id_type: account.idType,
    id_number: account.idNumber,
    duties: account.duties?.map(({ role, authorityCode }) => ({ role, authority_code: authorityCode })),
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/** For whom the person acts, as the claim; undefined for themselves. */
function actingClaim({ idType, idNumber, name, role, expiresAt }: ActingFor): Record<string, unknown> {
  return {
    id_type: idType,
    id_number: idNumber,
    name,
    role,
    ...(expiresAt !== undefined && { expires_at: new Date(expiresAt).toISOString() }),
  };
}

/** What our own checks need of an account that the provider carries. */
type Known = Pick<Account, 'proofingLevel' | 'reachableLevel' | 'duties' | 'idleSeconds'>;

/**
 * The provider's findAccount: nobody who is not active, and nothing that began before the account's sessions were ended.
 */
export function createFindAccount(accounts: AccountsPort) {
  return async (
    ctx: KoaContextWithOIDC | undefined,
    accountId: string,
    token?: { authTime?: number | undefined; iat?: number | undefined },
  ): Promise<(ProviderAccount & Known) | undefined> => {
    const account = await accounts.find(accountId);
    if (!account?.active) return undefined;
    const began = token ? (token.authTime ?? token.iat) : ctx?.oidc?.session?.loginTs;
    if (began !== undefined && isOver(account, began)) return undefined;
    const claims = async (): Promise<{ sub: string }> => {
      const organisationId = ctx && actingOf(ctx)?.organisationId;
      const acting = organisationId && (await accounts.findActingFor(accountId, organisationId));
      return { ...claimsOf(account), ...(acting && { acting_for: actingClaim(acting) }), sub: accountId };
    };
    return {
      accountId,
      proofingLevel: account.proofingLevel,
      reachableLevel: account.reachableLevel ?? account.proofingLevel,
      duties: account.duties,
      idleSeconds: account.idleSeconds,
      claims,
    };
  };
}

/** Whether what began at `began` (seconds since the epoch) was ended by the account. A second's rounding favours the person. */
export function isOver({ sessionsNotBefore }: Account, began: number): boolean {
  return sessionsNotBefore !== undefined && began < Math.floor(sessionsNotBefore / 1000);
}

/**
 * Reads the claims parameter down to what the client's registration allows, before anybody is asked to agree to more.
 * @throws {errors.InvalidRequest} when a member is neither null nor an object (OpenID Connect Core 1.0, 5.5)
 */
export function restrictClaims(ctx: KoaContextWithOIDC, claims: ClaimsParameter, client: Client): void {
  const allowed = new Set(client.scope?.split(' '));
  const isAllowed = (claim: string) => loginClaims.has(claim) || allowed.has(scopeOfClaim.get(claim) ?? '');
  const restricted: Record<string, unknown> = {};
  for (const place of ['userinfo', 'id_token'] as const) {
    const members = claims[place];
    if (!members) continue;
    const entries = Object.entries(members);
    if (entries.some(([, value]) => value !== null && (typeof value !== 'object' || Array.isArray(value))))
      throw new errors.InvalidRequest(`claims.${place} members must be null or objects`);
    restricted[place] = Object.fromEntries(entries.filter(([claim]) => isAllowed(claim)));
  }
  const acr = claims.id_token?.acr;
  if (acr?.values !== undefined && !Array.isArray(acr.values))
    throw new errors.InvalidRequest('invalid claims.id_token.acr.values type');
  if (ctx.oidc.params) ctx.oidc.params.claims = JSON.stringify(restricted);
}
