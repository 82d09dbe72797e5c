/** Writes that are waiting for a transaction. */
export interface WriteQueue {
  /** Resolves once `work` is committed. It must not await, and must leave nothing behind in memory: it may run twice. */
  write<R>(work: () => R): Promise<R>;
  /** Commits what waits now, before the file is closed. */
  commitWaiting(): void;
}

interface Waiting {
  work: () => unknown;
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
}

/** A transaction stays this short, so that another process never waits long for the lock. */
const writesPerTransaction = 100;

/**
 * Turns of the event loop that a write waits for others. An idle loop turns in microseconds; a busy one hears of more requests
 * in each turn, whose writes then share a transaction.
 */
const turnsBeforeCommit = 3;

function inTurns(turns: number, work: () => void): void {
  setImmediate(turns > 1 ? () => inTurns(turns - 1, work) : work);
}

/**
 * Puts the writes of requests that arrived together into one transaction: beginning and committing cost more than most
 * writes, and the lock is taken and given back within one turn of the event loop, never held across it.
 */
export function createWriteQueue(transact: <R>(work: () => R) => R): WriteQueue {
  let waiting: Waiting[] = [];
  let isScheduled = false;

  function commit(items: readonly Waiting[]): void {
    let results: unknown[];
    try {
      results = transact(() => items.map(({ work }) => work()));
    } catch (error) {
      // Nothing of it was written. Each tries again alone, so that one fault is only its own.
      if (items.length > 1) for (const item of items) commit([item]);
      else items[0]?.reject(error);
      return;
    }
    for (const [index, { resolve }] of items.entries()) resolve(results[index] as never);
  }

  function commitWaiting(): void {
    isScheduled = false;
    const items = waiting;
    waiting = [];
    for (let start = 0; start < items.length; start += writesPerTransaction)
      commit(items.slice(start, start + writesPerTransaction));
  }

  return {
    write: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({ work, resolve, reject });
        if (isScheduled) return;
        isScheduled = true;
        inTurns(turnsBeforeCommit, commitWaiting);
      }),
    commitWaiting,
  };
}
