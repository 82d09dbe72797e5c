import { z } from 'zod';
import { type Clock, isProblem, type RateCounter, type RateLimit, type RateVerdict } from '../core/index.ts';
import { defineCollection, type Store, type Stored } from './port.ts';
import { storeUnavailable } from './problems.ts';

const countSchema = z.strictObject({ key: z.string(), count: z.int(), resetAt: z.int() });

/** Acts counted per key in the running window. Not encrypted: callers hash what is personal before it becomes a key. */
const rateCollection = defineCollection({
  name: 'rate-counts',
  schema: countSchema,
  key: (count) => count.key,
  indexes: [],
  expires: (count) => count.resetAt,
  durability: 'artefact',
  sharded: true,
});

/** Another process would have to win this often in a row. */
const greatestAttempts = 50;

/**
 * Counts acts in fixed windows, exactly: two acts at once are two acts, in one process and across processes. Acts of one
 * process on one key queue up in memory, so that only processes race in the store.
 */
export function createRateCounter(store: Store, clock: Clock): RateCounter {
  const counts = store.collection(rateCollection);
  const queues = new Map<string, Promise<unknown>>();

  function exclusive<R>(key: string, work: () => Promise<R>): Promise<R> {
    const mine = (queues.get(key) ?? Promise.resolve()).then(work, work);
    queues.set(key, mine);
    const leave = (): void => {
      if (queues.get(key) === mine) queues.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  }

  async function countOnce(key: string, limit: RateLimit): Promise<RateVerdict> {
    for (let attempt = 0; attempt < greatestAttempts; attempt += 1) {
      const present = await counts.get(key);
      const next = nextCount(key, present, limit, clock.now());
      // Past the limit nothing has to be written: the answer is no until the window ends.
      if (next.count > limit.max + 1) return verdictOf({ ...next, count: next.count - 1 }, limit);
      try {
        await (present ? counts.replace(next, present.version) : counts.insert(next));
        return verdictOf(next, limit);
      } catch (error) {
        if (!isProblem(error, 'version-conflict', 'already-exists', 'not-found')) throw error;
      }
    }
    throw storeUnavailable(new Error(`rate count of ${key} is contended`));
  }

  return {
    take: (key, limit) => exclusive(key, () => countOnce(key, limit)),
    async peek(key, limit) {
      const present = await counts.get(key);
      const { count, resetAt } = present?.value ?? { count: 0, resetAt: windowEnd(limit, clock.now()) };
      return { allowed: count < limit.max, remaining: Math.max(0, limit.max - count), resetAt };
    },
  };
}

type Count = z.infer<typeof countSchema>;

function nextCount(key: string, present: Stored<Count> | undefined, limit: RateLimit, now: number): Count {
  if (!present) return { key, count: 1, resetAt: windowEnd(limit, now) };
  return { ...present.value, count: present.value.count + 1 };
}

const windowEnd = (limit: RateLimit, now: number): number => now + limit.windowSeconds * 1000;

function verdictOf({ count, resetAt }: Count, limit: RateLimit): RateVerdict {
  return { allowed: count <= limit.max, remaining: Math.max(0, limit.max - count), resetAt };
}
