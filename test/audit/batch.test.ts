import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  batchSchema,
  emptyLog,
  headOf,
  sealBatch,
  verificationKeys,
  verifyBatch,
} from '../../src/audit/batch.ts';
import { emptyTree, grow, leafHash, rootOf } from '../../src/audit/tree.ts';
import { canonicalJson } from '../../src/core/index.ts';
import { createTestKeyring, pending } from '../support/audit.ts';

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
    const treeHash = (some: readonly Buffer[]) => rootOf(grow(emptyTree, some).tree);
    expect(treeHash([])).toEqual(sha256(''));
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
    const relayed = [events[0]?.id as string];
    const signer = await keyring.signer('audit');
    const { tip: before } = await sealBatch(emptyLog, { events: [pending()], relayed: [] }, signer);
    const { batch, tip } = await sealBatch(before, { events, relayed }, signer);
    const proved = (change: object) => verifyBatch({ ...batch, ...change }, before, keys);
    const otherSignature = before.last?.signature;
    expect(batchSchema.parse(batch)).toEqual(batch);
    expect(proved({})).toEqual(tip);
    expect(headOf(tip)).toMatchObject({ number: 2, size: 3, at: Math.max(...events.map(({ at }) => at)) });
    expect(proved({ number: 1 })).toMatchObject({ fault: 'chain' });
    expect(proved({ relayed: ['somebody-else'] })).toMatchObject({ fault: 'content' });
    expect(proved({ events: [...events].reverse() })).toMatchObject({ fault: 'signature' });
    expect(proved({ events: events.slice(0, 1) })).toMatchObject({ fault: 'signature' });
    expect(proved({ events: [events[0], { ...events[1], at: 0 }] })).toMatchObject({ fault: 'signature' });
    expect(proved({ kid: 'other' })).toMatchObject({ fault: 'signature' });
    expect(proved({ signature: otherSignature })).toMatchObject({ fault: 'signature' });
    // The signature stands for everything before the batch too.
    const { tip: elsewhere } = await sealBatch(emptyLog, { events: [pending()], relayed: [] }, signer);
    expect(verifyBatch(batch, elsewhere, keys)).toMatchObject({ fault: 'signature' });
  });
});
