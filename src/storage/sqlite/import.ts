import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Problem } from '../../core/index.ts';
import type { CollectionShape, PortableDocument, StoreImport } from '../driver.ts';
import { blobPath, syncDirectory, writeWhole } from './blobs.ts';
import { openConnection } from './connection.ts';
import { sqliteFiles } from './files.ts';
import { artefactMigrations, recordMigrations } from './migrations.ts';
import { insertEntries, prepareCollection, tableOf } from './schema.ts';

/**
 * Reads a backup into files beside the place of the store; only the last step moves them there, the records at the very end.
 * @throws {Problem} store-not-empty
 */
export async function importSqlite(path: string): Promise<StoreImport> {
  const target = sqliteFiles(path);
  for (const file of [target.records, target.artefacts, `${target.records}-wal`])
    if (existsSync(file)) throw new Problem('store-not-empty');
  if ((await readdir(target.blobs).catch(() => [])).length > 0) throw new Problem('store-not-empty');

  const draft = sqliteFiles(`${path}.restoring`);
  const discard = async () => {
    for (const file of Object.values(draft))
      for (const name of [file, `${file}-wal`, `${file}-shm`])
        await rm(name, { recursive: true, force: true });
  };
  await discard();
  const records = openConnection({ path: draft.records, migrations: recordMigrations });
  const shapes = new Map<string, CollectionShape>();
  const unreadable = () => {
    throw new Error('a collection is filled before its indexes change');
  };

  return {
    async addCollection(shape) {
      shapes.set(shape.name, shape);
      records.guard(() => prepareCollection(records, shape, unreadable));
    },
    async addDocuments(collection, documents) {
      const shape = shapes.get(collection);
      if (!shape) throw new Problem('backup-unusable');
      records.guard(() =>
        records.transact(() =>
          documents.forEach((document) => {
            addDocument(records, shape, document);
          }),
        ),
      );
    },
    async addKeyRecord(record) {
      records.guard(() =>
        records
          .prepare('INSERT INTO key_records VALUES (?, ?, ?)')
          .run(record.kid, record.version, JSON.stringify(record)),
      );
    },
    async addBlob({ sha256, sealed }) {
      const place = blobPath(draft.blobs, sha256);
      await writeWhole({ path: place, part: `${place}.part`, bytes: sealed, now: undefined });
    },
    async finish() {
      await records.flush();
      records.close();
      openConnection({ path: draft.artefacts, migrations: artefactMigrations }).close();
      if (existsSync(draft.blobs)) {
        await rm(target.blobs, { recursive: true, force: true });
        await rename(draft.blobs, target.blobs);
      }
      await rename(draft.artefacts, target.artefacts);
      await rename(draft.records, target.records);
      await syncDirectory(dirname(target.records));
    },
    async abandon() {
      records.close();
      await discard();
    },
  };
}

function addDocument(
  connection: ReturnType<typeof openConnection>,
  shape: CollectionShape,
  document: PortableDocument,
): void {
  const { key, version, expiresAt, body, entries, events } = document;
  if (body) {
    const { lastInsertRowid } = connection
      .prepare(`INSERT INTO ${tableOf(shape)} (key, version, expires, entries, body) VALUES (?, ?, ?, ?, ?)`)
      .run(key, version, expiresAt ?? null, JSON.stringify(entries), body);
    insertEntries(connection, shape, { id: Number(lastInsertRowid), key, entries });
  }
  const addEvent = connection.prepare(
    'INSERT INTO events (collection, key, id, at, body) VALUES (?, ?, ?, ?, ?)',
  );
  for (const event of events) addEvent.run(shape.name, key, event.id, event.at, event.body);
}
