import { hash, randomFillSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  consistencyPath,
  inclusionPath,
  type RangeHash,
  verifyConsistency,
  verifyInclusion,
} from '../../src/audit/proofs.ts';
import { emptyTree, grow, rootOf, type Tile, type Tree, treeOf } from '../../src/audit/tree.ts';

const sha256 = (...parts: Buffer[]) => Buffer.from(hash('sha256', Buffer.concat(parts)), 'hex');
const leaf = (place: number) => sha256(Buffer.of(0), Buffer.from(`event ${place}`));
const most = 300;
const leaves = Array.from({ length: most }, (_, place) => leaf(place));

/** The definition of RFC 6962 2.1, word for word. */
function treeHash(some: readonly Buffer[]): Buffer {
  if (some.length === 1) return some[0] as Buffer;
  let k = 1;
  while (k * 2 < some.length) k *= 2;
  return sha256(Buffer.of(1), treeHash(some.slice(0, k)), treeHash(some.slice(k)));
}
const known = new Map<string, Buffer>();
const rangeHash = (start: number, end: number): Buffer => {
  const key = `${start}-${end}`;
  const found = known.get(key) ?? treeHash(leaves.slice(start, end));
  known.set(key, found);
  return found;
};
const range: RangeHash = async (start, end) => rangeHash(start, end);
const roots = leaves.map((_, last) => rangeHash(0, last + 1));
const rootAt = (size: number) => roots[size - 1] as Buffer;
const flipped = (hash: Buffer, at: number): Buffer => {
  const copy = Buffer.from(hash);
  copy[at % 32] = (copy[at % 32] as number) ^ (1 << (at % 8));
  return copy;
};

describe('a growing tree', () => {
  it('has the hash of RFC 6962 at every size, grown one by one or at once, and can be opened again from its edge', () => {
    let tree: Tree = emptyTree;
    for (let size = 1; size <= most; size++) {
      tree = grow(tree, leaves.slice(size - 1, size)).tree;
      expect(rootOf(tree)).toEqual(rootAt(size));
      if (size % 7 === 0) expect(rootOf(grow(emptyTree, leaves.slice(0, size)).tree)).toEqual(rootAt(size));
      if (size % 3 === 0) expect(treeOf(tree.edge)).toEqual(tree);
    }
  });

  it('fills tiles of 256 at every level, each once and in its place', () => {
    const many = Array.from({ length: 65_536 + 700 }, () => randomFillSync(Buffer.alloc(32)));
    let tree: Tree = emptyTree;
    const full: Tile[] = [];
    for (let start = 0; start < many.length; start += 97) {
      const grown = grow(tree, many.slice(start, start + 97));
      tree = grown.tree;
      full.push(...grown.full);
    }
    const base = full.filter(({ level }) => level === 0);
    expect(base.map(({ index }) => index)).toEqual(Array.from({ length: 258 }, (_, index) => index));
    expect(base.flatMap(({ hashes }) => hashes)).toEqual(many.slice(0, 258 * 256));
    const [upper, ...more] = full.filter(({ level }) => level > 0);
    expect([upper?.level, upper?.index, more]).toEqual([1, 0, []]);
    expect(upper?.hashes).toEqual(base.slice(0, 256).map(({ hashes }) => treeHash(hashes)));
    expect(tree.edge.map((hashes) => hashes.length)).toEqual([700 - 512, 2, 1]);
    expect(treeOf(tree.edge)).toEqual(tree);
    expect(rootOf(tree)).toEqual(treeHash(many));
  });
});

describe('an inclusion proof', () => {
  it('holds for every leaf of every size up to 300', async () => {
    for (let size = 1; size <= most; size++)
      for (let leafIndex = 0; leafIndex < size; leafIndex += size > 64 ? 7 : 1) {
        const hashes = await inclusionPath(leafIndex, size, range);
        const claim = { leafHash: leaves[leafIndex] as Buffer, leafIndex, size, root: rootAt(size), hashes };
        if (!verifyInclusion(claim)) throw new Error(`leaf ${leafIndex} of ${size}`);
      }
  });

  it('fails for another leaf, place, size, root, and for hashes that were changed, dropped, added or exchanged', async () => {
    for (const size of [1, 2, 3, 7, 8, 100, 255, 256, 257, 300])
      for (let leafIndex = 0; leafIndex < size; leafIndex += Math.ceil(size / 9)) {
        const hashes = await inclusionPath(leafIndex, size, range);
        const claim = { leafHash: leaves[leafIndex] as Buffer, leafIndex, size, root: rootAt(size), hashes };
        const other = leaves[(leafIndex + 1) % most] as Buffer;
        const wrong = [
          { leafHash: other },
          { leafHash: Buffer.alloc(0) },
          { root: flipped(claim.root, leafIndex) },
          { leafIndex: size },
          { leafIndex: -1 },
          { leafIndex: leafIndex + 0.5 },
          { leafIndex: leafIndex + 2 ** 40, size: size + 2 ** 40 },
          { hashes: [...hashes, other] },
          ...(size > 1 ? [{ hashes: hashes.slice(1) }, { hashes: hashes.slice(0, -1) }] : []),
          ...(size > 1 ? [{ leafIndex: leafIndex ^ 1 }] : []),
          ...hashes.map((hash, at) => ({ hashes: hashes.with(at, flipped(hash, at + leafIndex)) })),
          ...hashes.slice(1).map((hash, at) => ({
            hashes: hashes.with(at, hash).with(at + 1, hashes[at] as Buffer),
          })),
        ];
        for (const change of wrong)
          expect([change, verifyInclusion({ ...claim, ...change })]).toEqual([change, false]);
      }
  });
});

describe('a consistency proof', () => {
  it('holds between all sizes up to 300, and for no other roots', async () => {
    for (let to = 1; to <= most; to++)
      for (let from = 1; from <= to; from += to > 64 ? 19 : 1) {
        const hashes = await consistencyPath(from, to, range);
        const claim = {
          from: { size: from, root: rootAt(from) },
          to: { size: to, root: rootAt(to) },
          hashes,
        };
        if (!verifyConsistency(claim)) throw new Error(`${from} of ${to}`);
        const wrong = [
          { from: { size: from, root: flipped(rootAt(from), to) } },
          { to: { size: to, root: flipped(rootAt(to), from) } },
          { from: { size: 0, root: rootAt(from) } },
          { from: { size: to + 1, root: rootAt(from) } },
          { hashes: [...hashes, leaf(0)] },
          ...(hashes.length > 0 ? [{ hashes: hashes.slice(1) }, { hashes: hashes.slice(0, -1) }] : []),
          ...hashes.map((hash, at) => ({ hashes: hashes.with(at, flipped(hash, at)) })),
        ];
        for (const change of wrong)
          if (verifyConsistency({ ...claim, ...change }))
            throw new Error(`${from} of ${to}: ${JSON.stringify(change)}`);
      }
  });
});
