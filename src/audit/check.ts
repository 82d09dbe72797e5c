import { isProblem } from '../core/index.ts';
import {
  type Batch,
  batchSchema,
  emptyLog,
  headOf,
  type Tip,
  verificationKeys,
  verifyBatch,
} from './batch.ts';
import type { AuditCheck } from './port.ts';
import { type Batches, batchKey, edgeKey, packEdge, packTile, type TreeRows, tileKey } from './store.ts';

/** Batches read ahead of the one that is being proved, so that a distant store does not set the pace. */
const window = 64;
/**
 * Batches looked for behind the first that is missing: more than the tree's stored edge can be behind, and the edge itself
 * says how many there were at least.
 */
const lookBeyond = 512;

type Found = { batch: Batch } | { fault: 'missing' | 'unreadable'; detail: string };

/** What a check looks at. */
export interface CheckInput {
  batches: Batches;
  rows: TreeRows;
  /** Public audit keys by kid, retired ones included. */
  keys: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  progress?: ((batch: number) => void) | undefined;
}

/** Proves the log from its first batch to its end, or names the first that is damaged. */
export async function checkLog({ batches, rows, keys, progress }: CheckInput): Promise<AuditCheck> {
  const imported = verificationKeys(keys);
  const edge = (await rows.edges.get(edgeKey))?.value;
  let tip: Tip = emptyLog;
  let missed = 0;
  prove: for (;;) {
    const ahead = Array.from({ length: window }, (_, index) => read(batches, tip.number + 1 + index));
    for (const found of await Promise.all(ahead)) {
      const number = tip.number + 1;
      if ('fault' in found) {
        if (found.fault === 'missing' && (await isEnd(batches, number, edge?.number ?? 0)))
          return { whole: true, batches: tip.number, events: tip.tree.size, head: headOf(tip)?.root ?? '' };
        // The service may have appended between the two looks: only what is missing twice is missing.
        if (found.fault === 'missing' && missed !== number) {
          missed = number;
          continue prove;
        }
        return { whole: false, batch: number, ...found };
      }
      const proved = verifyBatch(found.batch, tip, imported);
      if ('fault' in proved) return { whole: false, batch: number, ...proved };
      const fault = await treeFault(proved, rows, edge);
      if (fault) return { whole: false, batch: number, fault: 'tree', detail: fault };
      tip = { ...proved, full: [] };
      progress?.(number);
    }
  }
}

/** What is wrong with the stored rows of the tree that end in the last batch. */
async function treeFault(
  { number, tree, full }: Tip,
  { tiles }: TreeRows,
  edge: { number: number; levels: readonly string[] } | undefined,
): Promise<string | undefined> {
  for (const tile of full) {
    const { level, index, hashes } = packTile(tile);
    const stored = await tiles.get(tileKey(level, index)).catch(undefinedUnlessAway);
    // Behind the edge a tile may still be on its way.
    if (!stored && number > (edge?.number ?? 0)) continue;
    if (stored?.value.hashes !== hashes)
      return `row ${index} of level ${level} of the tree is not what it was`;
  }
  if (number === edge?.number && packEdge(number, tree).levels.join() !== edge.levels.join())
    return 'the stored edge of the tree is not what it was';
  return undefined;
}

async function read(batches: Batches, number: number): Promise<Found> {
  try {
    const stored = await batches.get(batchKey(number));
    if (!stored) return { fault: 'missing', detail: 'the log went on from here, but this batch is gone' };
    const parsed = batchSchema.safeParse(stored.value);
    return parsed.success
      ? { batch: parsed.data }
      : { fault: 'unreadable', detail: 'what is stored is not a batch' };
  } catch (error) {
    undefinedUnlessAway(error);
    return { fault: 'unreadable', detail: error instanceof Error ? error.message : String(error) };
  }
}

/** A store that is away says nothing about the log; everything else is the answer that was asked for. */
function undefinedUnlessAway(error: unknown): undefined {
  if (isProblem(error, 'store-unavailable')) throw error;
  return undefined;
}

/** True when no batch has this number or a later one. */
async function isEnd(batches: Batches, number: number, atLeast: number): Promise<boolean> {
  if (number <= atLeast) return false;
  const beyond = Array.from({ length: lookBeyond }, (_, at) =>
    batches.get(batchKey(number + at)).then((stored) => stored !== undefined, undefinedUnlessAway),
  );
  return !(await Promise.all(beyond)).some((found) => found !== false);
}
