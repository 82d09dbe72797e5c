import { z } from 'zod';
import { type Clock, dayMs, isProblem } from '../core/index.ts';
import type { Collection } from '../storage/index.ts';

/** Failures that lock a method for unknown devices; keys are tags, not identifiers. */
export const lockoutSchema = z.strictObject({
  key: z.string(),
  failures: z.int().nonnegative(),
  /** Milliseconds since the epoch; 0 while not locked. */
  lockedUntil: z.int().nonnegative(),
  expiresAt: z.int().nonnegative(),
});

export type Lockout = z.infer<typeof lockoutSchema>;

/** Failures before the first lock. */
const freeFailures = 5;
const firstDelayMs = 60_000;
const longestDelayMs = 3_600_000;
/** A count is forgotten after a day without a failure. */
const memoryMs = dayMs;

/** Whether an attempt may be made, and whether failing it locks the method. */
export type Attempt = { isAllowed: true; locks: boolean } | { isAllowed: false; retryAt: number };

/** Counts failures per key, in the store: the same for all processes, and after a restart. */
export interface Lockouts {
  /**
   * Counts an attempt as a failure before it is made, so that fifty guesses at once are no more than five; `clear` undoes
   * that after a success.
   */
  attempt(key: string): Promise<Attempt>;
  /** The verdict without counting; milliseconds until which the key is locked, or undefined. */
  lockedUntil(key: string): Promise<number | undefined>;
  clear(key: string): Promise<void>;
}

/** The lock's next state, or undefined while it is locked. Each failure beyond the free ones doubles the delay. */
export function nextLockout(current: Lockout | undefined, key: string, now: number): Lockout | undefined {
  if (current && current.lockedUntil > now) return undefined;
  const failures = (current?.failures ?? 0) + 1;
  const over = failures - freeFailures;
  const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(over, 20));
  return { key, failures, lockedUntil: over < 0 ? 0 : now + delay, expiresAt: now + memoryMs };
}

/** Makes the counters over their collection. */
export function createLockouts({
  collection,
  clock,
}: {
  collection: Collection<Lockout>;
  clock: Clock;
}): Lockouts {
  async function attempt(key: string): Promise<Attempt> {
    // Every lost race means that somebody else's attempt was counted, so at most five can be lost before the lock.
    for (;;) {
      const stored = await collection.get(key);
      const now = clock.now();
      const next = nextLockout(stored?.value, key, now);
      if (!next) return { isAllowed: false, retryAt: stored?.value.lockedUntil ?? now };
      try {
        if (stored) await collection.replace(next, stored.version);
        else await collection.insert(next);
        return { isAllowed: true, locks: next.lockedUntil > now };
      } catch (error) {
        if (!isProblem(error, 'version-conflict', 'already-exists', 'not-found')) throw error;
      }
    }
  }

  return {
    attempt,
    async lockedUntil(key) {
      const stored = await collection.get(key);
      return stored && stored.value.lockedUntil > clock.now() ? stored.value.lockedUntil : undefined;
    },
    async clear(key) {
      await collection.remove(key);
    },
  };
}
