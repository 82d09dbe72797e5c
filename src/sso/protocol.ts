import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { acrOf, assuranceLevels } from '../core/index.ts';
import { claimsOfScopes, siteScopes } from './claims.ts';
import { ownMembers } from './client-metadata.ts';
import { absoluteSeconds } from './session-records.ts';

/** A code, a token for userinfo, an ID token, a refresh token of a site that may act without the person, a login page. */
const seconds = {
  code: 60,
  token: 10 * 60,
  idToken: 10 * 60,
  offline: 30 * 24 * 60 * 60,
  interaction: 30 * 60,
};

/** The part of the configuration that does not depend on the installation. */
export const protocol: Configuration = {
  acrValues: assuranceLevels.map(acrOf),
  claims: Object.fromEntries(Object.entries(claimsOfScopes).map(([scope, claims]) => [scope, [...claims]])),
  scopes: siteScopes,
  subjectTypes: ['pairwise', 'public'],
  responseTypes: ['code'],
  // Compared exactly, always: the one registered address is not guessed for the client.
  allowOmittingSingleRegisteredRedirectUri: false,
  enableHttpPostMethods: true,
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  clientBasedCORS: (ctx, origin, client) =>
    (ctx.oidc.route === 'userinfo' || client.clientAuthMethod === 'none') &&
    (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
  enabledJWA: {
    clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256', 'Ed25519', 'EdDSA'],
    idTokenSigningAlgValues: ['ES256', 'RS256'],
  },
  extraClientMetadata: { properties: [...ownMembers] },
  pkce: { required: (_ctx, client) => (client as { pkce_exception?: unknown }).pkce_exception === undefined },
  // A site that may refresh does so within the session; offline_access outlives it, and the person is asked for it.
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  routes: {
    authorization: '/oidc/auth',
    token: '/oidc/token',
    userinfo: '/oidc/userinfo',
    jwks: '/oidc/jwks',
    pushed_authorization_request: '/oidc/par',
    introspection: '/oidc/introspection',
    revocation: '/oidc/revocation',
    end_session: '/oidc/logout',
    device_authorization: '/oidc/device/auth',
    code_verification: '/oidc/device',
    backchannel_authentication: '/oidc/backchannel',
    registration: '/oidc/register',
    challenge: '/oidc/challenge',
    credential: '/oidc/credential',
  },
  ttl: {
    AuthorizationCode: seconds.code,
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? seconds.token,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? seconds.token,
    IdToken: seconds.idToken,
    Interaction: seconds.interaction,
    Session: absoluteSeconds,
    RefreshToken: refreshSeconds,
  },
  discovery: {
    claim_types_supported: ['normal'],
    prompt_values_supported: ['none', 'login', 'consent', 'create'],
    ui_locales_supported: ['zh-CN', 'en'],
  },
};

/** Rotation does not renew the end: a stolen chain of refresh tokens ends when its first one would have. */
function refreshSeconds(
  ctx: KoaContextWithOIDC,
  token: { expiresWithSession?: boolean | undefined },
): number {
  const rotated = ctx?.oidc?.entities.RotatedRefreshToken;
  if (rotated) return Math.max(rotated.remainingTTL, 1);
  return token.expiresWithSession ? absoluteSeconds : seconds.offline;
}
