import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { openDatabase, restore } from '../../src/storage/index.ts';
import { event, people, person, tickets } from '../contract/collections.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { tempDirectory } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const cipher = createTestCipher();
const clock = systemClock;
const open = (url: string) => openDatabase(url, { clock, random: systemRandom });
const proven = async () => undefined;
const keyRecord = {
  kid: 'body-1',
  purpose: 'body',
  state: 'active' as const,
  wrapped: 'AAAA',
  createdAt: 1,
  version: 1,
};

/** Fills a store with one of everything. */
async function fill(url: string) {
  const database = await open(url);
  const store = database.open(cipher);
  const collection = store.collection(people);
  const values = Array.from({ length: 450 }, (_, n) => person({ town: '铜仁', joinedAt: n }));
  await collection.insertMany(values);
  const [changed, gone] = [person(), person()];
  const [kept, bereaved] = [event(), event()];
  await collection.insert(changed);
  await collection.replace({ ...changed, name: '改名' }, 1, { events: [kept] });
  await collection.insert(gone, { events: [bereaved] });
  await collection.remove(gone.id);
  await store.collection(tickets).put({ id: 'ticket', grantId: 'g', consumed: false });
  await database.keyRecords.insert(keyRecord);
  await database.keyRecords.replace({ ...keyRecord, state: 'retired' }, 1);
  const blob = await store.blobs.put(Buffer.from('a file'));
  return { database, store, values, changed, gone, kept, bereaved, blob };
}

type Filled = Awaited<ReturnType<typeof fill>>;

async function expectRestored(
  url: string,
  { values, changed, gone, kept, bereaved, blob }: Filled,
): Promise<void> {
  const database = await open(url);
  const store = database.open(cipher);
  const collection = store.collection(people);
  expect(await collection.count({ index: 'town', equals: ['铜仁'] })).toBe(values.length);
  for (const value of values.slice(0, 3)) {
    expect(await collection.get(value.id)).toEqual({ key: value.id, version: 1, value });
    const found = await collection.find({ index: 'identifier', equals: value.identifiers });
    expect(found.items).toHaveLength(1);
    await expect(collection.insert(person({ identifiers: value.identifiers }))).rejects.toMatchObject({
      code: 'already-exists',
      extensions: { index: 'identifier' },
    });
  }
  expect(await collection.get(changed.id)).toMatchObject({ version: 2, value: { name: '改名' } });
  expect(await collection.get(gone.id)).toBeUndefined();
  const pending = await collection.pending(10);
  expect(pending).toHaveLength(2);
  expect(pending).toContainEqual({ key: changed.id, events: [kept] });
  expect(pending).toContainEqual({ key: gone.id, events: [bereaved] });
  expect(await store.collection(tickets).get('ticket')).toBeUndefined();
  expect(await database.keyRecords.list()).toEqual([{ ...keyRecord, state: 'retired', version: 2 }]);
  expect((await store.blobs.get(blob))?.toString()).toBe('a file');
  await database.close();
}

describe('backup and restore of the embedded store', () => {
  const directory = tempDirectory('backup');
  const backup = join(directory, 'backup');
  let filled: Filled;
  beforeAll(async () => {
    filled = await fill(`sqlite:${join(directory, 'source.db')}`);
    const report = await filled.database.backup(backup);
    expect(report).toEqual({
      documents: 452,
      keys: 1,
      blobs: 1,
      notice: expect.stringContaining('master key'),
    });
  });
  afterAll(async () => {
    await filled.database.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const targetUrl = (name: string) => `sqlite:${join(directory, name)}`;

  test('a restored store holds every record, key and file, no session, and what was pending is still pending', async () => {
    const url = targetUrl('restored.db');
    expect(await restore({ from: backup, url, prove: proven, clock })).toMatchObject({
      documents: 452,
      blobs: 1,
    });
    await expectRestored(url, filled);
  });

  test('a backup shows nobody by name or number', () => {
    const text = readFileSync(join(backup, 'documents.ndjson'), 'utf8');
    expect(text).not.toContain('示例');
    expect(text).not.toContain(filled.values[0]?.identifiers[0]);
  });

  test('a backup of a store in use is the store of one moment', async () => {
    const collection = filled.store.collection(people);
    const town = '黔东南';
    let isDone = false;
    // Each writes a pair: a backup with one of them only would be torn.
    const writing = (async () => {
      for (let n = 0; !isDone; n += 1)
        await collection.insertMany([person({ town, joinedAt: n }), person({ town, joinedAt: n })]);
    })();
    const to = join(directory, 'in-use');
    await filled.database.backup(to);
    isDone = true;
    await writing;
    const url = targetUrl('in-use.db');
    await restore({ from: to, url, prove: proven, clock });
    const database = await open(url);
    const restored = database.open(cipher).collection(people);
    expect((await restored.count({ index: 'town', equals: [town] })) % 2).toBe(0);
    await database.close();
  });

  test('without the right master key nothing is written', async () => {
    const refuse = async () => {
      throw new Error('this key opens none of them');
    };
    const url = targetUrl('unproven.db');
    await expect(restore({ from: backup, url, prove: refuse, clock })).rejects.toThrow('opens none');
    expect(readdirSync(directory).filter((name) => name.startsWith('unproven'))).toEqual([]);
  });

  test('a changed, cut or missing file of the backup is named, and nothing is written', async () => {
    const copy = join(directory, 'damaged');
    await filled.database.backup(copy);
    const url = targetUrl('from-damaged.db');
    const blobs = join(copy, 'blobs', filled.blob.slice(0, 2), filled.blob);
    const attemptIt = () => restore({ from: copy, url, prove: proven, clock });
    writeFileSync(blobs, 'x');
    await expect(attemptIt()).rejects.toMatchObject({
      code: 'backup-unusable',
      message: expect.stringContaining(filled.blob),
    });
    appendFileSync(join(copy, 'documents.ndjson'), '{}\n');
    await expect(attemptIt()).rejects.toMatchObject({ message: expect.stringContaining('documents.ndjson') });
    rmSync(join(copy, 'manifest.json'));
    await expect(attemptIt()).rejects.toMatchObject({ code: 'backup-unusable' });
    expect(existsSync(join(directory, 'from-damaged.db'))).toBe(false);
  });

  test('a place that holds anything is refused, by restore and by backup', async () => {
    const url = targetUrl('source.db');
    const before = await filled.store.collection(people).count({ index: 'joined' });
    await expect(restore({ from: backup, url, prove: proven, clock })).rejects.toMatchObject({
      code: 'store-not-empty',
    });
    expect(await filled.store.collection(people).count({ index: 'joined' })).toBe(before);
    await expect(filled.database.backup(backup)).rejects.toMatchObject({ code: 'store-not-empty' });
  });

  test('a restore that fails half-way leaves no store behind, and the next one succeeds', async () => {
    const url = targetUrl('half.db');
    const fail = () => {
      throw new Error('the cable was pulled');
    };
    await expect(restore({ from: backup, url, prove: proven, clock, onProgress: fail })).rejects.toThrow(
      'cable',
    );
    expect(existsSync(join(directory, 'half.db'))).toBe(false);
    mkdirSync(join(directory, 'half.db.restoring-blobs/aa'), { recursive: true });
    await restore({ from: backup, url, prove: proven, clock });
    await expectRestored(url, filled);
  });
});

(isMongoAvailable() ? describe : describe.skip)('backup and restore across stores', () => {
  const directory = tempDirectory('backup-mongo');
  let server: MongoServer;
  beforeAll(async () => {
    server = await startMongo();
  }, 300_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test('an embedded store moves onto MongoDB and back', async () => {
    const filled = await fill(`sqlite:${join(directory, 'source.db')}`);
    await filled.database.backup(join(directory, 'one'));
    await filled.database.close();

    const cluster = server.url();
    await restore({ from: join(directory, 'one'), url: cluster, prove: proven, clock });
    await expectRestored(cluster, filled);
    await expect(
      restore({ from: join(directory, 'one'), url: cluster, prove: proven, clock }),
    ).rejects.toMatchObject({ code: 'store-not-empty' });

    const database = await open(cluster);
    await database.backup(join(directory, 'two'));
    await database.close();
    const back = `sqlite:${join(directory, 'back.db')}`;
    await restore({ from: join(directory, 'two'), url: back, prove: proven, clock });
    await expectRestored(back, filled);
  });

  test('a half-restored database is refused by name', async () => {
    const filled = await fill(`sqlite:${join(directory, 'half.db')}`);
    await filled.database.backup(join(directory, 'three'));
    await filled.database.close();
    const url = server.url();
    const fail = () => {
      throw new Error('the cable was pulled');
    };
    await expect(
      restore({ from: join(directory, 'three'), url, prove: proven, clock, onProgress: fail }),
    ).rejects.toThrow('cable');
    await expect(open(url)).rejects.toMatchObject({ code: 'restore-incomplete' });
  });
});
