import { hash } from 'node:crypto';
import { canonicalJson, type PendingEvent } from '../core/index.ts';

/** By way of a string of one character a byte, which costs half of having the bytes as a Buffer made outside of JavaScript. */
const digest = (data: Uint8Array | string): Buffer => Buffer.from(hash('sha256', data, 'binary'), 'binary');

// One piece of memory for all nodes: hashing is synchronous, and a log of millions of events is hashed pair by pair.
const pair = Buffer.alloc(65, 1);

/** Length of every hash of the tree. */
export const hashBytes = 32;

/** Hash of one event as a leaf: SHA-256 of 0x00 and the event's canonical JSON. @see RFC 6962 2.1 */
export function leafHash({ id, type, at, data }: PendingEvent): Buffer {
  return digest(`\0${canonicalJson({ at, data, id, type })}`);
}

/** Hash of an inner node: SHA-256 of 0x01 and its two children. @see RFC 6962 2.1 */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  left.copy(pair, 1);
  right.copy(pair, 33);
  return digest(pair);
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
  return last ? rest.reduce((right, left) => nodeHash(left, right), last) : digest(Buffer.alloc(0));
}

/** Hashes of complete subtrees over those of a tile, side by side: row 0 is the tile itself, each next row half as long. */
export type Rows = readonly Buffer[];

/** Hashes a tile upwards, as far as its subtrees are complete. */
export function rowsOver(hashes: readonly Buffer[]): Rows {
  const rows = [Buffer.concat(hashes)];
  for (let below = rows[0] as Buffer; below.length > hashBytes; ) {
    const row = Buffer.alloc(Math.floor(below.length / 2 / hashBytes) * hashBytes);
    for (let at = 0; at < row.length; at += hashBytes) {
      below.copy(pair, 1, 2 * at, 2 * at + 2 * hashBytes);
      row.write(hash('sha256', pair, 'binary'), at, 'binary');
    }
    rows.push(row);
    below = row;
  }
  return rows;
}

/** One hash of a row; undefined beyond its end. */
export function hashIn(row: Buffer | undefined, place: number): Buffer | undefined {
  const found = row?.subarray(place * hashBytes, (place + 1) * hashBytes);
  return found?.length === hashBytes ? found : undefined;
}

/** The tree whose unfinished tiles these are. */
export function treeOf(edge: readonly (readonly Buffer[])[]): Tree {
  const size = edge.reduce((sum, hashes, level) => sum + hashes.length * tileWidth ** level, 0);
  // Every higher level lies left of a lower one, and within a level the larger subtrees left of the smaller.
  const peaks = edge.toReversed().flatMap((hashes) =>
    rowsOver(hashes)
      .flatMap((row) => ((row.length / hashBytes) % 2 === 1 ? [row.subarray(-hashBytes)] : []))
      .reverse(),
  );
  return { size, peaks, edge };
}

/** Where the hash of a complete subtree is found: its tile, and the row over that. */
export function placeOf(
  height: number,
  index: number,
): { level: number; tile: number; row: number; place: number } {
  const row = height % tileHeight;
  const perTile = tileWidth / 2 ** row;
  const tile = Math.floor(index / perTile);
  return { level: Math.floor(height / tileHeight), tile, row, place: index - tile * perTile };
}
