import type { KoaContextWithOIDC } from 'oidc-provider';
import { type AssuranceLevel, acrOf, lowestLevel, parseAcr, sessionLevel } from '../core/index.ts';

/** The assurance that an authorization request asks for. */
export interface RequestedLevel {
  /** Undefined when the request names no level of ours. */
  level: AssuranceLevel | undefined;
  /** The site cannot do with less. */
  essential: boolean;
}

/**
 * Reads acr_values and the acr member of the claims parameter. An essential claim comes before acr_values.
 * @see OpenID Connect Core 1.0, 3.1.2.1 (acr_values) and 5.5.1.1 (acr as essential claim)
 */
export function requestedLevel(params: Readonly<Record<string, unknown>>): RequestedLevel {
  const acr = acrClaim(params.claims);
  const named = acr?.values ?? (acr?.value === undefined ? [] : [acr.value]);
  const claimed = Array.isArray(named) ? named.filter((value) => typeof value === 'string') : [];
  if (acr?.essential === true && claimed.length > 0) return { level: lowestLevel(claimed), essential: true };
  const voluntary = typeof params.acr_values === 'string' ? params.acr_values.split(' ') : claimed;
  return { level: lowestLevel(voluntary), essential: false };
}

function acrClaim(
  claims: unknown,
): { essential?: unknown; value?: unknown; values?: unknown } | null | undefined {
  if (typeof claims !== 'string') return undefined;
  return (JSON.parse(claims) as { id_token?: { acr?: { essential?: unknown } } }).id_token?.acr;
}

/** The level of this request's session: the lower of what its methods carry and what the account's proofing allows. */
export function levelOf({ oidc }: KoaContextWithOIDC): AssuranceLevel {
  const proofing = (oidc.account as { proofingLevel?: AssuranceLevel } | undefined)?.proofingLevel;
  return levelOfSession(oidc.session?.acr, proofing);
}

/** The same from its parts: the acr that a session stores is that of its methods. */
export function levelOfSession(
  methodAcr: string | undefined,
  proofing: AssuranceLevel | undefined,
): AssuranceLevel {
  return sessionLevel(proofing ?? 0, (methodAcr && parseAcr(methodAcr)) || 0);
}

/** The acr value that tokens of this request's session carry. */
export const acrOfRequest = (ctx: KoaContextWithOIDC): string => acrOf(levelOf(ctx));
