import { hash } from 'node:crypto';
import { canonicalJson, type PendingEvent } from '../core/index.ts';

const leafPrefix = Buffer.of(0);
// One piece of memory for all nodes: hashing is synchronous, and a log of millions of events is hashed pair by pair.
const pair = Buffer.alloc(65, 1);

/** Hash of one event as a leaf: SHA-256 of 0x00 and the event's canonical JSON. @see RFC 6962 2.1 */
export function leafHash({ id, type, at, data }: PendingEvent): Buffer {
  const text = Buffer.from(canonicalJson({ id, type, at, data }));
  return hash('sha256', Buffer.concat([leafPrefix, text]), 'buffer');
}

/** Hash of an inner node: SHA-256 of 0x01 and its two children. @see RFC 6962 2.1 */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  left.copy(pair, 1);
  right.copy(pair, 33);
  return hash('sha256', pair, 'buffer');
}

/** Hashes side by side in one stored row of the tree. */
export const tileWidth = 256;
const tileHeight = 8;

/** 256 neighbours of the tree, eight levels above those of the level before: level 0 holds leaf hashes. */
export interface Tile {
  level: number;
  /** Place in its level, from 0. */
  index: number;
  hashes: readonly Buffer[];
}

/** A Merkle tree as far as it is needed to let it grow: its right edge. Never changed, only grown into another. */
export interface Tree {
  size: number;
  /** Hashes of the complete subtrees that `size` falls into, the largest first: one for each bit of it. */
  peaks: readonly Buffer[];
  /** The tile of each level that is not full yet. */
  edge: readonly (readonly Buffer[])[];
}

/** The tree of no events. */
export const emptyTree: Tree = { size: 0, peaks: [], edge: [] };

/** The tree after more leaves, and the tiles that they filled. */
export function grow(tree: Tree, leaves: readonly Buffer[]): { tree: Tree; full: Tile[] } {
  const peaks = [...tree.peaks];
  const edge = tree.edge.map((hashes) => [...hashes]);
  const full: Tile[] = [];
  let size = tree.size;

  function enter(level: number, node: Buffer): void {
    edge[level] ??= [];
    const hashes = edge[level];
    hashes.push(node);
    if (hashes.length < tileWidth) return;
    full.push({ level, index: (size + 1) / tileWidth ** (level + 1) - 1, hashes });
    edge[level] = [];
  }

  for (const leaf of leaves) {
    let node = leaf;
    enter(0, node);
    // As many subtrees become one as the size has ones at its end.
    for (let rest = size, height = 1; rest % 2 === 1; rest = (rest - 1) / 2, height++) {
      node = nodeHash(peaks.pop() as Buffer, node);
      if (height % tileHeight === 0) enter(height / tileHeight, node);
    }
    peaks.push(node);
    size++;
  }
  return { tree: { size, peaks, edge }, full };
}

/** Merkle tree hash of all leaves; that of no leaf is the hash of nothing. @see RFC 6962 2.1 */
export function rootOf({ peaks }: Tree): Buffer {
  const [last, ...rest] = peaks.toReversed();
  return last ? rest.reduce((right, left) => nodeHash(left, right), last) : hash('sha256', '', 'buffer');
}

/** Hash of a complete subtree over hashes of one level: a power of two of them. */
export function fold(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1)
    row = Array.from({ length: row.length / 2 }, (_, at) =>
      nodeHash(row[2 * at] as Buffer, row[2 * at + 1] as Buffer),
    );
  return row[0] as Buffer;
}

/** The tree whose unfinished tiles these are. */
export function treeOf(edge: readonly (readonly Buffer[])[]): Tree {
  const size = edge.reduce((sum, hashes, level) => sum + hashes.length * tileWidth ** level, 0);
  // Within a level the peaks lie left to right by size, and every higher level lies left of it.
  const peaks = edge.toReversed().flatMap((hashes) => {
    const found: Buffer[] = [];
    for (let start = 0, width = tileWidth / 2; width >= 1; width /= 2) {
      if (hashes.length - start < width) continue;
      found.push(fold(hashes.slice(start, start + width)));
      start += width;
    }
    return found;
  });
  return { size, peaks, edge };
}

/** Where a hash of a height is found: heights within a tile are folded from its hashes. */
export function placeOf(
  height: number,
  index: number,
): { level: number; tile: number; from: number; to: number } {
  const level = Math.floor(height / tileHeight);
  const width = 2 ** (height % tileHeight);
  const first = index * width;
  const tile = Math.floor(first / tileWidth);
  const from = first - tile * tileWidth;
  return { level, tile, from, to: from + width };
}
