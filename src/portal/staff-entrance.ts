import type { Context } from 'koa';
import { Problem } from '../core/index.ts';
import type { Authenticators } from '../http/index.ts';
import type { PortalContext } from './deps.ts';
import { isFresh, returnToOf, sendToLogin } from './entrance.ts';

/** Where members of staff begin. */
export const staffHome = '/admin';

/**
 * What http's guard asks for pages of staff: an active member in a session that a passkey with user verification opened, with
 * those duties that the route asked for. The session was ended by sso when it was idle or the account shut.
 */
export function createAuthenticateStaff(context: PortalContext): Authenticators['staff'] {
  return async (ctx: Context, { roles, freshSeconds }) => {
    const session = await context.portalSessions.find(ctx);
    const returnTo = returnToOf(ctx, [staffHome, '/verify']);
    if (!session) return { redirect: sendToLogin(context, ctx, { returnTo }) };
    const { accountId, sessionId, amr, authTime } = session;
    const member = session.isStaff ? await context.identity.staff.find(accountId) : undefined;
    const duties = member?.duties.filter(({ role }) => roles.includes(role)) ?? [];
    if (duties.length === 0 || !amr.includes('mfa')) throw new Problem('staff-only');
    if (freshSeconds !== undefined && !isFresh(session, freshSeconds, context.clock.now()))
      return { redirect: sendToLogin(context, ctx, { returnTo, maxAgeSeconds: freshSeconds }) };
    return { kind: 'staff', accountId, sessionId, duties, authTime };
  };
}
