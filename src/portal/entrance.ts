import type { Context } from 'koa';
import { z } from 'zod';
import { Problem } from '../core/index.ts';
import type { PageReply, PersonCaller, PersonRequirement, Route } from '../http/index.ts';
import { page } from '../http/index.ts';
import { portalClientId, portalStateSeconds } from '../sso/index.ts';
import type { PortalContext } from './deps.ts';

const stateCookie = 'entry';

/**
 * Where a browser goes on to after the login: the page it asked for, or, for a form, the page that held the form, when that
 * is one of these folders. The first is where everybody else goes on to.
 */
export function returnToOf(ctx: Context, [home = '/', ...others]: readonly string[]): string {
  if (ctx.method === 'GET') return ctx.path + ctx.search;
  const referer = ctx.get('Referer');
  if (!URL.canParse(referer)) return home;
  // Path only: whatever origin the header names, the person comes back to ours.
  const { pathname } = new URL(referer);
  const isPage = [home, ...others].some((folder) => pathname === folder || pathname.startsWith(`${folder}/`));
  return isPage ? pathname : home;
}

/** Whether the login is not older than that. */
export const isFresh = ({ authTime }: { authTime: number }, freshSeconds: number, now: number): boolean =>
  Math.floor(now / 1000) - authTime <= freshSeconds;

type AuthorizationRequest = Parameters<PortalContext['sso']['portal']['authorizationUrl']>[0];

/** The address of the login, for this browser only. */
export function sendToLogin(context: PortalContext, ctx: Context, request: AuthorizationRequest): string {
  const { url, state } = context.sso.portal.authorizationUrl(request);
  context.http.cookies.set(ctx, stateCookie, state, portalStateSeconds);
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
    // An account of staff is nobody's own: it has no wallet, no mandates, nothing to consent to.
    if (caller?.isStaff) throw new Problem('people-only');
    const isRecent =
      freshSeconds === undefined || (caller && isFresh(caller, freshSeconds, context.clock.now()));
    if (caller && caller.level >= level && isRecent) return caller;
    const redirect = sendToLogin(context, ctx, {
      returnTo: returnToOf(ctx, ['/account', '/wallet']),
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
    // Who only said "log in" is led to where their kind of account begins.
    const isStaff =
      entry.returnTo === '/account' && (await context.identity.staff.find(entry.accountId)) !== undefined;
    return { redirect: isStaff ? '/admin' : entry.returnTo };
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
        const session = await context.portalSessions.find(koa);
        if (session) return { redirect: session.isStaff ? '/admin' : '/account' };
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
