import { type Clock, isProblem, type Random } from '../core/index.ts';
import type { Collection, Store, Stored } from '../storage/port.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';
import type { Notice, Notices, Outbound } from './port.ts';
import { noticeCollection, type QueuedNotice } from './store.ts';

export interface NoticesDependencies {
  store: Store;
  outbound: Outbound;
  clock: Clock;
  random: Random;
  metrics: Metrics;
  logger: Logger;
  /** How often the queue is looked through when nothing is enqueued here; default 1,000. */
  pollMs?: number;
}

type Queued = Stored<QueuedNotice>;

const batchSize = 32;
const timeoutMs = 5_000;
/** A claim outlives the longest attempt; after it another process may try. */
const leaseMs = 30_000;
const firstDelayMs = 1_000;
const longestDelayMs = 5 * 60_000;

/**
 * Delay before the next attempt: doubles from one second to five minutes; the upper half of it is random, so that the
 * notices of an outage do not come back in step.
 */
export function retryDelayMs(attempts: number, random: Random): number {
  const delay = Math.min(firstDelayMs * 2 ** (attempts - 1), longestDelayMs);
  return delay / 2 + (random.bytes(2).readUInt16BE() / 0x10000) * (delay / 2);
}

/**
 * Makes the queue. A claim is a conditional write that moves `dueAt` past the lease: exactly one process wins it, and a
 * process that dies with a claim only delays its notices.
 */
export function createNotices(dependencies: NoticesDependencies): Notices {
  const { store, clock, logger, pollMs = 1_000 } = dependencies;
  const notices = store.collection(noticeCollection);
  const deliver = createDelivery(dependencies, notices);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<number> | undefined;
  let closed = false;

  async function deliverDue(): Promise<number> {
    let tried = 0;
    for (;;) {
      const due = await notices.find({ index: 'due', to: clock.now() + 1, limit: batchSize });
      const outcomes = await Promise.all(due.items.map(deliver));
      tried += outcomes.filter(Boolean).length;
      // A page that another process claimed whole is not worth another look now.
      if (due.items.length < batchSize || !outcomes.some(Boolean) || closed) return tried;
    }
  }

  function wake(delayMs: number): void {
    if (closed || !timer) return;
    clearTimeout(timer);
    timer = setTimeout(run, delayMs).unref();
  }

  function run(): void {
    running ??= deliverDue()
      .catch((err: unknown) => {
        // The queue is in the store: whatever failed now is tried again at the next turn.
        logger.warn({ room: 'outbound', err }, 'notices could not be looked through');
        return 0;
      })
      .finally(() => {
        running = undefined;
        wake(pollMs);
      });
  }

  return {
    async enqueue(notice) {
      try {
        await notices.insert(waiting(notice, clock.now()));
      } catch (error) {
        if (!isProblem(error, 'already-exists')) throw error;
      }
      wake(0);
    },
    deliverDue,
    start() {
      timer ??= setTimeout(run, 0).unref();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

const waiting = ({ id, kind, url, contentType, body, until }: Notice, now: number): QueuedNotice => ({
  ...{ id, kind, url, contentType, body, until },
  dueAt: now,
  attempts: 0,
  state: 'waiting',
});

/** Claims, sends and settles one notice; answers false when another process had it. */
function createDelivery(
  { outbound, clock, random, metrics, logger }: NoticesDependencies,
  notices: Collection<QueuedNotice, 'due'>,
): (queued: Queued) => Promise<boolean> {
  const outcomes = metrics.counter({
    name: 'tongxing_notices_total',
    help: 'Attempts to deliver notices by kind and outcome: delivered, retried, given-up.',
    labels: ['kind', 'outcome'],
  });
  metrics.gauge({
    name: 'tongxing_notices_waiting',
    help: 'Notices that wait for delivery, counted to at most 10,000.',
    collect: () => notices.count({ index: 'due' }),
  });

  /** The stored notice after a conditional write; undefined when somebody else wrote first. */
  async function change(queued: Queued, value: QueuedNotice): Promise<Queued | undefined> {
    try {
      return await notices.replace(value, queued.version);
    } catch (error) {
      if (isProblem(error, 'version-conflict', 'not-found')) return undefined;
      throw error;
    }
  }

  async function attempt({ kind, url, contentType, body }: QueuedNotice): Promise<boolean> {
    try {
      const headers = { 'content-type': contentType };
      const { status } = await outbound.request(url, { kind, method: 'POST', headers, body, timeoutMs });
      return status >= 200 && status < 300;
    } catch (error) {
      if (isProblem(error, 'outbound-failed', 'outbound-refused')) return false;
      throw error;
    }
  }

  function next(notice: QueuedNotice, delivered: boolean): QueuedNotice {
    const { dueAt: _, ...settled } = notice;
    if (delivered) return { ...settled, body: '', state: 'delivered' };
    const dueAt = Math.ceil(clock.now() + retryDelayMs(notice.attempts, random));
    return dueAt < notice.until ? { ...notice, dueAt } : { ...settled, body: '', state: 'given-up' };
  }

  return async (queued) => {
    const { value } = queued;
    const late = clock.now() >= value.until;
    const claim = { ...value, dueAt: clock.now() + leaseMs, attempts: value.attempts + 1 };
    const claimed = await change(queued, claim);
    if (!claimed) return false;
    const settled = next(claimed.value, !late && (await attempt(claimed.value)));
    await change(claimed, settled);
    const outcome = settled.state === 'waiting' ? 'retried' : settled.state;
    outcomes.add({ kind: value.kind, outcome });
    if (outcome === 'given-up') {
      logger.warn(
        { room: 'outbound', notice: value.id, kind: value.kind, url: value.url },
        'notice given up',
      );
    }
    return true;
  };
}
