import { fstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { openSqlite } from '../../src/storage/sqlite/database.ts';
import { syncFile } from '../../src/storage/sqlite/group-sync.ts';
import { createStore } from '../../src/storage/store.ts';
import { event, people, person } from '../contract/collections.ts';
import { tempDirectory } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const cipher = createTestCipher();
const sectorBytes = 512;

/** The header of the log; it changes when the log starts over after a checkpoint. */
const headerBytes = 32;

/**
 * The log as a power cut may leave it: what was synced is there, and of every sector written since, either the new bytes
 * are there, or what was there before, or (past the old end) nothing but zeros or noise. Only the header of a log that
 * started over is there for certain: in synchronous NORMAL, SQLite syncs it before it writes the first frame after it.
 * @see https://www.sqlite.org/pragma.html#pragma_synchronous
 */
function logAfterPowerCut(synced: Buffer, present: Buffer): Buffer {
  const log = Buffer.alloc(Math.max(synced.length, present.length));
  synced.copy(log);
  present.copy(log, 0, 0, headerBytes);
  for (let at = 0; at < present.length; at += sectorBytes) {
    const sector = present.subarray(at, at + sectorBytes);
    const chance = Math.random();
    if (chance < 0.4) sector.copy(log, at);
    else if (chance < 0.5 && at >= synced.length) systemRandom.bytes(sector.length).copy(log, at);
  }
  const end = synced.length + Math.floor(Math.random() * (log.length - synced.length + 1));
  return log.subarray(0, end);
}

test('after a power cut at any moment every acknowledged record is there, with only what was synced', async () => {
  const directory = tempDirectory('power');
  const path = join(directory, 'store.db');
  const read = (name: string) => readFileSync(name);
  let synced = Buffer.alloc(0);
  let syncs = 0;
  const driver = openSqlite({
    path,
    clock: systemClock,
    random: systemRandom,
    // What lay in the log when the sync began is safe once it has ended; what was written meanwhile may not be.
    sync: async (descriptor) => {
      const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
      // The file of artefacts has a log of its own.
      if (fstatSync(descriptor).ino !== log?.ino) return syncFile(descriptor);
      const before = read(`${path}-wal`);
      await syncFile(descriptor);
      synced = before;
      syncs += 1;
    },
  });
  const collection = createStore(driver, cipher).collection(people);
  const acknowledged = new Map<string, number>();
  let isDone = false;
  let writes = 0;

  async function write(): Promise<void> {
    while (!isDone) {
      const value = person({ name: systemRandom.bytes(900).toString('hex') });
      await collection.insert(value, { events: [event()] });
      acknowledged.set(value.id, 1);
      await collection.replace({ ...value, town: '安顺' }, 1);
      acknowledged.set(value.id, 2);
      writes += 2;
    }
  }

  async function cutPower(image: string): Promise<void> {
    // All of this happens in one turn: nothing is written or acknowledged between the parts of the picture.
    const expected = new Map(acknowledged);
    mkdirSync(image);
    const copy = join(image, 'store.db');
    writeFileSync(copy, read(path));
    writeFileSync(`${copy}-wal`, logAfterPowerCut(synced, read(`${path}-wal`)));
    const database = await openDatabase(`sqlite:${copy}`, { clock: systemClock, random: systemRandom });
    const found = database.open(cipher).collection(people);
    for (const [id, version] of expected) {
      const stored = await found.get(id);
      expect(stored?.version ?? 0).toBeGreaterThanOrEqual(version);
    }
    const pending = new Set((await found.pending(1_000_000)).map(({ key }) => key));
    expect([...expected.keys()].filter((id) => !pending.has(id))).toEqual([]);
    await database.close();
    rmSync(image, { recursive: true });
  }

  const writers = Array.from({ length: 8 }, write);
  for (let cut = 0; cut < 40; cut += 1) {
    const until = writes + Math.ceil(Math.random() * 30);
    while (writes < until) await new Promise((resolve) => setImmediate(resolve));
    // Every now and then the log starts over, and new frames overwrite old ones.
    if (cut % 4 === 3) {
      const other = new DatabaseSync(path);
      other.exec('PRAGMA wal_checkpoint(PASSIVE)');
      other.close();
      // SQLite syncs the log before it copies frames from it into the database, and the database after it.
      synced = read(`${path}-wal`);
    }
    await cutPower(join(directory, `image-${cut}`));
  }
  isDone = true;
  await Promise.all(writers);
  expect(acknowledged.size).toBeGreaterThan(100);
  // The syncs were shared: fewer of them than writes.
  expect(syncs).toBeLessThan(writes);
  await driver.close();
  rmSync(directory, { recursive: true });
}, 300_000);
