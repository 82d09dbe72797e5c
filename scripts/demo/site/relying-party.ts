import { createRemoteJWKSet, importJWK, jwtVerify } from 'jose';
import * as client from 'openid-client';
import type { Visit } from './pages.ts';
import type { Credentials } from './settings.ts';

/** One registration of a site, and where people come back to. */
export interface Registration {
  issuer: string;
  client: Credentials;
  scope: string;
  redirectUri: string;
  afterLogout: string;
}

/** What a login should reach. */
export interface Wish {
  level: 1 | 2 | 3;
  /** Sends the person to registration first (prompt=create). */
  register?: boolean;
  locale: string;
  /** What the site asks to verify with the login. @see RFC 9396 2 */
  details?: readonly Record<string, unknown>[];
}

/** A login under way. */
export interface Begun {
  url: string;
  state: string;
  nonce: string;
  verifier: string;
}

/** How a login ended. `shares` are the ids of consents, one for each detail that the person agreed to. */
export type Finished = { visit: Visit; shares: readonly string[] } | { error: string; description: string };

/** Discovery happens at first use and again after a failure, so a site may start before the service. */
export function discoverLater(issuer: string, credentials: Credentials) {
  let discovered: Promise<client.Configuration> | undefined;
  return (): Promise<client.Configuration> => {
    discovered ??= discover(issuer, credentials).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  };
}

/** The OpenID Connect side of a site: authorization code with PKCE, userinfo, logout both ways. */
export function createRelyingParty({ issuer, client: credentials, ...registration }: Registration) {
  const configuration = discoverLater(issuer, credentials);

  return {
    /** Starts a login. */
    async begin({ level, register, locale, details }: Wish): Promise<Begun> {
      const config = await configuration();
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: registration.redirectUri,
        scope: registration.scope,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        acr_values: `urn:tongxing:loa:${level}`,
        ui_locales: locale,
        ...(register && { prompt: 'create' }),
        ...(details && { authorization_details: JSON.stringify(details) }),
      });
      return { url: url.href, state, nonce, verifier };
    },

    async finish(url: URL, begun: Begun): Promise<Finished> {
      const config = await configuration();
      try {
        const tokens = await client.authorizationCodeGrant(config, url, {
          pkceCodeVerifier: begun.verifier,
          expectedState: begun.state,
          expectedNonce: begun.nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims || !tokens.id_token) return { error: 'no_id_token', description: '' };
        const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
        return {
          visit: {
            sub: claims.sub,
            sid: String(claims.sid ?? ''),
            idToken: tokens.id_token,
            claims,
            userinfo,
            accessTokenReadable: readable(tokens.access_token),
          },
          shares: (tokens.authorization_details ?? []).map(({ share_id: id }) => String(id)),
        };
      } catch (error) {
        if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
          return { error: error.error, description: error.error_description ?? '' };
        }
        throw error;
      }
    },

    async logoutUrl(idToken: string): Promise<string> {
      const config = await configuration();
      return client.buildEndSessionUrl(config, {
        id_token_hint: idToken,
        post_logout_redirect_uri: registration.afterLogout,
      }).href;
    },

    /** @see OpenID Connect Back-Channel Logout 1.0, 2.6. Undefined when the token must not be obeyed. */
    async verifyLogoutToken(token: string): Promise<{ sid?: string; sub?: string } | undefined> {
      const metadata = (await configuration()).serverMetadata();
      const keys = createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''));
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience: credentials.client_id,
          typ: 'logout+jwt',
          requiredClaims: ['iat', 'exp', 'jti', 'events'],
        });
        const events = payload.events as Record<string, unknown>;
        if (payload.nonce !== undefined) return undefined;
        if (!('http://schemas.openid.net/event/backchannel-logout' in events)) return undefined;
        const sid = typeof payload.sid === 'string' ? { sid: payload.sid } : {};
        return { ...sid, ...(payload.sub ? { sub: payload.sub } : {}) };
      } catch {
        return undefined;
      }
    },
  };
}

async function discover(issuer: string, credentials: Credentials): Promise<client.Configuration> {
  const { client_id: id, client_secret: secret, private_jwk: jwk } = credentials;
  const authentication = jwk
    ? client.PrivateKeyJwt({ key: (await importJWK(jwk, 'ES256')) as CryptoKey, kid: jwk.kid ?? '' })
    : client.ClientSecretBasic(secret ?? '');
  // The demo world speaks plain http on loopback only.
  const execute = [client.allowInsecureRequests];
  const metadata = { id_token_signed_response_alg: 'ES256' };
  return client.discovery(new URL(issuer), id, metadata, authentication, { execute });
}

/** The parts of a JWT that anyone can read, or a note that the token is opaque. */
function readable(token: string): Record<string, unknown> {
  const [header, payload, rest] = token.split('.');
  if (!header || !payload || !rest) return { opaque: `${token.length} characters, meaningless to the site` };
  const part = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
  return { header: part(header), payload: part(payload) };
}
