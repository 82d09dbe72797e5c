import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { z } from 'zod';
import { isProblem, systemClock, systemRandom } from '../../src/core/index.ts';
import { createRelay, defineCollection, openDatabase, type Store } from '../../src/storage/index.ts';
import { createTestCipher } from '../support/test-cipher.ts';

/** What the killed process writes: a document that can prove that it is whole. */
export const deeds = defineCollection({
  name: 'deeds',
  schema: z.strictObject({
    id: z.string(),
    eventId: z.string(),
    text: z.string(),
    sha256: z.string(),
    step: z.int(),
  }),
  key: (deed) => deed.id,
  indexes: [{ name: 'step', path: 'step' }],
  encrypted: true,
});

/** What the consumer of events writes: one document an event, so that a second delivery is recognised. */
export const deliveries = defineCollection({
  name: 'deliveries',
  schema: z.strictObject({ id: z.string(), kind: z.string() }),
  key: (delivery) => delivery.id,
  indexes: [{ name: 'kind', path: 'kind' }],
});

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A relay whose consumer remembers each event once. */
export function relayInto(store: Store) {
  const log = store.collection(deliveries);
  const once = (error: unknown) => {
    if (!isProblem(error, 'already-exists')) throw error;
  };
  return createRelay({
    store,
    consumers: [
      (events) => Promise.all(events.map(({ id }) => log.insert({ id, kind: 'deed' }).catch(once))),
    ],
    clock: systemClock,
    logger: { debug: () => undefined, warn: () => undefined },
  });
}

async function writeForEver(store: Store): Promise<never> {
  const collection = store.collection(deeds);
  for (;;) {
    const [id, eventId] = [systemRandom.id(), systemRandom.id()];
    const text = systemRandom.bytes(1 + (systemRandom.bytes(1)[0] ?? 0)).toString('base64');
    const deed = { id, eventId, text, sha256: sha256(text), step: 1 };
    const event = { id: eventId, type: 'test.deed.done', at: Date.now(), data: {} };
    await collection.insert(deed, { events: [event] });
    // One system call, before anything else can happen: what is printed has been acknowledged.
    writeSync(1, `1 ${id}\n`);
    await collection.replace({ ...deed, step: 2 }, 1);
    writeSync(1, `2 ${id}\n`);
  }
}

if (process.argv[1] === import.meta.filename && process.argv[2]) {
  const database = await openDatabase(process.argv[2], { clock: systemClock, random: systemRandom });
  const store = database.open(createTestCipher());
  const relay = relayInto(store);
  store.collection(deeds);
  relay.start();
  await Promise.all(Array.from({ length: 8 }, () => writeForEver(store)));
}
