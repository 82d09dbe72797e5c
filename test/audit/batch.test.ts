import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  batchSchema,
  emptyLog,
  findFault,
  leafHash,
  sealBatch,
  tipAfter,
  treeHash,
  verificationKeys,
} from '../../src/audit/batch.ts';
import { canonicalJson } from '../../src/core/index.ts';
import { createTestKeyring, pending } from './kit.ts';

const sha256 = (...parts: (Buffer | string)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

describe('the hashes of the log', () => {
  it('are those of RFC 6962: 0x00 before a leaf, 0x01 before a node, the left tree the largest power of two', () => {
    const events = Array.from({ length: 7 }, () => pending());
    const leaves = events.map(leafHash);
    expect(leaves[0]).toEqual(sha256(Buffer.of(0), canonicalJson(events[0])));
    const node = (left: Buffer, right: Buffer) => sha256(Buffer.of(1), left, right);
    const [a, b, c, d, e, f, g] = leaves as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
    expect(treeHash([a])).toEqual(a);
    expect(treeHash([a, b, c])).toEqual(node(node(a, b), c));
    expect(treeHash(leaves)).toEqual(node(node(node(a, b), node(c, d)), node(node(e, f), g)));
  });

  it('do not depend on the order of members, which a document store may change', () => {
    const event = pending({ account: 'x', turn: 1 });
    const { id, type, at } = event;
    expect(leafHash({ data: { turn: 1, account: 'x' }, at, type, id })).toEqual(leafHash(event));
  });

  it('refuse a batch in which any member was changed, and say what is wrong', async () => {
    const keyring = createTestKeyring();
    const keys = verificationKeys(await keyring.publicKeys('audit'));
    const events = [pending({ turn: 1 }), pending({ turn: 2 })];
    const batch = await sealBatch(emptyLog, events, [events[0]?.id as string], await keyring.signer('audit'));
    const faultOf = (change: object) => findFault({ ...batch, ...change }, emptyLog, keys)?.fault;
    expect(batchSchema.parse(batch)).toEqual(batch);
    expect(faultOf({})).toBeUndefined();
    expect(faultOf({ number: 2 })).toBe('chain');
    expect(faultOf({ previous: batch.root })).toBe('chain');
    expect(faultOf({ firstEvent: 1 })).toBe('chain');
    expect(faultOf({ events: [...events].reverse() })).toBe('content');
    expect(faultOf({ events: events.slice(1) })).toBe('content');
    expect(faultOf({ events: [events[0], { ...events[1], at: 0 }] })).toBe('content');
    expect(faultOf({ relayed: ['somebody-else'] })).toBe('content');
    expect(faultOf({ root: batch.previous })).toBe('content');
    expect(faultOf({ kid: 'other' })).toBe('signature');
    expect(faultOf({ signature: `A${batch.signature.slice(1)}` })).toBe(
      batch.signature[0] === 'A' ? undefined : 'signature',
    );
    expect(tipAfter(batch)).toMatchObject({ number: 1, events: 2 });
  });
});
