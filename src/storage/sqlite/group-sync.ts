import { fdatasync } from 'node:fs';

/** Makes what was written to a file survive a power cut; one call of the disk serves all who wait. */
export interface GroupSync {
  /** Resolves once everything written before the call is on the disk. */
  flush(): Promise<void>;
  /** The failure after which nothing more may be acknowledged. */
  readonly failure: unknown;
}

/** How bytes reach the disk; tests replace it to see what was safe at which moment. */
export type SyncFile = (descriptor: number) => Promise<void>;

/** fdatasync off the main thread. */
export const syncFile: SyncFile = (descriptor) =>
  new Promise((resolve, reject) => {
    fdatasync(descriptor, (error) => (error ? reject(error) : resolve()));
  });

/**
 * Shares syncs of one file between concurrent writers. A sync that is already running may have begun before a waiter's
 * bytes were written, so late comers share the next one.
 *
 * After a failed sync the kernel may have dropped the dirty pages and reports success from then on. So a failure is final:
 * this process acknowledges nothing more and has to be started again, which replays what is really on the disk.
 */
export function createGroupSync(descriptor: number, sync: SyncFile = syncFile): GroupSync {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let failure: unknown;

  async function run(): Promise<void> {
    try {
      if (failure !== undefined) throw failure;
      await sync(descriptor);
    } catch (error) {
      failure ??= error;
      throw error;
    }
  }

  function start(): Promise<void> {
    const mine = run().finally(() => {
      running = undefined;
    });
    running = mine;
    return mine;
  }

  function startAfter(current: Promise<void>): Promise<void> {
    const begin = () => {
      next = undefined;
      return start();
    };
    return current.then(begin, begin);
  }

  return {
    flush() {
      if (!running) return start();
      next ??= startAfter(running);
      return next;
    },
    get failure() {
      return failure;
    },
  };
}
