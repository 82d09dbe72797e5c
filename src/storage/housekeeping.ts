import { dayMs } from '../core/index.ts';
import type { Blobs, StorageLogger, Store } from './port.ts';

/** Deletes on a timer what has expired. */
export interface Housekeeping {
  start(): void;
  close(): Promise<void>;
}

/** How often files are looked at that no document may name. */
const orphansEveryMs = 6 * 3_600_000;

/**
 * Makes the housekeeping of a store. Several processes may run it on one store; they share the work. `isNamed` says whether a
 * document names a file; without it no file is ever deleted.
 */
export function createHousekeeping(dependencies: {
  store: Store;
  logger: StorageLogger;
  everyMs?: number;
  isNamed?: (sha256: string) => Promise<boolean>;
}): Housekeeping {
  const { store, logger, everyMs = 60_000, isNamed } = dependencies;
  let timer: NodeJS.Timeout | undefined;
  let orphanTimer: NodeJS.Timeout | undefined;
  let orphansRunning: Promise<void> | undefined;
  let running: Promise<void> | undefined;

  function sweep(): void {
    running ??= store
      .sweep()
      .then((swept) => {
        if (swept > 0) logger.debug({ swept }, 'expired documents deleted');
      })
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'expired documents could not be deleted; trying again'),
      )
      .finally(() => {
        running = undefined;
      });
  }

  function sweepOrphans(): void {
    if (!isNamed) return;
    orphansRunning ??= sweepOrphanBlobs(store.blobs, isNamed)
      .then((swept) => {
        if (swept > 0) logger.debug({ swept }, 'files that no document names deleted');
      })
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'files that no document names could not be deleted; trying again'),
      )
      .finally(() => {
        orphansRunning = undefined;
      });
  }

  return {
    start() {
      timer ??= setInterval(sweep, everyMs).unref();
      orphanTimer ??= setInterval(sweepOrphans, orphansEveryMs).unref();
    },
    async close() {
      clearInterval(timer);
      clearInterval(orphanTimer);
      await Promise.all([running, orphansRunning]);
    },
  };
}

/** A file and the document that names it are two writes: this long the second may take. */
const orphanAgeMs = dayMs;

/**
 * Deletes blobs that no document names; answers how many. What was put within the last 24 hours stays: its document may
 * still be on the way.
 */
export async function sweepOrphanBlobs(
  blobs: Blobs,
  isReferenced: (sha256: string) => Promise<boolean>,
): Promise<number> {
  let swept = 0;
  for await (const sha256 of blobs.list(orphanAgeMs)) {
    if (await isReferenced(sha256)) continue;
    await blobs.remove(sha256);
    swept += 1;
  }
  return swept;
}
