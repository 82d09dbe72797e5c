import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { headOf, sealBatch } from '../../src/audit/batch.ts';
import {
  type Audit,
  createAudit,
  defineEvents,
  verifyConsistency,
  verifyInclusion,
} from '../../src/audit/index.ts';
import { auditBatches, auditEdges, auditTiles, packEdge, packTile } from '../../src/audit/store.ts';
import { emptyTree, grow, rootOf, type Tile } from '../../src/audit/tree.ts';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { openKeyring } from '../../src/keyring/index.ts';
import { openDatabase, type Store } from '../../src/storage/index.ts';
import { createMetrics } from '../../src/telemetry/index.ts';
import { type Bench, type Figure, fullScale, type Progress } from './figures.ts';
import { withFolder } from './temp-folder.ts';

/** Events in the log for the bar, and for each unit of a smaller `--size`. */
const fullEvents = 10_000_000;
const maxCpuMs = 5;
const proofs = 2_000;
const tilesAtOnce = 200;

/** What a proof costs in a log as long as some years of a province. */
export const auditProof: Bench = {
  meaning:
    'CPU of a proof from the stored tree of a log of ten million events, read by a process that just started',
  run: ({ size }, progress) =>
    withFolder(async (folder) => {
      const events = Math.round((fullEvents * Math.min(size, fullScale.size)) / fullScale.size);
      const base = { clock: systemClock, random: systemRandom };
      const database = await openDatabase(`sqlite:${join(folder, 'log.db')}`, base);
      const records = database.keyRecords;
      const keyring = await openKeyring({ ...base, records, folder: join(folder, 'keys'), mode: 'demo' });
      const store = database.open(keyring.cipher);
      try {
        const signer = await keyring.signer('audit');
        const { leaves, root } = await writeTree(store, { events, signer, progress });
        const open = (): Audit =>
          createAudit({ ...base, store, keyring, metrics: createMetrics({ processMetrics: false }) });
        return [await inclusion(open(), { events, leaves }), await consistency(open(), { events, root })];
      } finally {
        await keyring.close();
        await store.close();
      }
    }),
};

const figure = (name: string, value: number): Figure => ({
  ...{ name, value, unit: 'ms of CPU' },
  bar: `< ${maxCpuMs}`,
  holds: value < maxCpuMs,
});

/** Every hundred thousandth leaf, to prove later, and the root at the end. */
interface Written {
  leaves: ReadonlyMap<number, Buffer>;
  root: Buffer;
}

/** The tree of a long log, as the service writes it, of random leaves; and its last batch, signed. */
async function writeTree(
  store: Store,
  input: { events: number; signer: Parameters<typeof sealBatch>[2]; progress: Progress },
): Promise<Written> {
  const { events, signer, progress } = input;
  defineEvents({
    'bench.log.filled': {
      name: { zh: '日志写满', en: 'Log filled' },
      meaning: 'The last event of a long log.',
      data: z.strictObject({}),
    },
  });
  const tiles = store.collection(auditTiles);
  const leaves = new Map<number, Buffer>();
  const step = Math.max(1, Math.floor(events / proofs));
  let [tree, waiting]: [typeof emptyTree, Tile[]] = [emptyTree, []];
  while (tree.size < events - 1) {
    const bytes = randomFillSync(Buffer.alloc(32 * Math.min(256, events - 1 - tree.size)));
    const some = Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
    for (const [at, leaf] of some.entries())
      if ((tree.size + at) % step === 0) leaves.set(tree.size + at, leaf);
    const grown = grow(tree, some);
    tree = grown.tree;
    waiting.push(...grown.full);
    if (waiting.length < tilesAtOnce) continue;
    await tiles.insertMany(waiting.map(packTile));
    waiting = [];
    if (tree.size % 1_024_000 === 0) progress(`${tree.size} of ${events} events written`);
  }
  await tiles.insertMany(waiting.map(packTile));
  const event = { id: systemRandom.id(), type: 'bench.log.filled', at: systemClock.now(), data: {} };
  const before = { number: Math.ceil(events / 16), tree, full: [] };
  const { batch, tip } = await sealBatch(before, { events: [event], relayed: [] }, signer);
  await store.collection(auditBatches).insert(batch);
  await tiles.insertMany(tip.full.map(packTile));
  await store.collection(auditEdges).insert(packEdge(tip.number, tip.tree));
  progress(`a log of ${headOf(tip)?.size} events is there`);
  return { leaves, root: rootOf(tip.tree) };
}

/** CPU of this process for each of some acts, in milliseconds. */
async function cpuOf<T>(acts: readonly (() => Promise<T>)[]): Promise<[number, T[]]> {
  const answers: T[] = [];
  const before = process.cpuUsage();
  for (const act of acts) answers.push(await act());
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1000 / acts.length, answers];
}

async function inclusion(
  audit: Audit,
  { events, leaves }: { events: number; leaves: Written['leaves'] },
): Promise<Figure> {
  const [cpuMs, answers] = await cpuOf([...leaves.keys()].map((place) => () => audit.tree.inclusion(place)));
  const [head] = answers.map((proof) => proof?.head);
  for (const [at, [leafIndex, leafHash]] of [...leaves].entries()) {
    const root = Buffer.from(head?.root ?? '', 'base64url');
    const { hashes = [] } = answers[at] ?? {};
    if (!verifyInclusion({ leafHash, leafIndex, size: events, root, hashes }))
      throw new Error(`the proof of event ${leafIndex} does not hold`);
  }
  return figure('inclusion-proof', cpuMs);
}

async function consistency(
  audit: Audit,
  { events, root }: { events: number; root: Buffer },
): Promise<Figure> {
  const sizes = Array.from(
    { length: proofs / 4 },
    (_, at) => 1 + Math.floor((events - 2) * ((at + 0.5) / (proofs / 4))),
  );
  const [cpuMs, answers] = await cpuOf(sizes.map((size) => () => audit.tree.consistency(size, events)));
  if (answers.some((hashes) => !hashes?.length)) throw new Error('a consistency proof is missing');
  // The room verifies each of them itself before it hands it out; here only that the end is the one that was written.
  const head = await audit.tree.head();
  const same = verifyConsistency({
    from: { size: events, root },
    to: { size: events, root: Buffer.from(head?.root ?? '', 'base64url') },
    hashes: [],
  });
  if (!same) throw new Error('the head is not the one that was written');
  return figure('consistency-proof', cpuMs);
}
