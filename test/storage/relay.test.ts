import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PendingEvent } from '../../src/core/index.ts';
import { createHousekeeping, createRelay } from '../../src/storage/index.ts';
import { event, people, person, tickets } from '../contract/collections.ts';
import { openTempStore, type TempStore } from '../support/temp-store.ts';

const silent = { debug: () => undefined, warn: () => undefined };

/** A consumer that remembers what it was given and can be told to refuse. */
function createConsumer() {
  const consumer = {
    seen: [] as string[],
    isRefusing: false,
    consume: async (events: readonly PendingEvent[]) => {
      if (consumer.isRefusing) throw new Error('not now');
      consumer.seen.push(...events.map(({ id }) => id));
    },
  };
  return consumer;
}

describe('the relay of pending events', () => {
  let temp: TempStore;
  let now = 1_000_000;
  const clock = { now: () => now };
  beforeEach(async () => {
    temp = await openTempStore({ clock });
  });
  afterEach(async () => temp.remove());
  const relayTo = (consumers: ReturnType<typeof createConsumer>[], sweepMs = 20) =>
    createRelay({
      store: temp.store,
      consumers: consumers.map(({ consume }) => consume),
      clock,
      logger: silent,
      sweepMs,
    });

  test('every consumer gets every committed event, and then the document has none left', async () => {
    const [audit, sites] = [createConsumer(), createConsumer()];
    const relay = relayTo([audit, sites]);
    const collection = temp.store.collection(people);
    const sent = Array.from({ length: 30 }, () => event());
    await relay.drain();
    await Promise.all(sent.map((one) => collection.insert(person(), { events: [one] })));
    await relay.drain();
    const ids = sent.map(({ id }) => id).sort();
    expect([...audit.seen].sort()).toEqual(ids);
    expect([...sites.seen].sort()).toEqual(ids);
    expect(await collection.pending(1000)).toEqual([]);
    await relay.close();
  });

  test('what an earlier process left behind is delivered at the start', async () => {
    const left = event();
    await temp.store.collection(people).insert(person(), { events: [left] });
    const consumer = createConsumer();
    const relay = relayTo([consumer]);
    relay.start();
    await relay.drain();
    expect(consumer.seen).toEqual([left.id]);
    await relay.close();
  });

  test('a consumer that fails gets the events again, and none is settled before', async () => {
    const consumer = createConsumer();
    consumer.isRefusing = true;
    const relay = relayTo([consumer]);
    relay.start();
    const collection = temp.store.collection(people);
    const sent = event('a.b.c', now);
    await collection.insert(person(), { events: [sent] });
    await relay.drain();
    expect(await collection.pending(10)).toHaveLength(1);
    consumer.isRefusing = false;
    now += 11_000;
    while (consumer.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(consumer.seen).toEqual([sent.id]);
    await relay.close();
    expect(await collection.pending(10)).toEqual([]);
  });

  test('an event that a consumer cannot take holds up none of the others', async () => {
    const collection = temp.store.collection(people);
    const sent = Array.from({ length: 450 }, () => event('a.b.c', now));
    const bad = sent[3] as PendingEvent;
    for (const one of sent) await collection.insert(person(), { events: [one] });
    const seen = new Set<string>();
    const consume = async (events: readonly PendingEvent[]) => {
      if (events.some(({ id }) => id === bad.id)) throw new Error('this one never');
      for (const { id } of events) seen.add(id);
    };
    const relay = createRelay({ store: temp.store, consumers: [consume], clock, logger: silent });
    relay.start();
    await relay.close();
    expect(seen.size).toBe(449);
    expect((await collection.pending(10)).flatMap(({ events }) => events)).toEqual([bad]);
  });
});

describe('housekeeping', () => {
  test('deletes what has expired, on a timer', async () => {
    let now = 1_000_000;
    const temp = await openTempStore({ clock: { now: () => now } });
    const artefacts = temp.store.collection(tickets);
    await artefacts.put({ id: 'gone', grantId: 'g', consumed: false, expiresAt: now + 1 });
    await artefacts.put({ id: 'alive', grantId: 'g', consumed: false, expiresAt: now + 3600_000 });
    const housekeeping = createHousekeeping({ store: temp.store, logger: silent, everyMs: 5 });
    housekeeping.start();
    now += 20 * 60_000;
    while (await artefacts.get('gone')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await artefacts.get('alive')).toBeDefined();
    await housekeeping.close();
    await temp.remove();
  });
});
