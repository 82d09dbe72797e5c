import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { openDatabase, type Store } from '../../src/storage/index.ts';
import { isMongoAvailable, startMongo } from '../support/mongo.ts';
import { openTempStore, tempDirectory } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';
import { deeds, deliveries, relayInto, sha256 } from './writer-process.ts';

const writer = fileURLToPath(new URL('./writer-process.ts', import.meta.url));
/** Two writers on one store are killed a round. */
const writersPerRound = 2;

/** Most of a short life is spent compiling, so the writers share a cache of that; killed ones cannot fill it. */
async function warmUp(directory: string): Promise<NodeJS.ProcessEnv> {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compiled') };
  await once(spawn(process.execPath, ['--no-warnings', writer], { stdio: 'ignore', env }), 'close');
  return env;
}

/** Lets a writer run, kills it at a random moment of its work, and answers what it had acknowledged until then. */
async function runAndKill(url: string, env: NodeJS.ProcessEnv): Promise<Map<string, number>> {
  const child: ChildProcess = spawn(process.execPath, ['--no-warnings', writer, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (output === '' && child.exitCode === null) await delay(1);
  await delay(Math.random() * 40);
  child.kill('SIGKILL');
  await ended;
  const acknowledged = new Map<string, number>();
  for (const [, step, id] of output.matchAll(/^(\d) (\S+)\n/gm)) acknowledged.set(id as string, Number(step));
  return acknowledged;
}

async function allDeeds(store: Store) {
  const collection = store.collection(deeds);
  const all = [];
  for (let after: string | undefined; ; ) {
    const page = await collection.find({ index: 'step', limit: 1000, ...(after ? { after } : {}) });
    all.push(...page.items);
    after = page.next;
    if (after === undefined) return all;
  }
}

/** A store that the test and the writers have open. */
interface Target {
  store: Store;
  url: string;
  close(): Promise<void>;
}

async function embedded(): Promise<Target> {
  const { store, url, remove } = await openTempStore();
  return { store, url, close: remove };
}

async function overTheWire(): Promise<Target> {
  const server = await startMongo();
  const url = server.url();
  const database = await openDatabase(url, { clock: systemClock, random: systemRandom });
  return {
    store: database.open(createTestCipher()),
    url,
    async close() {
      await database.close();
      await server.stop();
    },
  };
}

describe.each([
  ['the embedded store', embedded, 50, true],
  // A client's death says less where a server keeps the data; it has to be shown all the same.
  ['MongoDB', overTheWire, 4, isMongoAvailable()],
] as const)('on %s', (_, open, rounds, isAvailable) => {
  (isAvailable ? test : test.skip)(
    `${rounds * writersPerRound} kills lose nothing acknowledged, leave nothing half-written, and every event is delivered exactly once`,
    async () => {
      const target = await open();
      const cache = tempDirectory('compiled');
      try {
        await surviveKills(target, rounds, await warmUp(cache));
      } finally {
        await target.close();
        rmSync(cache, { recursive: true });
      }
    },
    600_000,
  );
});

async function surviveKills({ store, url }: Target, rounds: number, env: NodeJS.ProcessEnv): Promise<void> {
  const acknowledged = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    const runs = await Promise.all(Array.from({ length: writersPerRound }, () => runAndKill(url, env)));
    for (const run of runs) for (const [id, step] of run) acknowledged.set(id, step);
  }
  const stored = await allDeeds(store);
  const steps = new Map(stored.map(({ key, value }) => [key, value.step]));
  const lost = [...acknowledged].filter(([id, step]) => (steps.get(id) ?? 0) < step);
  expect(lost).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(rounds * writersPerRound);
  for (const { version, value } of stored) {
    expect(value.sha256).toBe(sha256(value.text));
    expect(version).toBe(value.step);
  }
  const total = await store.collection(deeds).count({ index: 'step', from: 0 });
  expect(stored).toHaveLength(total);
  await expectDelivered(store, stored);
}

async function expectDelivered(store: Store, stored: Awaited<ReturnType<typeof allDeeds>>): Promise<void> {
  const relay = relayInto(store);
  relay.start();
  await relay.drain();
  await relay.close();
  const delivered = store.collection(deliveries);
  expect(await store.collection(deeds).pending(10)).toEqual([]);
  const missing = [];
  for (const { value } of stored) if (!(await delivered.get(value.eventId))) missing.push(value.eventId);
  expect(missing).toEqual([]);
  expect(await delivered.count({ index: 'kind', equals: ['deed'] })).toBe(Math.min(10_000, stored.length));
}
