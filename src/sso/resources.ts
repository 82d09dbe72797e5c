import { type Client, errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';

/** Scopes of our own API, `room:verb`. A client has those that its registration names. */
export const apiScopes: readonly string[] = [
  'licences:issue',
  'licences:manage',
  'licences:read',
  'licence-types:manage',
  'verifications:create',
  'seals:manage',
  'seals:use',
  'materials:submit',
  'audit:read',
];

const knownApiScopes = new Set(apiScopes);

/** Our API outlives no change of rights by more than this. */
const apiTokenSeconds = 5 * 60;

/** Resource indicator and audience of our API. @see RFC 8707 */
export const apiResource = (issuer: string): string => `${issuer}/api`;

/** The API scopes of a registration; the provider's `scope` holds those of sites only. */
function apiScopesOf(client: Client): readonly string[] {
  return ((client as unknown as { api_scope?: string }).api_scope ?? '').split(' ').filter(Boolean);
}

/**
 * The resource indicators that clients may name: our API only.
 * @see RFC 8707, RFC 9068
 */
export function createResources(issuer: string) {
  const api = apiResource(issuer);
  return {
    enabled: true,
    /** Only systems get the API by default: a default for people would make userinfo refuse their token. */
    defaultResource(
      ctx: KoaContextWithOIDC,
      _client: Client,
      oneOf?: readonly string[],
    ): string | string[] | undefined {
      if (oneOf) return [...oneOf];
      const { grant_type: grantType, authorization_details: details } = ctx.oidc.params ?? {};
      // Licences are verified at our API, and the provider wants to know where (RFC 9396 4). No token for it follows from this.
      return grantType === 'client_credentials' || details !== undefined ? api : undefined;
    },
    getResourceServerInfo(ctx: KoaContextWithOIDC, indicator: string, client: Client): ResourceServer {
      if (indicator !== api) throw new errors.InvalidTarget();
      const allowed = apiScopesOf(client);
      const params = ctx.oidc.params ?? {};
      const refused = [...ctx.oidc.requestParamScopes].find(
        (scope) => knownApiScopes.has(scope) && !allowed.includes(scope),
      );
      if (refused) throw new errors.InvalidScope('requested scope is not allowed', refused);
      // A system that names no scope gets all that it is registered for (RFC 6749 3.3: a documented default).
      if (params.grant_type === 'client_credentials' && !params.scope && allowed.length > 0)
        params.scope = allowed.join(' ');
      return {
        scope: allowed.join(' '),
        audience: api,
        accessTokenTTL: apiTokenSeconds,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      };
    },
  };
}
