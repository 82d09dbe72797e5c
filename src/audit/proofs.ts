import { hashBytes, nodeHash } from './tree.ts';

/** Answers the Merkle tree hash of the leaves from `start` to before `end`. */
export type RangeHash = (start: number, end: number) => Promise<Buffer>;

/** The largest power of two below `size`, which is where a tree of that size divides. */
function split(size: number): number {
  let width = 1;
  while (width * 2 < size) width *= 2;
  return width;
}

/** The hashes beside the way from a leaf up to the root. @see RFC 6962 2.1.1 */
export async function inclusionPath(leafIndex: number, size: number, range: RangeHash): Promise<Buffer[]> {
  const path: Promise<Buffer>[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + split(end - start);
    path.push(leafIndex < middle ? range(middle, end) : range(start, middle));
    if (leafIndex < middle) end = middle;
    else start = middle;
  }
  return Promise.all(path.reverse());
}

/** The hashes that prove a tree to be the beginning of another. @see RFC 6962 2.1.2 */
export async function consistencyPath(from: number, to: number, range: RangeHash): Promise<Buffer[]> {
  const path: Promise<Buffer>[] = [];
  let [start, end] = [0, to];
  // Down to the subtree that ends where the smaller tree ends.
  while (end !== from) {
    const middle = start + split(end - start);
    path.push(from <= middle ? range(middle, end) : range(start, middle));
    if (from <= middle) end = middle;
    else start = middle;
  }
  // The whole smaller tree is known to whoever asks; a part of it is not.
  if (start > 0) path.push(range(start, end));
  return Promise.all(path.reverse());
}

const areHashes = (hashes: readonly Buffer[]): boolean => hashes.every(({ length }) => length === hashBytes);
const isPlace = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** What an inclusion proof says. */
export interface InclusionClaim {
  leafHash: Buffer;
  leafIndex: number;
  size: number;
  root: Buffer;
  hashes: readonly Buffer[];
}

/** True when the hashes lead from the leaf at its place to the root, and none is left over. @see RFC 9162 2.1.3.2 */
export function verifyInclusion({ leafHash, leafIndex, size, root, hashes }: InclusionClaim): boolean {
  if (!isPlace(leafIndex) || !isPlace(size) || leafIndex >= size || !areHashes([leafHash, ...hashes]))
    return false;
  let [at, last] = [leafIndex, size - 1];
  let node = leafHash;
  for (const hash of hashes) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = nodeHash(hash, node);
      // A node without a right neighbour is its own parent.
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else node = nodeHash(node, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && node.equals(root);
}

/** What a consistency proof says. */
export interface ConsistencyClaim {
  from: { size: number; root: Buffer };
  to: { size: number; root: Buffer };
  hashes: readonly Buffer[];
}

/** True when the smaller tree is the beginning of the larger one. @see RFC 9162 2.1.4.2 */
export function verifyConsistency({ from, to, hashes }: ConsistencyClaim): boolean {
  if (!isPlace(from.size) || !isPlace(to.size) || !areHashes(hashes)) return false;
  if (from.size < 1 || from.size > to.size) return false;
  if (from.size === to.size) return hashes.length === 0 && from.root.equals(to.root);
  let [at, last] = [from.size - 1, to.size - 1];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  // A smaller tree of a power of two is itself the first node.
  const [first, ...rest] = at === 0 ? [from.root, ...hashes] : hashes;
  if (!first || (at === 0 && rest.length === 0)) return false;
  let [small, large] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [small, large] = [nodeHash(hash, small), nodeHash(hash, large)];
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else large = nodeHash(large, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && small.equals(from.root) && large.equals(to.root);
}
