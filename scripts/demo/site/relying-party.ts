import { createRemoteJWKSet, importJWK, type JWK, jwtVerify } from 'jose';
import * as client from 'openid-client';
import type { Visit } from './pages.ts';

/** What a site needs to know: its own face, and the registration that `clients add` answered. */
export interface SiteSettings {
  id: 'hall' | 'health';
  port: number;
  issuer: string;
  name: { zh: string; en: string };
  mark: string;
  /** The other places of the demo world. */
  neighbours: readonly { name: { zh: string; en: string }; url: string }[];
  services: readonly { zh: string; en: string; level: 1 | 2 | 3 }[];
  scope: string;
  client: { client_id: string; client_secret?: string; private_jwk?: JWK };
}

/** A login under way. */
export interface Begun {
  url: string;
  state: string;
  nonce: string;
  verifier: string;
}

/** The OpenID Connect side of a site: authorization code with PKCE, userinfo, logout both ways. */
export function createRelyingParty(settings: SiteSettings) {
  const origin = `http://localhost:${settings.port}`;
  let discovered: Promise<client.Configuration> | undefined;

  /** Discovery happens at first use and again after a failure, so a site may start before the service. */
  const configuration = (): Promise<client.Configuration> => {
    discovered ??= discover(settings).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  };

  return {
    /** Starts a login at a level; `register` sends the person to registration first (prompt=create). */
    async begin(wish: { level: 1 | 2 | 3; register: boolean; locale: string }): Promise<Begun> {
      const config = await configuration();
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: `${origin}/callback`,
        scope: settings.scope,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        acr_values: `urn:tongxing:loa:${wish.level}`,
        ui_locales: wish.locale,
        ...(wish.register ? { prompt: 'create' } : {}),
      });
      return { url: url.href, state, nonce, verifier };
    },

    async finish(url: URL, begun: Begun): Promise<{ visit: Visit } | { error: string; description: string }> {
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
        post_logout_redirect_uri: `${origin}/?said=bye`,
      }).href;
    },

    /** @see OpenID Connect Back-Channel Logout 1.0, 2.6. Undefined when the token must not be obeyed. */
    async verifyLogoutToken(token: string): Promise<{ sid?: string; sub?: string } | undefined> {
      const metadata = (await configuration()).serverMetadata();
      const keys = createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''));
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer: settings.issuer,
          audience: settings.client.client_id,
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

async function discover(settings: SiteSettings): Promise<client.Configuration> {
  const { client_id: id, client_secret: secret, private_jwk: jwk } = settings.client;
  const authentication = jwk
    ? client.PrivateKeyJwt({ key: (await importJWK(jwk, 'ES256')) as CryptoKey, kid: jwk.kid ?? '' })
    : client.ClientSecretBasic(secret ?? '');
  return client.discovery(
    new URL(settings.issuer),
    id,
    { id_token_signed_response_alg: 'ES256' },
    authentication,
    {
      // The demo world speaks plain http on loopback only.
      execute: [client.allowInsecureRequests],
    },
  );
}

/** The parts of a JWT that anyone can read, or a note that the token is opaque. */
function readable(token: string): Record<string, unknown> {
  const [header, payload, rest] = token.split('.');
  if (!header || !payload || !rest) return { opaque: `${token.length} characters, meaningless to the site` };
  const part = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
  return { header: part(header), payload: part(payload) };
}
