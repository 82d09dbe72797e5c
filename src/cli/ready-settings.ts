import type { ClientMetadata } from '../sso/index.ts';

/**
 * Settings of a freshly registered client, ready to paste into the relying parties that integrators use most. The secret is
 * shown here once; the store keeps it encrypted.
 */
export function readySettings(issuer: string, client: ClientMetadata): string {
  const id = String(client.client_id);
  const secret = client.client_secret;
  const redirect = client.redirect_uris?.[0] ?? 'https://YOUR-SITE/callback';
  const scope = client.scope ?? 'openid';
  const parts = [
    `Registered ${client.client_name ?? id}.`,
    `  client_id      ${id}`,
    ...(secret ? [`  client_secret  ${secret}   (shown once; keep it in your secret store)`] : []),
    `  discovery      ${issuer}/.well-known/openid-configuration`,
    openidClient({ issuer, id, secret, redirect, scope }),
    spring({ issuer, id, secret, redirect, scope }),
    apache({ issuer, id, secret, redirect, scope }),
  ];
  return parts.join('\n');
}

interface Facts {
  issuer: string;
  id: string;
  secret: string | undefined;
  redirect: string;
  scope: string;
}

const openidClient = ({ issuer, id, secret, redirect, scope }: Facts): string => `
# openid-client (Node.js)
import * as client from 'openid-client';
const config = await client.discovery(new URL('${issuer}'), '${id}', { id_token_signed_response_alg: 'ES256' }, ${
  secret ? `client.ClientSecretBasic('${secret}')` : 'client.PrivateKeyJwt(YOUR_PRIVATE_KEY)'
});
const verifier = client.randomPKCECodeVerifier();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: '${redirect}', scope: '${scope}', state: client.randomState(), nonce: client.randomNonce(),
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});`;

const spring = ({ issuer, id, secret, redirect, scope }: Facts): string => `
# Spring Security (application.yml); PKCE: OAuth2AuthorizationRequestCustomizers.withPkce()
spring.security.oauth2.client:
  registration.tongxing:
    client-id: ${id}
    ${secret ? `client-secret: ${secret}` : 'client-authentication-method: private_key_jwt'}
    authorization-grant-type: authorization_code
    redirect-uri: ${redirect}
    scope: ${scope.split(' ').join(',')}
  provider.tongxing.issuer-uri: ${issuer}`;

const apache = ({ issuer, id, secret, redirect, scope }: Facts): string => `
# Apache mod_auth_openidc
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${id}
${secret ? `OIDCClientSecret ${secret}` : 'OIDCPrivateKeyFiles YOUR-KEY.pem'}
OIDCRedirectURI ${redirect}
OIDCScope "${scope}"
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg ES256
OIDCCryptoPassphrase "A LONG RANDOM TEXT OF YOUR OWN"`;
