import { isProblem } from '../core/index.ts';
import { type Batch, batchSchema, emptyLog, type Tip, verificationKeys, verifyBatch } from './batch.ts';
import type { AuditCheck } from './port.ts';
import { type Batches, batchKey } from './store.ts';

/** Batches read ahead of the one that is being proved, so that a distant store does not set the pace. */
const window = 64;

type Found = { batch: Batch } | { fault: 'missing' | 'unreadable'; detail: string };

/** Proves the log from its first batch to its end, or names the first that is damaged. */
export async function checkLog(
  batches: Batches,
  publicKeys: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  progress: (batch: number) => void = () => {},
): Promise<AuditCheck> {
  const keys = verificationKeys(publicKeys);
  let tip: Tip = emptyLog;
  let missed = 0;
  prove: for (;;) {
    const ahead = Array.from({ length: window }, (_, index) => read(batches, tip.number + 1 + index));
    for (const found of await Promise.all(ahead)) {
      const number = tip.number + 1;
      if ('fault' in found) {
        if (found.fault === 'missing' && (await isEnd(batches, number)))
          return { whole: true, batches: tip.number, events: tip.events, head: tip.head };
        // The service may have appended between the two looks: only what is missing twice is missing.
        if (found.fault === 'missing' && missed !== number) {
          missed = number;
          continue prove;
        }
        return { whole: false, batch: number, ...found };
      }
      const proved = verifyBatch(found.batch, tip, keys);
      if ('fault' in proved) return { whole: false, batch: number, ...proved };
      tip = proved;
      progress(number);
    }
  }
}

async function read(batches: Batches, number: number): Promise<Found> {
  try {
    const stored = await batches.get(batchKey(number));
    if (!stored) return { fault: 'missing', detail: 'later batches are there, this one is not' };
    const parsed = batchSchema.safeParse(stored.value);
    return parsed.success
      ? { batch: parsed.data }
      : { fault: 'unreadable', detail: 'what is stored is not a batch' };
  } catch (error) {
    // A store that is away says nothing about the log; everything else is the answer that was asked for.
    if (isProblem(error, 'store-unavailable')) throw error;
    return { fault: 'unreadable', detail: error instanceof Error ? error.message : String(error) };
  }
}

/** True when no batch has this number or a later one. */
async function isEnd(batches: Batches, number: number): Promise<boolean> {
  return (await batches.count({ index: 'number', from: number })) === 0;
}
