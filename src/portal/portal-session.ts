import type { Context } from 'koa';
import { type Clock, type Random, sha256Base64url } from '../core/index.ts';
import type { OriginCookies, PersonCaller } from '../http/index.ts';
import type { PortalClient, PortalEntry } from '../sso/index.ts';
import type { Store } from '../storage/index.ts';
import { portalSessions } from './store.ts';

/** The portal's own sessions: a cookie of this browser on one side, the single sign-on session on the other. */
export interface PortalSessions {
  /** The person of this request, asked for at the single sign-on session again; undefined when that has ended. */
  find(ctx: Context): Promise<(PersonCaller & { isStaff: boolean }) | undefined>;
  /** Opens a session after a login, always under a new id: one that was there before (or planted) opens nothing. */
  open(ctx: Context, entry: Extract<PortalEntry, { outcome: 'entered' }>): Promise<void>;
  /** Forgets the session of this browser; the single sign-on session stays. */
  close(ctx: Context): Promise<void>;
}

const cookie = 'portal';

/** Makes the keeper of the portal's sessions. */
export function createPortalSessions(deps: {
  store: Store;
  clock: Clock;
  random: Random;
  cookies: OriginCookies;
  client: PortalClient;
  /** Longest life of a session. Idle time is counted by the single sign-on session, of which each request is activity. */
  lifeSeconds: number;
}): PortalSessions {
  const sessions = deps.store.collection(portalSessions);
  const { cookies, clock } = deps;
  const drop = async (ctx: Context): Promise<void> => {
    const value = cookies.get(ctx, cookie);
    if (!value) return;
    cookies.clear(ctx, cookie);
    await sessions.remove(sha256Base64url(value));
  };
  return {
    async find(ctx) {
      const value = cookies.get(ctx, cookie);
      const stored = value && (await sessions.get(sha256Base64url(value)));
      if (!stored) return undefined;
      const live = await deps.client.findLiveSession(stored.value.ssoSessionId);
      if (live?.accountId !== stored.value.accountId) {
        await drop(ctx);
        return undefined;
      }
      return { kind: 'person', ...live };
    },
    async open(ctx, entry) {
      await drop(ctx);
      const value = deps.random.id();
      await sessions.put({
        id: sha256Base64url(value),
        accountId: entry.accountId,
        ssoSessionId: entry.sessionId,
        openedAt: clock.now(),
        expiresAt: clock.now() + deps.lifeSeconds * 1000,
      });
      cookies.set(ctx, cookie, value);
    },
    close: drop,
  };
}
