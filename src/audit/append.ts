import { setTimeout as delay } from 'node:timers/promises';
import { isProblem, type PendingEvent, Problem, type Random } from '../core/index.ts';
import type { Keyring } from '../keyring/index.ts';
import type { Metrics } from '../telemetry/index.ts';
import { type Sealed, sealBatch } from './batch.ts';
import { isAuditEvent } from './catalogue.ts';
import type { EndOfLog } from './end-of-log.ts';
import type { Recorded, RecordOptions } from './port.ts';
import { type Batches, batchKey } from './store.ts';

/** Events in one batch: enough to share a signature and a sync, few enough to read one back cheaply. */
const maxBatch = 128;
/** Events waiting in this process before more are refused: some seconds of a full load. */
const maxWaiting = 16_384;
/**
 * While events come close together, a batch waits so long after the one before: it costs as much CPU as ten events, and nobody
 * notices the wait in a login. At most twenty-five batches a second, whatever the load.
 */
const paceMs = 40;
/**
 * The same where somebody waits for the answer; and no longer than until as many have come as the batch before answered:
 * those who ask again and again, each after its answer, travel together.
 */
const promptPaceMs = 14;

interface Waiting {
  event: PendingEvent;
  isRelayed: boolean;
  isPrompt: boolean;
  /** Without a place where another hand had recorded the event before. */
  resolve: (recorded?: Recorded) => void;
  reject: (error: unknown) => void;
}

export interface LogDependencies {
  batches: Batches;
  end: EndOfLog;
  keyring: Pick<Keyring, 'signer'>;
  random: Random;
  metrics: Metrics;
}

/** The writing end of the log. */
export interface Log {
  record(event: PendingEvent, options?: RecordOptions): Promise<Recorded>;
  append(events: readonly PendingEvent[]): Promise<void>;
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the writing end: everything that waits while one batch is written shares the next. */
export function createLog({ batches, end, keyring, random, metrics }: LogDependencies): Log {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let isClosed = false;
  /** Events of the batch before and those that waited at its end; one is nobody to wait for. */
  let expected = 0;
  let endedAt = Number.NEGATIVE_INFINITY;
  let promptWaiting = 0;
  /** Ends the present wait early, to look again at who waits. */
  let hurry = () => {};
  const commit = createCommit({ batches, end, keyring, random, metrics });
  const measured = measure(metrics, () => waiting.length);

  /** What ends the wait: so many events, or so much time since the batch before. */
  const limits = () =>
    promptWaiting > 0
      ? { enough: Math.min(expected, maxBatch), until: endedAt + promptPaceMs }
      : { enough: maxBatch, until: endedAt + paceMs };

  /** Waits for others to travel with, if the batch before had any. A full batch and the end wait for nobody. */
  async function gather(): Promise<void> {
    // One turn of the loop, so that requests that arrived together travel together.
    await new Promise(setImmediate);
    while (expected > 1 && !isClosed) {
      const { enough, until } = limits();
      const restMs = until - performance.now();
      if (waiting.length >= enough || restMs <= 0) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, restMs);
        hurry = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      await gather();
      const items = waiting.splice(0, maxBatch);
      for (const { isPrompt } of items) if (isPrompt) promptWaiting--;
      const startedAt = performance.now();
      try {
        const places = await commit(items);
        for (const item of items) item.resolve(places.get(item.event.id));
        measured.written(items, (performance.now() - startedAt) / 1000);
      } catch (error) {
        for (const item of items) item.reject(error);
      }
      expected = items.length + waiting.length;
      endedAt = performance.now();
      // The tree is derived from what is durable already: if it cannot be written now, it will be after the next batch.
      await end.save().catch(() => {});
    }
    running = undefined;
  }

  function wake(): Promise<void> {
    running ??= run();
    return running;
  }

  function enqueue(
    events: readonly PendingEvent[],
    { isRelayed = false, isPrompt = false },
  ): Promise<(Recorded | undefined)[]> {
    if (isClosed) throw new Error('the audit log of this process is closed');
    if (waiting.length + events.length > maxWaiting) {
      measured.refused();
      throw new Problem('audit-overloaded', { headers: { 'Retry-After': '2' } });
    }
    const enter = (event: PendingEvent) =>
      new Promise<Recorded | undefined>((resolve, reject) =>
        waiting.push({ event, isRelayed, isPrompt, resolve, reject }),
      );
    const done = Promise.all(events.map(enter));
    // The first one who waits for an answer shortens the wait of all.
    if (isPrompt && promptWaiting++ === 0) hurry();
    if (waiting.length >= limits().enough) hurry();
    return done;
  }

  return {
    async record(event, { isPrompt = false } = {}) {
      const done = enqueue([event], { isPrompt });
      void wake();
      const [recorded] = await done;
      // Its id is new, so nobody else can have recorded it.
      return recorded as Recorded;
    },
    async append(events) {
      const done = enqueue(events.filter(isAuditEvent), { isRelayed: true });
      void wake();
      await done;
    },
    async drain() {
      while (running || waiting.length > 0) await wake();
    },
    async close() {
      isClosed = true;
      hurry();
      while (running || waiting.length > 0) await wake();
    },
  };
}

/** Writes one batch, against any number of other processes that write theirs; answers where each event lies, by id. */
function createCommit({ batches, end, keyring, random, metrics }: LogDependencies) {
  const conflicts = metrics.counter({
    name: 'tongxing_audit_conflicts_total',
    help: 'Batches that were sealed again because another process appended first, or because an event was there already.',
  });

  return async function commit(items: readonly Waiting[]): Promise<ReadonlyMap<string, Recorded>> {
    let rest = withoutRepeats(items);
    for (let attempt = 1; rest.length > 0; attempt++) {
      const before = end.known().number > 0 ? end.known() : await end.read();
      const sealed = await sealBatch(before, contentOf(rest), await keyring.signer('audit'));
      try {
        await batches.insert(sealed.batch);
        end.advanceTo(sealed.tip);
        return placesOf(sealed);
      } catch (error) {
        if (!isProblem(error, 'already-exists')) throw error;
        conflicts.add({});
        const there = await batches.get(batchKey(sealed.batch.number));
        // The answer of our own write was lost on the way: the signature is random, so this is no one else's.
        if (there?.value.signature === sealed.batch.signature) {
          end.advanceTo(sealed.tip);
          return placesOf(sealed);
        }
        if (there) await end.read();
        else {
          const left = await withoutStored(rest, batches);
          if (left.length === rest.length) throw error;
          rest = left;
        }
        if (attempt > 2) await delay((random.bytes(1)[0] as number) % (2 * attempt));
      }
    }
    return new Map();
  };
}

const contentOf = (items: readonly Waiting[]) => ({
  events: items.map(({ event }) => event),
  relayed: items.filter(({ isRelayed }) => isRelayed).map(({ event }) => event.id),
});

function placesOf({ batch, tip, leaves }: Sealed): ReadonlyMap<string, Recorded> {
  const first = tip.tree.size - leaves.length;
  return new Map(
    batch.events.map(({ id, at }, place) => [
      id,
      { eventId: id, at, leafIndex: first + place, leafHash: leaves[place] as Buffer },
    ]),
  );
}

/** One process may be handed a relayed event twice before it is settled. */
function withoutRepeats(items: readonly Waiting[]): readonly Waiting[] {
  const seen = new Set<string>();
  return items.filter(({ event }) => !seen.has(event.id) && seen.add(event.id));
}

async function withoutStored(items: readonly Waiting[], batches: Batches): Promise<readonly Waiting[]> {
  const isStored = await Promise.all(
    items.map(
      async (item) =>
        item.isRelayed && (await batches.count({ index: 'relayed', equals: [item.event.id] })) > 0,
    ),
  );
  return items.filter((_, index) => !isStored[index]);
}

function countBy(items: readonly Waiting[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { event } of items) counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
  return counts;
}

function measure(metrics: Metrics, queueLength: () => number) {
  metrics.gauge({
    name: 'tongxing_audit_waiting_events',
    help: 'Events handed over and not yet durable.',
    collect: queueLength,
  });
  const events = metrics.counter({
    name: 'tongxing_audit_events_total',
    help: 'Events that became durable.',
    labels: ['type'],
  });
  const batches = metrics.counter({
    name: 'tongxing_audit_batches_total',
    help: 'Batches written by this process.',
  });
  const seconds = metrics.histogram({
    name: 'tongxing_audit_append_seconds',
    help: 'Time from taking the waiting events to their being durable.',
  });
  const refused = metrics.counter({
    name: 'tongxing_audit_refused_total',
    help: 'Events refused because too many were waiting: the store is slower than the load.',
  });
  return {
    written(items: readonly Waiting[], took: number) {
      for (const [type, count] of countBy(items)) events.add({ type }, count);
      batches.add({});
      seconds.observe({}, took);
    },
    refused: () => refused.add({}),
  };
}
