import { isProblem } from '../core/index.ts';
import type { Store } from '../storage/index.ts';
import { createDelivery, type DeliveryDependencies } from './deliver-notice.ts';
import type { Notice, Notices } from './port.ts';
import { noticeCollection, type QueuedNotice } from './store.ts';

export interface NoticesDependencies extends DeliveryDependencies {
  store: Store;
  /** How often the queue is looked through when nothing is enqueued here; default 1,000. */
  pollMs?: number;
}

const pageSize = 64;
/** Attempts at one time in this process. */
const concurrency = 64;

/** Makes the queue. Nothing is delivered before start() or deliverDue(). */
export function createNotices({ store, pollMs = 1_000, ...dependencies }: NoticesDependencies): Notices {
  const { clock, logger, metrics } = dependencies;
  const notices = store.collection(noticeCollection);
  const { claim, deliver } = createDelivery(dependencies, notices);
  const underWay = new Set<Promise<void>>();
  const loop = createLoop(launchDue, pollMs);
  metrics.gauge({
    name: 'tongxing_notices_waiting',
    help: 'Notices that wait for delivery, counted to at most 10,000.',
    collect: () => notices.count({ index: 'due' }),
  });

  const logFailure = (err: unknown): void => {
    // The queue is in the store: whatever failed now is tried again, a claimed notice after its lease.
    logger.warn({ room: 'outbound', err }, 'notices could not be worked off');
  };

  /** Claims everything that is due and sends it off, without waiting for the answers. */
  async function launchDue(): Promise<number> {
    let launched = 0;
    for (;;) {
      const due = await notices.find({ index: 'due', to: clock.now() + 1, limit: pageSize });
      const before = launched;
      for (const queued of due.items) {
        if (underWay.size >= concurrency) await Promise.race(underWay);
        const claimed = await claim(queued);
        if (!claimed) continue;
        launched += 1;
        const attempt = deliver(claimed)
          .catch(logFailure)
          .finally(() => underWay.delete(attempt));
        underWay.add(attempt);
      }
      if (due.items.length < pageSize || launched === before || loop.isClosed()) return launched;
    }
  }

  return {
    async enqueue(notice) {
      try {
        await notices.insert(waiting(notice, clock.now()));
      } catch (error) {
        if (!isProblem(error, 'already-exists')) throw error;
      }
      loop.wake();
    },
    async deliverDue() {
      const launched = await launchDue();
      await Promise.all(underWay);
      return launched;
    },
    start: () => loop.start(logFailure),
    async close() {
      await loop.close();
      await Promise.all(underWay);
    },
  };
}

const waiting = ({ id, kind, url, contentType, body, until }: Notice, now: number): QueuedNotice => ({
  ...{ id, kind, url, contentType, body, until },
  dueAt: now,
  attempts: 0,
  state: 'waiting',
});

/** Runs `work` every `pollMs` and soon after each wake, one run at a time. Its timer does not keep the process alive. */
function createLoop(work: () => Promise<unknown>, pollMs: number) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let report: ((error: unknown) => void) | undefined;
  let isWoken = false;
  let closed = false;

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    if (!closed && report) timer = setTimeout(run, delayMs).unref();
  }

  function run(): void {
    isWoken = false;
    running = work()
      .then(() => {}, report)
      .finally(() => {
        running = undefined;
        schedule(isWoken ? 0 : pollMs);
      });
  }

  return {
    isClosed: () => closed,
    start(onFailure: (error: unknown) => void): void {
      report ??= onFailure;
      schedule(0);
    },
    wake(): void {
      isWoken = true;
      if (!running) schedule(0);
    },
    async close(): Promise<void> {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
