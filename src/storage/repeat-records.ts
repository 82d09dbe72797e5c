import { z } from 'zod';
import { type Clock, isProblem, type RepeatRecords } from '../core/index.ts';
import { defineCollection, type Store } from './port.ts';

const repeatSchema = z.strictObject({
  key: z.string(),
  digest: z.string(),
  /** Until then the request counts as under way. */
  busyUntil: z.int(),
  answer: z
    .strictObject({ status: z.int(), body: z.string(), headers: z.record(z.string(), z.string()) })
    .optional(),
  expiresAt: z.int(),
});

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

const keptMs = 24 * 3_600_000;

/**
 * Makes the memory of repeated requests. `busyMs` is longer than any such request takes: after it, the process that began one
 * is taken for dead.
 */
export function createRepeatRecords(store: Store, clock: Clock, busyMs = 30_000): RepeatRecords {
  const repeats = store.collection(repeatCollection);
  const lost = (error: unknown): true => {
    if (!isProblem(error, 'version-conflict', 'already-exists', 'not-found')) throw error;
    return true;
  };
  return {
    async begin(key, digest) {
      const now = clock.now();
      const mine = { key, digest, busyUntil: now + busyMs, expiresAt: now + keptMs };
      const present = await repeats.get(key);
      if (present && present.value.digest !== digest) return { outcome: 'other' };
      if (present?.value.answer) return { outcome: 'done', answer: present.value.answer };
      if (present && present.value.busyUntil > now) return { outcome: 'running' };
      // Of any number that begin at once one wins, and the others see it running.
      const isLost = await (present ? repeats.replace(mine, present.version) : repeats.insert(mine)).then(
        () => false,
        lost,
      );
      return { outcome: isLost ? 'running' : 'begun' };
    },
    async finish(key, answer) {
      const present = await repeats.get(key);
      if (!present || present.value.answer) return;
      const kept = { ...answer, headers: { ...answer.headers } };
      await repeats.replace({ ...present.value, answer: kept }, present.version).catch(lost);
    },
    async abandon(key) {
      const present = await repeats.get(key);
      if (present && !present.value.answer) await repeats.remove(key, present.version);
    },
  };
}
