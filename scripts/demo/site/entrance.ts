import { randomBytes } from 'node:crypto';
import { bodyParser } from '@koa/bodyparser';
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Visit } from './pages.ts';
import { type Begun, createRelyingParty, type Registration, type Wish } from './relying-party.ts';

/** What a login leads to when it succeeds: an address of the site. `shares` are the consents that came with it. */
export type Arrival = (ctx: Context, visit: Visit, shares: readonly string[]) => Promise<string> | string;

/** One way into a site: its sessions, and the logins that lead to them. */
export interface Entrance {
  /** Who is here. */
  visitOf(ctx: Context): Visit | undefined;
  /**
   * Sends the browser to log in. Whoever comes back arrives there with a new session; who was here already and does not agree
   * goes on at `refused`, if it is given.
   */
  send(ctx: Context, wish: Wish, arrival: Arrival, refused?: string): Promise<void>;
}

/** Logins under way are at most so many, the oldest forgotten first. */
const mostPending = 1000;

/**
 * Mounts `{place}/callback`, `{place}/logout` and `{place}/backchannel-logout`. Sessions live in memory: a demo site may
 * forget them when it stops.
 */
export function createEntrance(
  router: Router,
  options: {
    registration: Omit<Registration, 'redirectUri' | 'afterLogout'>;
    origin: string;
    /** '' or a path: sessions count below it only. */
    place: '' | '/desk';
    /** Name of the cookies. */
    name: string;
    fail(ctx: Context, error: string, description: string): void;
  },
): Entrance {
  const { origin, place, name, fail } = options;
  const party = createRelyingParty({
    ...options.registration,
    redirectUri: `${origin}${place}/callback`,
    afterLogout: `${origin}${place}/?said=bye`,
  });
  const visits = new Map<string, Visit>();
  const pending = new Map<string, { begun: Begun; arrival: Arrival; refused?: string | undefined }>();
  const cookie = { httpOnly: true, sameSite: 'lax', path: place || '/' } as const;
  const [sessionCookie, stateCookie] = [`${name}_session`, `${name}_state`];
  const keyOf = (ctx: Context): string => ctx.cookies.get(sessionCookie) ?? '';

  router.get(`${place}/callback`, async (ctx) => {
    const state = String(ctx.query.state ?? '');
    const known = pending.get(state);
    pending.delete(state);
    if (!known || ctx.cookies.get(stateCookie) !== state) return fail(ctx, 'state', '');
    const result = await party.finish(new URL(ctx.originalUrl, origin), known.begun);
    if ('error' in result) {
      const { refused } = known;
      if (result.error === 'access_denied' && refused && visits.has(keyOf(ctx))) return ctx.redirect(refused);
      return fail(ctx, result.error, result.description);
    }
    const id = randomBytes(24).toString('base64url');
    visits.delete(keyOf(ctx));
    visits.set(id, result.visit);
    ctx.cookies.set(sessionCookie, id, cookie);
    ctx.redirect(await known.arrival(ctx, result.visit, result.shares));
  });

  router.post(`${place}/logout`, async (ctx) => {
    const visit = visits.get(keyOf(ctx));
    visits.delete(keyOf(ctx));
    ctx.cookies.set(sessionCookie, null, cookie);
    ctx.redirect(visit ? await party.logoutUrl(visit.idToken) : `${place}/`);
  });

  router.post(`${place}/backchannel-logout`, bodyParser({ enableTypes: ['form'] }), async (ctx) => {
    const { logout_token: token } = (ctx.request.body ?? {}) as { logout_token?: string };
    const ended = await party.verifyLogoutToken(token ?? '');
    ctx.set('cache-control', 'no-store');
    if (!ended) {
      ctx.status = 400;
      ctx.body = { error: 'invalid_request' };
      return;
    }
    for (const [id, visit] of visits) {
      if (ended.sid ? visit.sid === ended.sid : visit.sub === ended.sub) visits.delete(id);
    }
    ctx.status = 200;
  });

  return {
    visitOf: (ctx) => visits.get(keyOf(ctx)),
    async send(ctx, wish, arrival, refused) {
      const begun = await party.begin(wish);
      const oldest = pending.keys().next();
      if (pending.size >= mostPending && !oldest.done) pending.delete(oldest.value);
      pending.set(begun.state, { begun, arrival, refused });
      ctx.cookies.set(stateCookie, begun.state, { ...cookie, path: `${place}/callback` });
      ctx.redirect(begun.url);
    },
  };
}
