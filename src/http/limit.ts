import { createHmac, createSecretKey } from 'node:crypto';
import type { Clock, RateCounter } from '../core/index.ts';
import { Problem, retryAfter } from '../core/index.ts';
import type { RouteLimit } from './route.ts';

/** Counts one use of a route by somebody. @throws {Problem} rate-limited with Retry-After */
export type TakeUse = (route: string, limit: RouteLimit, who: string) => Promise<void>;

/** Makes the counter of route limits. Who called is kept as an HMAC only: no addresses at rest. */
export function createRouteLimits(deps: { key: Buffer; rateCounter: RateCounter; clock: Clock }): TakeUse {
  const key = createSecretKey(deps.key);
  return async (route, limit, who) => {
    const hashed = createHmac('sha256', key).update(`limit:${route}:${who}`).digest('base64url');
    const verdict = await deps.rateCounter.take(`http:${hashed}`, limit);
    if (verdict.allowed) return;
    throw new Problem('rate-limited', { headers: retryAfter(verdict.resetAt, deps.clock.now()) });
  };
}
