import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from '@jest/globals';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { openDatabase, parseStoreUrl, sweepOrphanBlobs } from '../../src/storage/index.ts';
import { openConnection } from '../../src/storage/sqlite/connection.ts';
import { recordMigrations } from '../../src/storage/sqlite/migrations.ts';
import { people, person } from '../contract/collections.ts';
import { openTempStore, tempDirectory } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const directory = tempDirectory('files');
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const open = (path: string) => openDatabase(`sqlite:${path}`, { clock: systemClock, random: systemRandom });

async function makeStore(name: string, count = 400): Promise<string> {
  const path = join(directory, name);
  const database = await open(path);
  const collection = database.open(createTestCipher()).collection(people);
  await collection.insertMany(
    Array.from({ length: count }, () => person({ name: systemRandom.bytes(200).toString('hex') })),
  );
  await database.close();
  return path;
}

describe('the address of a store', () => {
  test('is one of two kinds', () => {
    expect(parseStoreUrl('sqlite:data/tongxing.db')).toEqual({ kind: 'sqlite', path: 'data/tongxing.db' });
    const url = 'mongodb://a:b@db1,db2/tongxing?replicaSet=rs0';
    expect(parseStoreUrl(url)).toEqual({ kind: 'mongo', url });
  });

  test.each([
    '',
    'sqlite:',
    'sqlite::memory:',
    'sqlite:data/',
    'postgres://x/y',
    'mongodb://host',
    'mongodb://host/',
    'data.db',
  ])('is refused when it is %p', (url) => {
    expect(() => parseStoreUrl(url)).toThrow('store-url-invalid');
  });

  test('is not repeated in the refusal, for it may hold a password', () => {
    expect(() => parseStoreUrl('mongodb://user:secret@host')).toThrow(expect.not.stringContaining('secret'));
  });
});

describe('a database file', () => {
  test('is readable by its owner only, and so are log and artefacts', async () => {
    const path = join(directory, 'modes.db');
    const database = await open(path);
    const modes = ['', '-wal', '-artefacts', '-artefacts-wal'].map(
      (suffix) => statSync(`${path}${suffix}`).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600, 0o600, 0o600]);
    await database.close();
  });

  test('that is no database is refused by name and left as it is', async () => {
    const path = join(directory, 'text.db');
    writeFileSync(path, 'not a database at all, but long enough to have a header '.repeat(100));
    const before = readFileSync(path);
    await expect(open(path)).rejects.toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining(path),
    });
    expect(readFileSync(path)).toEqual(before);
  });

  test('that is damaged inside is refused by name', async () => {
    const path = await makeStore('damaged.db');
    const bytes = readFileSync(path);
    bytes.fill(0xaa, 4096 * 8, 4096 * 20);
    writeFileSync(path, bytes);
    await expect(open(path)).rejects.toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining(path),
    });
  });

  test('that was cut is refused by name', async () => {
    const path = await makeStore('cut.db');
    truncateSync(path, 4096 * 10);
    await expect(open(path)).rejects.toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining(path),
    });
  });

  test('of a newer release is refused by name and left as it is', async () => {
    const path = await makeStore('newer.db', 1);
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${recordMigrations.length + 1}`);
    newer.close();
    const before = readFileSync(path);
    await expect(open(path)).rejects.toMatchObject({
      code: 'store-newer',
      message: expect.stringContaining(path),
    });
    expect(readFileSync(path)).toEqual(before);
  });

  test('of another program is refused by name', async () => {
    const path = join(directory, 'foreign.db');
    const foreign = new DatabaseSync(path);
    foreign.exec('CREATE TABLE invoices (id INTEGER)');
    foreign.close();
    await expect(open(path)).rejects.toMatchObject({
      code: 'store-foreign',
      message: expect.stringContaining(path),
    });
  });

  test('of an older release is brought forward, once, with all it holds', async () => {
    const path = join(directory, 'older.db');
    const first = openConnection({ path, migrations: recordMigrations });
    first.exec("INSERT INTO key_records VALUES ('kid', 1, '{}')");
    first.close();
    let runs = 0;
    const next = [
      ...recordMigrations,
      (database: DatabaseSync) => {
        runs += 1;
        database.exec("ALTER TABLE key_records ADD COLUMN note TEXT NOT NULL DEFAULT 'added'");
      },
    ];
    for (let life = 0; life < 2; life += 1) {
      const connection = openConnection({ path, migrations: next });
      expect(connection.prepare('SELECT kid, note FROM key_records').all()).toEqual([['kid', 'added']]);
      connection.close();
    }
    expect(runs).toBe(1);
    await expect(open(path)).rejects.toMatchObject({ code: 'store-newer' });
  });

  test('that a step of the schema fails on stays as it was', () => {
    const path = join(directory, 'failing.db');
    openConnection({ path, migrations: recordMigrations }).close();
    const failing = (database: DatabaseSync) => {
      database.exec('CREATE TABLE half (id INTEGER)');
      throw new Error('this step is wrong');
    };
    expect(() => openConnection({ path, migrations: [...recordMigrations, failing] })).toThrow(
      'this step is wrong',
    );
    const connection = openConnection({ path, migrations: recordMigrations });
    expect(connection.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").get()).toEqual([0]);
    connection.close();
  });

  test('moved with a body from another place is not opened: a body belongs to its key', async () => {
    const path = await makeStore('moved.db', 2);
    const raw = new DatabaseSync(path);
    raw.exec('UPDATE "c:people" SET body = (SELECT body FROM "c:people" WHERE id = 1) WHERE id = 2');
    const { key } = raw.prepare('SELECT key FROM "c:people" WHERE id = 2').get() as { key: string };
    raw.close();
    const database = await open(path);
    const collection = database.open(createTestCipher()).collection(people);
    await expect(collection.get(key)).rejects.toMatchObject({ code: 'cipher-cannot-open' });
    await database.close();
  });
});

describe('a closed store', () => {
  test('says that it is unavailable', async () => {
    const temp = await openTempStore();
    const collection = temp.store.collection(people);
    await temp.remove();
    await expect(collection.get('x')).rejects.toMatchObject({ code: 'store-unavailable' });
    await expect(collection.insert(person())).rejects.toMatchObject({ code: 'store-unavailable' });
    await expect(temp.store.ping()).rejects.toMatchObject({ code: 'store-unavailable' });
  });
});

describe('a stored file', () => {
  test('that was changed or exchanged on the disk is called damaged', async () => {
    const temp = await openTempStore();
    const { blobs } = temp.store;
    const place = (name: string) => join(temp.directory, 'test.db-blobs', name.slice(0, 2), name);
    const [one, two] = [await blobs.put(Buffer.from('one')), await blobs.put(Buffer.from('two'))];
    copyFileSync(place(one), place(two));
    await expect(blobs.get(two)).rejects.toMatchObject({ code: 'blob-damaged' });
    truncateSync(place(one), 5);
    await expect(blobs.get(one)).rejects.toMatchObject({ code: 'blob-damaged' });
    expect(readFileSync(place(two)).includes('one')).toBe(false);
    await temp.remove();
  });

  test('that no document names is swept a day later, with what a crash left of others', async () => {
    const temp = await openTempStore();
    const { blobs } = temp.store;
    const age = (path: string) => utimesSync(path, 1, 1);
    const place = (name: string) => join(temp.directory, 'test.db-blobs', name.slice(0, 2), name);
    const [named, orphan, young] = [
      await blobs.put(Buffer.from('named')),
      await blobs.put(Buffer.from('orphan')),
      await blobs.put(Buffer.from('young')),
    ];
    const part = join(temp.directory, 'test.db-blobs/aa/crashed.part');
    mkdirSync(join(part, '..'), { recursive: true });
    writeFileSync(part, 'x');
    for (const path of [place(named), place(orphan), part]) age(path);
    expect(await sweepOrphanBlobs(blobs, async (name) => name === named)).toBe(1);
    expect([await blobs.has(named), await blobs.has(orphan), await blobs.has(young)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(() => statSync(part)).toThrow('ENOENT');
    await temp.remove();
  });
});
