import { isProblem } from '../core/index.ts';
import type { Keyring } from '../keyring/index.ts';
import { emptyLog, extend, headOf, lastOf, type Tip, verificationKeys, verifyHead } from './batch.ts';
import {
  type Batches,
  batchKey,
  edgeKey,
  packEdge,
  packTile,
  type TreeRows,
  tileKey,
  unpackEdge,
} from './store.ts';
import { type Tile, treeOf } from './tree.ts';

/** Batches read one by one before the stored edge is asked whether it is further. */
const stepsToEdge = 64;

/** What this process knows of the end of the log. */
export interface EndOfLog {
  /** The last known end: a true beginning of the log, though others may have appended since. */
  known(): Tip;
  /** Takes over an end that is further than the known one. */
  advanceTo(tip: Tip): void;
  /** Reads on to the present end. */
  read(): Promise<Tip>;
  /** Writes the tiles that filled up, then the edge; whatever another process wrote first stands. Idempotent. */
  save(): Promise<void>;
}

/** Makes the knowledge of the end; empty at first. */
export function createEndOfLog({
  batches,
  rows,
  keyring,
}: {
  batches: Batches;
  rows: TreeRows;
  keyring: Pick<Keyring, 'publicKeys'>;
}): EndOfLog {
  let known = emptyLog;
  const advanceTo = (tip: Tip): void => {
    if (tip.number > known.number) known = tip;
  };

  return {
    known: () => known,
    advanceTo,
    async read() {
      let tip = known;
      for (let step = tip.number === 0 ? 0 : 1; ; step++) {
        if (step % stepsToEdge === 0) tip = await jump(tip, { batches, rows, keyring });
        const next = await batches.get(batchKey(tip.number + 1));
        if (!next) break;
        tip = extend(tip, next.value);
      }
      advanceTo(tip);
      return tip;
    },
    async save() {
      const tip = known;
      if (tip.full.length === 0) return;
      // An edge further on that holds says that its writer has written these tiles too.
      if ((await jump(tip, { batches, rows, keyring })) === tip) await saveTree(tip, rows);
      if (known === tip) known = { ...tip, full: [] };
    },
  };
}

/** The stored edge, where it is further than the tip and where the signature of its batch vouches for it. */
async function jump(
  tip: Tip,
  { batches, rows, keyring }: { batches: Batches; rows: TreeRows; keyring: Pick<Keyring, 'publicKeys'> },
): Promise<Tip> {
  const stored = await rows.edges.get(edgeKey);
  if (!stored || stored.value.number <= tip.number) return tip;
  const batch = (await batches.get(batchKey(stored.value.number)))?.value;
  if (!batch) return tip;
  const tree = treeOf(unpackEdge(stored.value));
  const found: Tip = { number: batch.number, tree, full: [], last: lastOf(batch) };
  const key = verificationKeys(await keyring.publicKeys('audit')).get(batch.kid);
  const head = headOf(found);
  return key && head && verifyHead(head, key) ? found : tip;
}

async function saveTree(tip: Tip, { tiles, edges }: TreeRows): Promise<void> {
  const stored = await edges.get(edgeKey);
  for (const tile of tip.full) await saveTile(tile, tiles);
  const edge = packEdge(tip.number, tip.tree);
  const saving = stored ? edges.replace(edge, stored.version) : edges.insert(edge);
  await saving.catch((error: unknown) => {
    // Another process moved it at the same moment: it stands where theirs is, and ours comes with the next tile.
    if (!isProblem(error, 'version-conflict', 'already-exists')) throw error;
  });
}

/** The batches are the truth: what lies in the place of a tile and is not the tile, after a partial restore say, gives way. */
async function saveTile(tile: Tile, tiles: TreeRows['tiles']): Promise<void> {
  const row = packTile(tile);
  const there = await tiles.get(tileKey(tile.level, tile.index));
  if (there?.value.hashes === row.hashes) return;
  const saving = there ? tiles.replace(row, there.version) : tiles.insert(row);
  await saving.catch((error: unknown) => {
    if (!isProblem(error, 'version-conflict', 'already-exists')) throw error;
  });
}
