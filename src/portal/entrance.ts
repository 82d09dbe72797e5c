import type { Context } from 'koa';
import { z } from 'zod';
import type { PageReply, PersonCaller, PersonRequirement, Route } from '../http/index.ts';
import { page } from '../http/index.ts';
import { portalClientId } from '../sso/index.ts';
import type { PortalContext } from './deps.ts';

const stateCookie = 'entry';
const stateSeconds = 600;

/** Where a browser goes on to after the login: the page it asked for, or, for a form, the page that held the form. */
function returnToOf(ctx: Context): string {
  if (ctx.method === 'GET') return ctx.path + ctx.search;
  const referer = ctx.get('Referer');
  if (!URL.canParse(referer)) return '/account';
  // Path only: whatever origin the header names, the person comes back to ours.
  const { pathname } = new URL(referer);
  return pathname.startsWith('/account') ? pathname : '/account';
}

type AuthorizationRequest = Parameters<PortalContext['sso']['portal']['authorizationUrl']>[0];

function sendToLogin(context: PortalContext, ctx: Context, request: AuthorizationRequest): string {
  const { url, state } = context.sso.portal.authorizationUrl(request);
  context.http.cookies.set(ctx, stateCookie, state, stateSeconds);
  return url;
}

/** What http's guard asks of this room: the person of a request, or where to send the browser to become one who may. */
export function createAuthenticate(context: PortalContext) {
  return async (
    ctx: Context,
    requirement: PersonRequirement,
  ): Promise<PersonCaller | { redirect: string }> => {
    const caller = await context.portalSessions.find(ctx);
    const { level, freshSeconds } = requirement;
    const age = caller && Math.floor(context.clock.now() / 1000) - caller.authTime;
    const isFresh = freshSeconds === undefined || (age !== undefined && age <= freshSeconds);
    if (caller && caller.level >= level && isFresh) return caller;
    const redirect = sendToLogin(context, ctx, {
      returnTo: returnToOf(ctx),
      ...(level > 0 && { level }),
      ...(freshSeconds !== undefined && { maxAgeSeconds: freshSeconds }),
    });
    return { redirect };
  };
}

async function enter(
  context: PortalContext,
  ctx: Context,
  query: Record<string, string>,
): Promise<PageReply> {
  const { cookies } = context.http;
  const entry = await context.sso.portal.redeem(query, cookies.get(ctx, stateCookie));
  cookies.clear(ctx, stateCookie);
  if (entry.outcome === 'entered') {
    await context.portalSessions.open(ctx, entry);
    return { redirect: entry.returnTo };
  }
  // No redirect into another attempt: without cookies that would go round for ever.
  if (entry.outcome === 'stale') return { view: 'portal/expired', status: 400 };
  const isUnmet = entry.error === 'unmet_authentication_requirements';
  return { view: 'portal/not-entered', data: { isUnmet } };
}

/** The doors of the portal: in through its own authorization endpoint, and out through its logout. */
export function entranceRoutes(context: PortalContext): readonly Route[] {
  const anyone = { anyone: 'people who are not logged in yet come here' };
  const through = (path: string, prompt: 'create' | undefined, summary: string): Route =>
    page({
      method: 'GET',
      path,
      access: anyone,
      summary,
      async handle({ koa }) {
        if (await context.portalSessions.find(koa)) return { redirect: '/account' };
        return { redirect: sendToLogin(context, koa, { returnTo: '/account', ...(prompt && { prompt }) }) };
      },
    });
  return [
    through('/login', undefined, 'Log in to the portal'),
    through('/register', 'create', 'Register, then enter the portal'),
    page({
      method: 'GET',
      path: context.sso.portal.callbackPath,
      access: anyone,
      query: z.record(z.string(), z.string()),
      summary: 'Back from the authorization endpoint',
      handle: ({ koa, query }) => enter(context, koa, query),
    }),
    page({
      method: 'GET',
      path: '/logout',
      access: anyone,
      summary: 'Asks whether to log out everywhere',
      // Our own client asks, so that a person who stays is told that nothing has changed.
      handle: async () => ({ redirect: `/oidc/logout?client_id=${portalClientId}` }),
    }),
  ];
}
