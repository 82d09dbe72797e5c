import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verificationKeys } from '../../src/audit/batch.ts';
import {
  type Audit,
  type Recorded,
  type SignedHead,
  verifyConsistency,
  verifyHead,
  verifyInclusion,
} from '../../src/audit/index.ts';
import { auditBatches, auditEdges, auditTiles } from '../../src/audit/store.ts';
import { leafHash } from '../../src/audit/tree.ts';
import { type PendingEvent, Problem } from '../../src/core/index.ts';
import type { Store } from '../../src/storage/index.ts';
import { createTestAudit, createTestKeyring, createTestStores, pending } from '../support/audit.ts';

let stores: ReturnType<typeof createTestStores>;
let keyring: ReturnType<typeof createTestKeyring>;
beforeEach(() => {
  stores = createTestStores();
  keyring = createTestKeyring();
});
afterEach(() => stores.remove());

const greet = (audit: Audit, turn: number) => audit.record('demo.person.greeted', { turn });
/** Events in batches of some. */
async function fill(audit: Audit, count: number, some = 100): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  for (let done = 0; done < count; done += some) {
    const turns = Array.from({ length: Math.min(some, count - done) }, (_, at) => done + at);
    recorded.push(...(await Promise.all(turns.map((turn) => greet(audit, turn)))));
  }
  await audit.drain();
  return recorded;
}
const rootOf = ({ root }: SignedHead) => Buffer.from(root, 'base64url');

/** Proves one event as a stranger would, who has the keys. */
async function prove(audit: Audit, { leafIndex, leafHash: leaf }: Recorded): Promise<SignedHead> {
  const proof = await audit.tree.inclusion(leafIndex);
  if (!proof) throw new Error(`no proof of ${leafIndex}`);
  const { head, hashes } = proof;
  const key = verificationKeys(await keyring.publicKeys('audit')).get(head.kid);
  if (!key || !verifyHead(head, key)) throw new Error('the head is not signed');
  expect(verifyInclusion({ leafHash: leaf, leafIndex, size: head.size, root: rootOf(head), hashes })).toBe(
    true,
  );
  return head;
}

/** A store on which what is derived from the log cannot be written. */
const withoutTree = (store: Store): Pick<Store, 'collection'> => ({
  collection: ((definition: never) => {
    const real = store.collection(definition) as object & { definition: { name: string } };
    const refuse = async () => {
      throw new Problem('store-unavailable');
    };
    return real.definition.name === 'audit-batches' ? real : { ...real, insert: refuse, replace: refuse };
  }) as Store['collection'],
});

describe('the tree of the log', () => {
  it('tells each recorder where the event lies, and proves it at once, in this process and a fresh one', async () => {
    const audit = createTestAudit(await stores.open(), keyring);
    const recorded = await fill(audit, 700);
    expect(recorded.map(({ leafIndex }) => leafIndex)).toEqual(recorded.map((_, place) => place));
    const events: PendingEvent[] = [];
    for await (const line of audit.export()) events.push(...((line.events as never[]) ?? []));
    expect(recorded.map(({ eventId }) => eventId)).toEqual(events.map(({ id }) => id));
    expect(recorded.map((one) => one.leafHash)).toEqual(events.map(leafHash));
    const fresh = createTestAudit(await stores.open(), keyring);
    for (const one of recorded.filter((_, place) => place % 37 === 0)) {
      await prove(audit, one);
      expect((await prove(fresh, one)).size).toBe(700);
    }
    expect(await fresh.tree.inclusion(700)).toBeUndefined();
    expect(await fresh.tree.inclusion(-1)).toBeUndefined();
    expect(await fresh.tree.inclusion(0.5)).toBeUndefined();
  });

  it('is one for several processes that append at the same time', async () => {
    const audits = [
      createTestAudit(await stores.open(), keyring),
      createTestAudit(await stores.open(), keyring),
    ];
    const work = audits.map(async (audit) => {
      const recorded: Recorded[] = [];
      for (let round = 0; round < 30; round++) {
        const some = Array.from({ length: 15 }, (_, turn) => greet(audit, turn));
        recorded.push(...(await Promise.all(some)));
        await audit.append([pending()]);
      }
      return recorded;
    });
    const recorded = (await Promise.all(work)).flat();
    expect(new Set(recorded.map(({ leafIndex }) => leafIndex)).size).toBe(900);
    for (const one of recorded.filter((_, place) => place % 41 === 0))
      for (const audit of audits) await prove(audit, one);
    expect(await audits[0]?.check()).toMatchObject({ whole: true, events: 960 });
  });

  it('only grows: any two of its heads are consistent', async () => {
    const audit = createTestAudit(await stores.open(), keyring);
    const heads: SignedHead[] = [];
    for (let round = 0; round < 25; round++) {
      await fill(audit, 1 + ((round * 13) % 40), 50);
      heads.push((await audit.tree.head()) as SignedHead);
    }
    for (const [place, older] of heads.entries())
      for (const newer of heads.slice(place)) {
        const hashes = (await audit.tree.consistency(older.size, newer.size)) ?? [];
        const [from, to] = [older, newer].map((head) => ({ size: head.size, root: rootOf(head) }));
        expect(from && to && verifyConsistency({ from, to, hashes })).toBe(true);
      }
    expect(await audit.tree.consistency(0, 5)).toBeUndefined();
    expect(await audit.tree.consistency(5, 1_000_000)).toBeUndefined();
  });

  it('has no head while the log is empty', async () => {
    const audit = createTestAudit(await stores.open(), keyring);
    expect(await audit.tree.head()).toBeUndefined();
    expect(await audit.tree.inclusion(0)).toBeUndefined();
  });

  it('is caught up by the next process, when the one before died before it could write it', async () => {
    const first = createTestAudit(withoutTree(await stores.open()), keyring);
    const recorded = await fill(first, 900);
    await prove(first, recorded[3] as Recorded);
    const second = createTestAudit(await stores.open(), keyring);
    await prove(second, recorded[300] as Recorded);
    await fill(second, 1);
    const store = await stores.open();
    expect((await store.collection(auditTiles).get('0-2'))?.value.index).toBe(2);
    expect((await store.collection(auditEdges).get('edge'))?.value.levels).toHaveLength(2);
    await prove(createTestAudit(store, keyring), recorded[300] as Recorded);
    expect(await second.check()).toMatchObject({ whole: true, events: 901 });
  });

  it('lets a process start by reading the batches since the last full tile, not the whole log', async () => {
    const recorded = await fill(createTestAudit(await stores.open(), keyring), 1200, 10);
    const store = await stores.open();
    let reads = 0;
    const counted = {
      collection: ((definition: never) => {
        const real = store.collection(definition) as object & { get(key: string): Promise<unknown> };
        return { ...real, get: (key: string) => real.get(key).finally(() => reads++) };
      }) as Store['collection'],
    };
    const audit = createTestAudit(counted, keyring);
    await prove(audit, recorded[5] as Recorded);
    expect(reads).toBeLessThan(40);
    await greet(audit, 0);
    expect(await audit.check()).toMatchObject({ whole: true, events: 1201 });
  });
});

describe('a damaged tree', () => {
  const replaceTile = async (store: Store, key: string, change: (hashes: string) => string) => {
    const tiles = store.collection(auditTiles);
    const there = await tiles.get(key);
    if (!there) throw new Error(`no tile ${key}`);
    await tiles.replace({ ...there.value, hashes: change(there.value.hashes) }, there.version);
  };
  const flipped = (hashes: string) =>
    (hashes[7] === 'A' ? 'B' : 'A').padStart(8, hashes.slice(0, 7)) + hashes.slice(8);

  it('gives no proof, and the check names the batch where its row is', async () => {
    const store = await stores.open();
    await fill(createTestAudit(store, keyring), 700);
    await replaceTile(store, '0-1', flipped);
    const audit = createTestAudit(store, keyring);
    await expect(audit.tree.inclusion(600)).resolves.toBeDefined();
    await expect(audit.tree.inclusion(300)).rejects.toMatchObject({ code: 'audit-tree-damaged' });
    await expect(audit.tree.consistency(300, 600)).rejects.toMatchObject({ code: 'audit-tree-damaged' });
    expect(await audit.check()).toMatchObject({ whole: false, batch: 6, fault: 'tree' });
    await store.collection(auditTiles).remove('0-1');
    await expect(audit.tree.inclusion(300)).rejects.toMatchObject({ code: 'audit-tree-damaged' });
    expect(await audit.check()).toMatchObject({ whole: false, batch: 6, fault: 'tree' });
  });

  it('is not believed by a process that starts: what it then signs is right', async () => {
    const store = await stores.open();
    await fill(createTestAudit(store, keyring), 700);
    const edges = store.collection(auditEdges);
    const edge = await edges.get('edge');
    if (!edge) throw new Error('no edge');
    await edges.replace({ ...edge.value, levels: edge.value.levels.map(flipped) }, edge.version);
    const audit = createTestAudit(store, keyring);
    expect(await audit.check()).toMatchObject({ whole: false, fault: 'tree' });
    const [one] = await fill(audit, 300);
    await prove(audit, one as Recorded);
    expect(await audit.check()).toMatchObject({ whole: true, events: 1000 });
  });

  it('of another past, as a restore that was cut short leaves it, is written anew from the batches', async () => {
    const other = createTestStores();
    const past = await other.open();
    await fill(createTestAudit(past, keyring), 300);
    const store = await stores.open();
    const tile = await past.collection(auditTiles).get('0-0');
    const edge = await past.collection(auditEdges).get('edge');
    if (!tile || !edge) throw new Error('nothing to leave behind');
    await store.collection(auditTiles).insert(tile.value);
    await store.collection(auditEdges).insert(edge.value);
    await other.remove();
    const audit = createTestAudit(store, keyring);
    const recorded = await fill(audit, 300);
    await prove(createTestAudit(store, keyring), recorded[10] as Recorded);
    expect(await audit.check()).toMatchObject({ whole: true, events: 300 });
  });

  it('tells of batches that were cut off the end', async () => {
    const store = await stores.open();
    const audit = createTestAudit(store, keyring);
    await fill(audit, 300);
    await store.collection(auditBatches).remove('3');
    expect(await audit.check()).toMatchObject({ whole: false, batch: 3, fault: 'missing' });
  });
});
