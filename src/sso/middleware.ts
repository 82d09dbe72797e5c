import type { Context, Middleware } from 'koa';
import type { errors, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { isProblem, Problem } from '../core/index.ts';
import { setPolicy } from '../http/index.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';
import { levelOf } from './acr.ts';
import { actingOf } from './acting.ts';
import { responseModes } from './client-metadata.ts';
import { open } from './provider-internals.ts';
import { sparePage } from './spare-page.ts';
import type { Trail } from './trail.ts';

export interface MiddlewareDependencies {
  issuer: string;
  /** The provider for requests that begin now; those in flight finish on theirs. */
  provider(): Provider;
  trail: Trail;
}

const discovery = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];

/** The provider's endpoints with the methods that it answers; what it calls HEAD and OPTIONS comes on top. */
const endpoints: Readonly<Record<string, string>> = {
  ...Object.fromEntries(discovery.map((path) => [path, 'GET'])),
  '/oidc/auth': 'GET, POST',
  '/oidc/token': 'POST',
  '/oidc/userinfo': 'GET, POST',
  '/oidc/jwks': 'GET',
  '/oidc/par': 'POST',
  '/oidc/introspection': 'POST',
  '/oidc/revocation': 'POST',
  '/oidc/logout': 'GET, POST',
  '/oidc/logout/confirm': 'POST',
  '/oidc/logout/success': 'GET',
  '/oidc/auth/{uid}': 'GET',
};

/** Patterns of the paths that are the provider's, the most specific first. */
export const paths: readonly string[] = Object.keys(endpoints);

/** The methods of the endpoint at this very path (the provider would take other spellings too); undefined for all others. */
function methodsOf(path: string): string | undefined {
  const pattern = /^\/oidc\/auth\/[^/]+$/.test(path) ? '/oidc/auth/{uid}' : path;
  return Object.hasOwn(endpoints, pattern) ? endpoints[pattern] : undefined;
}

/** What the provider's answer to a request cannot say: that the store is away (503), a body too large (413), a foreign form (403). */
const failures = new WeakMap<object, Problem>();

/** Everything under /oidc and the two discovery documents. */
export function createMiddleware({ issuer, provider: current, trail }: MiddlewareDependencies): Middleware {
  return async (ctx, next) => {
    const { path } = ctx;
    const methods = methodsOf(path);
    if (methods === undefined) return next();
    const provider = current();
    const hasBrowser = path.startsWith('/oidc/auth') || path.startsWith('/oidc/logout');
    const restore = hasBrowser ? useCookies(ctx, provider, issuer) : undefined;
    // The provider appends the hash of its auto-submit script to the policy that it finds.
    if (hasBrowser) setPolicy(ctx, {});
    let passedOn = false;
    try {
      await open(provider).middleware[0](ctx, async () => {
        passedOn = true;
      });
      await trail.settled(ctx);
    } finally {
      restore?.();
    }
    if (passedOn) throw new Problem('method-not-allowed', { headers: { Allow: methods } });
    correctAnswer(ctx, hasBrowser);
    if (discovery.includes(path)) correctDiscovery(ctx);
    if (hasBrowser) {
      await sparePage(ctx as unknown as KoaContextWithOIDC);
      allowReturn(ctx as unknown as KoaContextWithOIDC);
    }
  };
}

/** Puts the provider's cookie jar, with its keys, in the place of the outer application's, and answers how to undo it. */
function useCookies(ctx: Context, provider: Provider, issuer: string): () => void {
  const outer = ctx.cookies;
  const jar = provider.createContext(ctx.req, ctx.res).cookies;
  const isHttps = issuer.startsWith('https:');
  // TLS ends at the proxy; the issuer says what the browser sees.
  jar.secure = isHttps;
  if (!isHttps) {
    const set = jar.set.bind(jar);
    // Browsers drop SameSite=None without Secure. The demo sites on localhost are the same site anyway.
    jar.set = (name, value, options) => set(name, value, { ...options, sameSite: 'lax' });
  }
  ctx.cookies = jar;
  return () => {
    ctx.cookies = outer;
  };
}

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/**
 * Lets the forms of this answer end at the site, once the request has shown that the address is the site's: Chrome checks
 * form-action on every redirect, and the answer itself may be a form.
 */
function allowReturn({ oidc, response }: KoaContextWithOIDC): void {
  const params = oidc?.redirectUriCheckPerformed ? oidc.params : undefined;
  // A browser looks at the policy of the page with the form, never at that of a redirect.
  if (!params || isRedirect(response.status) || !response.is('html')) return;
  const origin = URL.parse(String(params.redirect_uri ?? ''))?.origin;
  const policy = response.get('content-security-policy');
  if (origin && origin !== 'null' && policy)
    response.set(
      'content-security-policy',
      policy.replace("form-action 'self'", `form-action 'self' ${origin}`),
    );
}

/** The documents list what a provider could do; this one does less. */
function correctDiscovery(ctx: Context): void {
  const document = ctx.body as Record<string, unknown> | undefined;
  if (!document || typeof document !== 'object') return;
  document.response_modes_supported = responseModes;
  document.subject_types_supported = ['pairwise'];
}

/** A person gets the page of the problem, with a way back; a client its OAuth body under the right status. */
function correctAnswer(ctx: Context, hasBrowser: boolean): void {
  const problem = failures.get(ctx);
  if (!problem || ctx.status < 400) return;
  const isOurFault = problem.status >= 500;
  if (hasBrowser && !isOurFault) throw problem;
  const { body } = ctx;
  ctx.status = problem.status;
  ctx.set(problem.headers);
  if (typeof body !== 'object' || body === null || !('error' in body)) return;
  const error = isOurFault ? 'temporarily_unavailable' : 'invalid_request';
  ctx.body = { error, error_description: problem.definition.text.en };
}

/** The problem of ours behind a refusal of the provider, where its own status says less. */
function problemBehind({ cause, error_description: said }: errors.OIDCProviderError): Problem | undefined {
  if (cause instanceof Error && cause.message === 'request entity too large')
    return new Problem('content-too-large');
  const isForeignForm = said === 'xsrf token invalid' || said === 'could not find logout details';
  return isForeignForm ? new Problem('csrf-failed') : undefined;
}

export interface ListenersDependencies {
  trail: Trail;
  logger: Logger;
  metrics: Metrics;
  onGrantRevoked(ctx: KoaContextWithOIDC): void;
}

/** Hears the provider's events: the log, the metrics, and what operators need to see. */
export function listen(
  provider: Provider,
  { trail, logger, metrics, onGrantRevoked }: ListenersDependencies,
) {
  const entries = metrics.counter({
    name: 'tongxing_sso_entries_total',
    help: 'People who entered a site: with a login of their own, or with a session that was there.',
    labels: ['login'],
  });
  const refusals = metrics.counter({
    name: 'tongxing_sso_refusals_total',
    help: 'Requests that the protocol refused, by endpoint and OAuth error code.',
    labels: ['endpoint', 'error'],
  });
  const failed = (ctx: KoaContextWithOIDC, err: Error) => {
    if (isProblem(err)) failures.set(ctx, err);
    logger.error({ room: 'sso', route: ctx.oidc?.route, err }, 'a protocol request failed');
  };
  const refused = (endpoint: string) => (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
    refusals.add({ endpoint, error: error.error ?? 'unknown' });
    const problem = problemBehind(error);
    if (problem) failures.set(ctx, problem);
    const client = ctx.oidc.client?.clientId;
    const reason = error.error_detail ?? error.error_description;
    // What is behind it is for the operator only: a jwks_uri that could not be fetched, a signature that does not fit.
    const cause = error.cause === undefined ? {} : { err: error.cause };
    logger.info(
      { room: 'sso', endpoint, client, error: error.error, reason, ...cause },
      'a protocol request was refused',
    );
  };
  provider.on('authorization.success', (ctx) => {
    const { session, client, result, route } = ctx.oidc;
    if (!session?.accountId || !client) return;
    const fresh = route === 'resume' && result?.login !== undefined;
    entries.add({ login: fresh ? 'fresh' : 'session' });
    const organisation = actingOf(ctx)?.organisationId;
    trail.note(ctx, 'sso.site.entered', {
      account: session.accountId,
      client: client.clientId,
      ...(organisation && { organisation }),
      session: session.uid,
      fresh,
      level: levelOf(ctx),
      amr: [...(session.amr ?? [])],
    });
  });
  provider.on('authorization.error', (ctx, error) => {
    refused('authorization')(ctx, error);
    if (error.error === 'invalid_redirect_uri') logRedirect(logger, ctx);
  });
  provider.on('grant.error', refused('token'));
  provider.on('userinfo.error', refused('userinfo'));
  provider.on('pushed_authorization_request.error', refused('par'));
  provider.on('introspection.error', refused('introspection'));
  provider.on('revocation.error', refused('revocation'));
  provider.on('end_session.error', refused('logout'));
  provider.on('end_session_confirm.error', refused('logout'));
  provider.on('grant.revoked', onGrantRevoked);
  provider.on('server_error', failed);
}

/** The commonest fault of an integration is one character in an address; both sides of the comparison are in the log. */
function logRedirect(logger: Logger, { oidc, query }: KoaContextWithOIDC): void {
  const received = String(oidc.params?.redirect_uri ?? query.redirect_uri ?? '').slice(0, 300);
  const registered = oidc.client?.redirectUris ?? [];
  logger.warn(
    { room: 'sso', client: oidc.client?.clientId, received, registered },
    'a redirect_uri is not the registered one',
  );
}
