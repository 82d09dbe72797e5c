import { setTimeout as delay } from 'node:timers/promises';
import { isProblem, Problem } from '../../core/index.ts';
import { storeUnavailable } from '../problems.ts';

interface ServerError {
  name: string;
  code?: unknown;
  message: string;
  keyPattern?: Record<string, unknown>;
  errorLabels?: readonly string[];
}

const outOfDiskSpace = 14031;
const duplicateKey = 11000;

/** A server that is shutting down, stepping down, starting, or waiting for its majority. */
const passingCodes = new Set([
  6, 7, 50, 64, 89, 91, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436,
]);

const passingNames =
  /^Mongo(ose)?(Network|NetworkTimeout|ServerSelection|ServerClosed|TopologyClosed|NotConnected|PoolCleared|PoolClosed|WaitQueueTimeout|WriteConcern|OperationTimeout|Client?Closed)\w*$/;

/** Waits before the second and the third attempt: a new primary is usually there within a second or two. */
const retryDelaysMs = [50, 400];

/** Turns what the driver threw into the problem that callers know; what is none of its business goes on as it is. */
export function toStoreProblem(error: unknown): unknown {
  if (isProblem(error)) return error;
  if (asServerError(error)?.code === outOfDiskSpace) return new Problem('store-full', { cause: error });
  return isPassing(error) ? storeUnavailable(error) : error;
}

/**
 * Runs a call, again when the connection broke on the way. Whether the first attempt was carried out is then unknown: `work`
 * is told that it is a repetition, and recognises its own write.
 */
export async function attempt<R>(work: (isRepeated: boolean) => Promise<R>): Promise<R> {
  for (let count = 0; ; count += 1) {
    try {
      return await work(count > 0);
    } catch (error) {
      const waitMs = retryDelaysMs[count];
      // A selection that failed has waited for a server long enough; a person is waiting too.
      if (
        waitMs === undefined ||
        !isPassing(error) ||
        /ServerSelection/.test(asServerError(error)?.name ?? '')
      )
        throw toStoreProblem(error);
      await delay(waitMs);
    }
  }
}

/** The index whose value was taken, `_id_` for the key; undefined when the error is another one. */
export function takenIndex(error: unknown): string | undefined {
  const found = asServerError(error);
  if (found?.code !== duplicateKey) return undefined;
  return /index: (\S+)/.exec(found.message)?.[1] ?? '_id_';
}

function isPassing(error: unknown): boolean {
  const found = asServerError(error);
  if (!found) return false;
  return (
    passingNames.test(found.name) ||
    (typeof found.code === 'number' && passingCodes.has(found.code)) ||
    found.errorLabels?.includes('RetryableWriteError') === true
  );
}

function asServerError(error: unknown): ServerError | undefined {
  const isOne = typeof error === 'object' && error !== null && 'name' in error && 'message' in error;
  return isOne ? (error as ServerError) : undefined;
}
