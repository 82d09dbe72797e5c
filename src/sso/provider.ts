import type { Context } from 'koa';
import { type Client, type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Random } from '../core/index.ts';
import type { Keyring } from '../keyring/index.ts';
import { acrOfRequest } from './acr.ts';
import { actingOf } from './acting.ts';
import type { Artefacts } from './artefacts.ts';
import { createFindAccount, restrictClaims } from './claims.ts';
import { responseModes } from './client-metadata.ts';
import type { ClientRegister } from './clients.ts';
import { type Consents, grantPayload } from './consents.ts';
import { createCookieSigner } from './cookie-signer.ts';
import { createLicenceRequests } from './licence-requests.ts';
import type { LogoutNotices } from './logout-notices.ts';
import { createPolicy } from './policy.ts';
import type { AccountsPort, LicenceRequestsPort } from './port.ts';
import { protocol } from './protocol.ts';
import { open } from './provider-internals.ts';
import { createResources } from './resources.ts';
import { replaceSessionModel } from './session-model.ts';
import type { SessionRecords } from './session-records.ts';

export interface ProviderDependencies {
  issuer: string;
  keyring: Keyring;
  random: Random;
  accounts: AccountsPort;
  artefacts: Artefacts;
  consents: Consents;
  sessions: SessionRecords;
  clients: ClientRegister;
  logoutNotices: LogoutNotices;
  licenceRequests: LicenceRequestsPort;
  /** Client id of the portal, which needs no consent. */
  portalClientId: string;
  subjectFor(client: Client, accountId: string): string;
  /** What a person's token for our API hangs on, sealed for our own verifier. */
  sealBinding(grantId: string, sessionUid: string | undefined): string;
  addressOf(ctx: Context): string;
  fetch: typeof globalThis.fetch;
  pages: Required<Pick<Configuration, 'renderError'>> & {
    logoutSource(ctx: KoaContextWithOIDC, form: string): Promise<void>;
    postLogoutSuccessSource(ctx: KoaContextWithOIDC): Promise<void>;
    formPost(ctx: KoaContextWithOIDC, action: string, fields: Record<string, string>): Promise<void>;
  };
}

/** Cookie names: the prefixes make the browser enforce https, and the path where there is only one. */
function cookieNames(issuer: string) {
  return issuer.startsWith('https:')
    ? {
        session: '__Host-tongxing-sso',
        interaction: '__Secure-tongxing-interaction',
        resume: '__Secure-tongxing-resume',
      }
    : { session: 'tongxing-sso', interaction: 'tongxing-interaction', resume: 'tongxing-resume' };
}

/**
 * Makes a provider with the keys of this moment. Keys are read by its constructor only, so a rotation makes a new one; a
 * provider holds nothing else that is not in the store.
 * @throws {Error} when the keyring has not both token keys: the built-in development keys would take their place
 */
export function createProvider(dependencies: ProviderDependencies): Provider {
  const { formPost } = dependencies.pages;
  // The constructor registers the modes through this very method.
  class PagedProvider extends Provider {
    override registerResponseMode(name: string, handler: ResponseMode): void {
      super.registerResponseMode(name, name === 'form_post' ? (formPost as ResponseMode) : handler);
    }
  }
  const provider = new PagedProvider(dependencies.issuer, configuration(dependencies));
  replaceSessionModel(provider, dependencies);
  replaceInternals(provider, dependencies);
  return provider;
}

type ResponseMode = Parameters<Provider['registerResponseMode']>[1];

function tokenKeys(keyring: Keyring): NonNullable<Configuration['jwks']> {
  const jwks = keyring.tokenKeySet();
  for (const alg of ['ES256', 'RS256'])
    if (!jwks.keys.some((key) => key.alg === alg)) throw new Error(`the keyring has no ${alg} token key`);
  return jwks as NonNullable<Configuration['jwks']>;
}

function configuration(dependencies: ProviderDependencies): Configuration {
  const { issuer, keyring, artefacts, consents, portalClientId, subjectFor, pages } = dependencies;
  const isHttps = issuer.startsWith('https:');
  const cookie = { httpOnly: true, signed: true, secure: isHttps, path: '/' };
  return {
    adapter: (model: string) => artefacts.adapterFor(model),
    jwks: tokenKeys(keyring),
    findAccount: createFindAccount(dependencies.accounts),
    ...protocol,
    features: features(dependencies),
    cookies: {
      names: cookieNames(issuer),
      keys: createCookieSigner(keyring.cookieKeys()),
      // None lets a site POST to the authorization endpoint; interactions never leave this site.
      long: { ...cookie, sameSite: 'none' },
      short: { httpOnly: true, signed: true, secure: isHttps, sameSite: 'lax' },
    },
    fetch: dependencies.fetch,
    fetchResponseBodyLimits: { jwks_uri: 256 * 1024, sector_identifier_uri: 256 * 1024 },
    interactions: {
      policy: createPolicy(dependencies.accounts),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    async loadExistingGrant(ctx) {
      const { oidc } = ctx;
      const accountId = oidc.account?.accountId ?? '';
      const clientId = oidc.client?.clientId ?? '';
      if (clientId === portalClientId) {
        const openid = { scope: [...oidc.requestParamOIDCScopes].join(' ') };
        // Never stored: a code of the portal finds no grant at the token endpoint, only in process.
        return newGrant(oidc.provider, { jti: 'first-party', accountId, clientId, openid });
      }
      const consent = await consents.find(accountId, clientId, actingOf(ctx)?.organisationId);
      return consent && newGrant(oidc.provider, grantPayload(consent));
    },
    pairwiseIdentifier: (_ctx, accountId, client) => subjectFor(client, accountId),
    // A logout leaves what was allowed; tokens of the session die with it.
    revokeGrantPolicy: ({ oidc }) =>
      oidc.route !== 'end_session_confirm' &&
      !(oidc.route === 'revocation' && oidc.entities.AccessToken !== undefined),
    extraTokenClaims(_ctx, token) {
      if (token.kind !== 'AccessToken' || !('resourceServer' in token) || !token.resourceServer)
        return undefined;
      const { grantId, sessionUid, expiresWithSession } = token as {
        grantId?: string;
        sessionUid?: string;
        expiresWithSession?: boolean;
      };
      return grantId === undefined
        ? undefined
        : { binding: dependencies.sealBinding(grantId, expiresWithSession ? sessionUid : undefined) };
    },
    renderError: pages.renderError,
  };
}

const newGrant = (provider: Provider, payload: object) => new provider.Grant(payload);

function features({
  issuer,
  pages,
  licenceRequests,
}: ProviderDependencies): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: {
      enabled: true,
      // A site learns about its own tokens only.
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    resourceIndicators: createResources(issuer),
    claimsParameter: { enabled: true, assertClaimsParameter: restrictClaims },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: pages.logoutSource,
      postLogoutSuccessSource: pages.postLogoutSuccessSource,
    },
    richAuthorizationRequests: createLicenceRequests(licenceRequests),
    registration: { enabled: false },
    userinfo: { enabled: true },
  };
}

/** Replaces what configuration cannot. */
function replaceInternals(provider: Provider, dependencies: ProviderDependencies): void {
  const { issuer, artefacts, clients, logoutNotices } = dependencies;
  const { Client, ReplayDetection, OIDCContext } = open(provider);
  Client.find = (id) => clients.find(provider, id);
  ReplayDetection.unique = (iss, jti, exp) => artefacts.isFirstUse(iss, jti, exp);

  for (const model of ['AccessToken', 'AuthorizationCode'] as const) {
    const { prototype } = open(provider)[model];
    const { getValueAndPayload } = prototype;
    prototype.getValueAndPayload = async function () {
      const made = await getValueAndPayload.call(this);
      // The text is the identifier.
      const value = made.payload && artefacts.seal(model, { ...made.payload, jti: undefined });
      if (value === undefined) return made;
      this.jti = value;
      // Without a payload nothing is stored.
      return { value };
    };
  }

  Client.prototype.responseModeAllowed = (mode) => {
    if (mode === undefined || responseModes.includes(mode)) return true;
    // The refusal itself must not go out by the mode that is refused.
    if (Provider.ctx?.oidc.params) Provider.ctx.oidc.params.response_mode = undefined;
    return false;
  };

  Client.prototype.backchannelLogout = async function (this: Client, accountId: string, sid: string) {
    // The end of the whole session tells every site from the document that was ended, which knows more than this request.
    if (Provider.ctx?.oidc.params?.logout) return;
    await logoutNotices.tell(this, accountId, { sid });
  } as typeof Client.prototype.backchannelLogout;

  Object.defineProperties(OIDCContext.prototype, {
    // Addresses come from the setting, never from a Host header.
    urlFor: {
      value: (name: string, options?: object) =>
        new URL(provider.pathFor(name, options as never), issuer).href,
    },
    // The one cookie jar of the request; the middleware put the provider's own in.
    cookies: {
      get(this: { ctx: KoaContextWithOIDC }) {
        return this.ctx.cookies;
      },
    },
    // A session stores the level of its methods; the account's proofing may have changed since.
    acr: {
      get(this: { ctx: KoaContextWithOIDC }) {
        return acrOfRequest(this.ctx);
      },
    },
  });
}
