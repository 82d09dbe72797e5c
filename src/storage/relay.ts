import type { Clock, PendingEvent } from '../core/index.ts';
import type { StorageLogger, Store } from './port.ts';

/**
 * Takes events that were committed, each at least once, and resolves when they need not come again. It knows each event
 * by its id, passes over what does not concern it, and rejects when it wants them later.
 */
export type EventConsumer = (events: readonly PendingEvent[]) => Promise<unknown>;

/** Carries pending events from the documents in which they were committed to their consumers. */
export interface Relay {
  /** Delivers what an earlier life of the service left behind, then looks on a timer for what others left. */
  start(): void;
  /** Resolves when everything committed in this process so far has been delivered, or has failed once more. */
  drain(): Promise<void>;
  /** Drains, then stops. */
  close(): Promise<void>;
}

export interface RelayDependencies {
  store: Store;
  consumers: readonly EventConsumer[];
  clock: Clock;
  logger: StorageLogger;
  /** How often documents are looked through; default 5,000. */
  sweepMs?: number;
  /** Events younger than this are left to the process that committed them; default 10,000. */
  graceMs?: number;
}

interface Parcel {
  collection: string;
  key: string;
  events: readonly PendingEvent[];
}

type Swept = ReturnType<Store['collections']>[number];

/** Documents handed over in one go. */
const batchSize = 200;

/**
 * Makes the relay. Three ways lead into it and all are needed: the commit itself (nobody waits), the start (a crash lies
 * behind), the timer (a consumer failed, or another process died).
 */
export function createRelay(dependencies: RelayDependencies): Relay {
  const { store, clock, logger, sweepMs = 5_000, graceMs = 10_000 } = dependencies;
  const deliver = createDelivery(dependencies);
  const waiting: Parcel[] = [];
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;
  let isClosed = false;

  async function run(): Promise<void> {
    while (waiting.length > 0) await deliver(waiting.splice(0, batchSize));
  }

  function wake(): Promise<void> {
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  }

  /** Looks through one collection; what a consumer refuses is looked past, not at for ever. */
  async function sweepCollection(collection: Swept, olderThan: number): Promise<void> {
    const refused = new Set<string>();
    while (!isClosed) {
      const found = await collection.pending(batchSize + refused.size, olderThan);
      const parcels = found
        .filter(({ key }) => !refused.has(key))
        .map((parcel) => ({ collection: collection.definition.name, ...parcel }));
      if (parcels.length === 0) return;
      for (const { key } of await deliver(parcels)) refused.add(key);
    }
  }

  async function sweep(olderThan: number): Promise<void> {
    for (const collection of store.collections()) await sweepCollection(collection, olderThan);
  }

  function sweepLater(olderThan: () => number): void {
    sweeping ??= sweep(olderThan())
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'pending events could not be read; trying again'),
      )
      .finally(() => {
        sweeping = undefined;
      });
  }

  async function drain(): Promise<void> {
    await sweeping;
    while (running || waiting.length > 0) await wake();
  }

  store.onCommitted((collection, key, events) => {
    if (isClosed) return;
    waiting.push({ collection, key, events });
    void wake();
  });

  return {
    start() {
      sweepLater(() => Number.MAX_SAFE_INTEGER);
      timer ??= setInterval(() => sweepLater(() => clock.now() - graceMs), sweepMs).unref();
    },
    drain,
    async close() {
      clearInterval(timer);
      await drain();
      isClosed = true;
    },
  };
}

/** Makes the function that hands documents' events to every consumer and settles them; answers those that were refused. */
function createDelivery({ store, consumers, logger }: RelayDependencies) {
  const collectionOf = (name: string) =>
    store.collections().find(({ definition }) => definition.name === name);

  async function hand(parcels: readonly Parcel[]): Promise<void> {
    const events = parcels.flatMap((parcel) => parcel.events);
    await Promise.all(consumers.map((consume) => consume(events)));
    const settle = ({ collection, key, events: delivered }: Parcel) =>
      collectionOf(collection)?.settle(
        key,
        delivered.map(({ id }) => id),
      );
    await Promise.all(parcels.map(settle));
  }

  return async (parcels: readonly Parcel[]): Promise<readonly Parcel[]> => {
    try {
      await hand(parcels);
      return [];
    } catch {
      // One bad event must not hold up the others: each document by itself. What fails is still in its document, and the
      // timer brings it again.
      const ends = await Promise.allSettled(parcels.map((parcel) => hand([parcel])));
      const causes = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
      if (causes.length > 0)
        logger.warn(
          { err: causes[0], documents: causes.length },
          'events could not be delivered; trying again',
        );
      return parcels.filter((_, position) => ends[position]?.status === 'rejected');
    }
  };
}
