import type { ClientMetadata } from '../sso/index.ts';

/** What the settings are made of. */
interface Facts {
  issuer: string;
  id: string;
  secret: string | undefined;
  /** token_endpoint_auth_method. */
  method: string;
  redirect: string;
  scope: string;
  /** id_token_signed_response_alg: libraries expect RS256 unless they are told. */
  algorithm: string;
}

/**
 * Settings of a freshly registered client, ready to paste into the relying parties that integrators use most. The secret is
 * shown here once; the store keeps it encrypted.
 */
export function readySettings(issuer: string, client: ClientMetadata): string {
  const facts: Facts = {
    issuer,
    id: String(client.client_id),
    secret: client.client_secret,
    method: String(client.token_endpoint_auth_method ?? 'client_secret_basic'),
    redirect: client.redirect_uris?.[0] ?? '',
    scope: client.scope ?? 'openid',
    algorithm: String(client.id_token_signed_response_alg ?? 'RS256'),
  };
  const grants = client.grant_types as string[] | undefined;
  const isSystem = grants?.includes('authorization_code') === false;
  const { id, secret, method } = facts;
  return [
    `Registered ${client.client_name ?? id}.`,
    `  client_id      ${id}`,
    ...(secret ? [`  client_secret  ${secret}   (shown once; keep it in your secret store)`] : []),
    `  discovery      ${issuer}/.well-known/openid-configuration`,
    `  authenticates  ${method}`,
    ...(isSystem ? [systemSettings(facts)] : [openidClient(facts), spring(facts), apache(facts)]),
  ].join('\n');
}

function nodeConfiguration({ issuer, id, secret, method, algorithm }: Facts): string {
  const authentication: Record<string, string> = {
    client_secret_basic: `client.ClientSecretBasic('${secret}')`,
    client_secret_post: `client.ClientSecretPost('${secret}')`,
    private_key_jwt: 'client.PrivateKeyJwt(YOUR_PRIVATE_KEY)',
    none: 'client.None()',
  };
  const insecure = issuer.startsWith('http:') ? ', { execute: [client.allowInsecureRequests] }' : '';
  return `import * as client from 'openid-client';
const config = await client.discovery(new URL('${issuer}'), '${id}',
  { id_token_signed_response_alg: '${algorithm}' }, ${authentication[method]}${insecure});`;
}

const openidClient = (facts: Facts): string => `
# openid-client (Node.js)
${nodeConfiguration(facts)}
// to log in: keep verifier, state and nonce in the browser's session and send it to url
const verifier = client.randomPKCECodeVerifier();
const [state, nonce] = [client.randomState(), client.randomNonce()];
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: '${facts.redirect}', scope: '${facts.scope}', state, nonce,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
// when the browser comes back: requestUrl is the whole address that it came to, a URL
const tokens = await client.authorizationCodeGrant(config, requestUrl, {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
});
const { sub, acr } = tokens.claims();`;

function spring({ issuer, id, secret, method, redirect, scope, algorithm }: Facts): string {
  const beans = [
    'OAuth2AuthorizationRequestCustomizers.withPkce() on the authorization request resolver',
    ...(algorithm === 'RS256'
      ? []
      : [
          `OidcIdTokenDecoderFactory.setJwsAlgorithmResolver(registration -> SignatureAlgorithm.${algorithm})`,
        ]),
    ...(method === 'private_key_jwt'
      ? ['NimbusJwtClientAuthenticationParametersConverter with your key']
      : []),
  ];
  return `
# Spring Security (application.yml)
${beans.map((bean) => `# in code: ${bean}`).join('\n')}
spring.security.oauth2.client:
  registration.tongxing:
    client-id: '${id}'${secret ? `\n    client-secret: '${secret}'` : ''}
    client-authentication-method: ${method}
    authorization-grant-type: authorization_code
    redirect-uri: '${redirect}'
    scope: ${scope.split(' ').join(',')}
  provider.tongxing.issuer-uri: ${issuer}`;
}

function apache({ issuer, id, secret, method, redirect, scope, algorithm }: Facts): string {
  const authentication = secret ? `OIDCClientSecret "${secret}"` : 'OIDCPrivateKeyFiles YOUR-KEY.pem';
  return `
# Apache mod_auth_openidc
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID "${id}"
${method === 'none' ? '' : `${authentication}\n`}OIDCProviderTokenEndpointAuth ${method}
OIDCRedirectURI ${redirect}
OIDCScope "${scope}"
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg ${algorithm}
OIDCCryptoPassphrase "A LONG RANDOM TEXT OF YOUR OWN"`;
}

/** A system logs nobody in: it gets tokens for our API in its own name. */
function systemSettings(facts: Facts): string {
  const { issuer, id, secret, method, scope } = facts;
  const request = `grant_type=client_credentials&resource=${issuer}/api&scope=${scope.replaceAll(' ', '+')}`;
  const curl =
    method === 'client_secret_basic'
      ? [`\n# curl\ncurl -u '${id}:${secret}' -d '${request}' ${issuer}/oidc/token`]
      : [];
  return [
    `
# openid-client (Node.js)
${nodeConfiguration(facts)}
const { access_token } = await client.clientCredentialsGrant(config, { resource: '${issuer}/api', scope: '${scope}' });`,
    ...curl,
  ].join('\n');
}
