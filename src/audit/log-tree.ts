import { Problem } from '../core/index.ts';
import { headOf, type Tip } from './batch.ts';
import type { EndOfLog } from './end-of-log.ts';
import type { LogTree } from './port.ts';
import {
  consistencyPath,
  inclusionPath,
  type RangeHash,
  verifyConsistency,
  verifyInclusion,
} from './proofs.ts';
import { type TreeRows, tileKey, unpackTile } from './store.ts';
import { hashIn, nodeHash, placeOf, type Rows, rootOf, rowsOver, tileWidth } from './tree.ts';

/** Makes the proving end of the log, over what is stored of its tree and what this process holds of its right edge. */
export function createLogTree(end: EndOfLog, tiles: TreeRows['tiles']): LogTree {
  /** The known end where the log is known to be so long, else the present one. */
  async function endBeyond(size: number): Promise<Tip | undefined> {
    const known = end.known();
    const tip = known.tree.size >= size ? known : await end.read();
    return tip.tree.size >= size ? tip : undefined;
  }

  return {
    head: async () => headOf(await end.read()),
    async inclusion(leafIndex) {
      const tip =
        Number.isSafeInteger(leafIndex) && leafIndex >= 0 ? await endBeyond(leafIndex + 1) : undefined;
      const head = tip && headOf(tip);
      if (!head) return undefined;
      const range = rangesOf(tip, tiles);
      const hashes = await inclusionPath(leafIndex, head.size, range);
      const [leafHash, root] = [await range(leafIndex, leafIndex + 1), rootOf(tip.tree)];
      if (!verifyInclusion({ leafHash, leafIndex, size: head.size, root, hashes })) throw damaged();
      return { leafIndex, hashes, head };
    },
    async consistency(fromSize, toSize) {
      if (!Number.isSafeInteger(fromSize) || !Number.isSafeInteger(toSize)) return undefined;
      const tip = fromSize > 0 && fromSize <= toSize ? await endBeyond(toSize) : undefined;
      if (!tip) return undefined;
      const range = rangesOf(tip, tiles);
      const hashes = await consistencyPath(fromSize, toSize, range);
      const [from, to] = [await range(0, fromSize), await range(0, toSize)];
      const claim = { from: { size: fromSize, root: from }, to: { size: toSize, root: to }, hashes };
      if (!verifyConsistency(claim)) throw damaged();
      return hashes;
    },
  };
}

const damaged = (): Problem => new Problem('audit-tree-damaged');

/** Reads hashes of ranges of leaves; each tile is read, and hashed upwards, once. */
function rangesOf({ tree, full }: Tip, tiles: TreeRows['tiles']): RangeHash {
  const read = new Map<string, Promise<Rows>>();

  async function load(level: number, index: number): Promise<readonly Buffer[]> {
    const isUnfinished = (index + 1) * tileWidth ** (level + 1) > tree.size;
    if (isUnfinished) return tree.edge[level] ?? [];
    const held = full.find((tile) => tile.level === level && tile.index === index);
    if (held) return held.hashes;
    const stored = await tiles.get(tileKey(level, index));
    if (!stored) throw damaged();
    return unpackTile(stored.value);
  }

  async function node(height: number, index: number): Promise<Buffer> {
    const { level, tile, row, place } = placeOf(height, index);
    const key = tileKey(level, tile);
    const reading = read.get(key) ?? load(level, tile).then(rowsOver);
    read.set(key, reading);
    const found = hashIn((await reading)[row], place);
    if (!found) throw damaged();
    return found;
  }

  return async function range(start, end): Promise<Buffer> {
    const width = 2 ** Math.floor(Math.log2(end - start));
    if (width === end - start && start % width === 0) return node(Math.log2(width), start / width);
    const middle = start + (width === end - start ? width / 2 : width);
    const [left, right] = await Promise.all([range(start, middle), range(middle, end)]);
    return nodeHash(left, right);
  };
}
