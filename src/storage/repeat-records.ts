import { z } from 'zod';
import { type Clock, dayMs, isProblem, type RepeatRecords } from '../core/index.ts';
import { defineCollection, type Store, type Stored } from './port.ts';

const repeatSchema = z.strictObject({
  key: z.string(),
  digest: z.string(),
  /** Until then the request counts as under way; whoever works on it moves this ahead. */
  busyUntil: z.int(),
  answer: z
    .strictObject({ status: z.int(), body: z.string(), headers: z.record(z.string(), z.string()) })
    .optional(),
  expiresAt: z.int(),
});
type Repeat = z.infer<typeof repeatSchema>;

/** Requests with an Idempotency-Key and their answers, for a day. Answers may hold personal data. */
const repeatCollection = defineCollection({
  name: 'repeats',
  schema: repeatSchema,
  key: (repeat) => repeat.key,
  indexes: [],
  encrypted: true,
  expires: (repeat) => repeat.expiresAt,
  durability: 'artefact',
  sharded: true,
});

const keptMs = dayMs;

/** A process that says nothing for so long is taken for dead. */
const usualLeaseMs = 4_000;

/** What is not acknowledged in time: another process went on with the request, or its answer is there. */
function undefinedWhenLost(error: unknown): undefined {
  if (!isProblem(error, 'version-conflict', 'already-exists', 'not-found')) throw error;
  return undefined;
}

/**
 * Makes the memory of repeated requests.
 *
 * Who works on a request holds it for `leaseMs` and renews that three times as often, as long as it works: a repeat waits no
 * longer than the lease after the end of a process, however it ended, and a slow request is never taken for a dead one. The
 * lease is a courtesy that saves double work and no lock: should two processes work on one request after all (one of them
 * stood still for seconds), both hold the same token, and what they write under it is written once.
 *
 * A request that is quicker than a third of the lease costs no renewal. Processes compare their own clocks with the lease of
 * others: they agree to a second or so.
 */
export function createRepeatRecords(store: Store, clock: Clock, leaseMs = usualLeaseMs): RepeatRecords {
  const repeats = store.collection(repeatCollection);
  const held = createHeld(async ({ version, value }) =>
    repeats.replace({ ...value, busyUntil: clock.now() + leaseMs }, version).catch(undefinedWhenLost),
  );

  return {
    async begin(key, digest) {
      const now = clock.now();
      const mine: Repeat = { key, digest, busyUntil: now + leaseMs, expiresAt: now + keptMs };
      const present = await repeats.get(key);
      if (present && present.value.digest !== digest) return { outcome: 'other' };
      if (present?.value.answer) return { outcome: 'done', answer: present.value.answer };
      // Here it is known for certain; of other processes it is known until their lease ends.
      if (present && (held.has(key) || present.value.busyUntil > now)) return { outcome: 'running' };
      // Of any number that begin at once one wins, and the others see it running.
      const stored = await (present ? repeats.replace(mine, present.version) : repeats.insert(mine)).catch(
        undefinedWhenLost,
      );
      if (!stored) return { outcome: 'running' };
      held.add(stored, leaseMs / 3);
      return { outcome: 'begun' };
    },
    async finish(key, answer) {
      const kept = { ...answer, headers: { ...answer.headers } };
      const mine = await held.take(key);
      if (
        mine &&
        (await repeats.replace({ ...mine.value, answer: kept }, mine.version).catch(undefinedWhenLost))
      )
        return;
      // Somebody took over: the answer is the same, and the first one to have it keeps it.
      const present = await repeats.get(key);
      if (present && !present.value.answer)
        await repeats.replace({ ...present.value, answer: kept }, present.version).catch(undefinedWhenLost);
    },
    async abandon(key) {
      const mine = await held.take(key);
      if (mine) await repeats.remove(key, mine.version);
    },
  };
}

/** The requests that this process works on, each renewed by a timer of its own until it is taken out. */
function createHeld(renew: (mine: Stored<Repeat>) => Promise<Stored<Repeat> | undefined>) {
  interface Held {
    /** As it was last written; undefined once another process has it. */
    latest: Promise<Stored<Repeat> | undefined>;
    timer: NodeJS.Timeout;
  }
  const all = new Map<string, Held>();

  async function renewed(before: Held['latest']): Promise<Stored<Repeat> | undefined> {
    const mine = await before;
    // A store that is away for a moment is asked again at the next turn.
    return mine && renew(mine).catch(() => mine);
  }

  return {
    has: (key: string): boolean => all.has(key),
    add(stored: Stored<Repeat>, everyMs: number): void {
      const timer = setInterval(() => {
        const one = all.get(stored.key);
        if (one) one.latest = renewed(one.latest);
      }, everyMs);
      all.set(stored.key, { latest: Promise.resolve(stored), timer: timer.unref() });
    },
    /** Ends the renewal; answers what is stored. */
    async take(key: string): Promise<Stored<Repeat> | undefined> {
      const one = all.get(key);
      if (!one) return undefined;
      clearInterval(one.timer);
      all.delete(key);
      return one.latest;
    },
  };
}
