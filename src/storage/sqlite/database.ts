import type { Clock, Random } from '../../core/index.ts';
import type { CollectionShape, StoreDriver } from '../driver.ts';
import { storeUnavailable } from '../problems.ts';
import { createDirectoryBlobs } from './blobs.ts';
import { createSqliteCollection, sweepCollection } from './collection.ts';
import { openConnection } from './connection.ts';
import { exportSqlite } from './export.ts';
import { sqliteFiles } from './files.ts';
import type { SyncFile } from './group-sync.ts';
import { createSqliteKeyRecords } from './key-records.ts';
import { artefactMigrations, recordMigrations } from './migrations.ts';

export interface SqliteOptions {
  /** The file of records; the file of artefacts and the folder of blobs lie beside it. */
  path: string;
  clock: Clock;
  random: Random;
  sync?: SyncFile | undefined;
}

/** Documents deleted in one transaction of a sweep. */
const sweepBatch = 100;

/** Opens the embedded store: records and artefacts in a file each, because only records wait for the disk. */
export function openSqlite({ path, clock, random, sync }: SqliteOptions): StoreDriver {
  const files = sqliteFiles(path);
  const records = openConnection({ path: files.records, migrations: recordMigrations, sync });
  const artefacts = openConnection({ path: files.artefacts, migrations: artefactMigrations, sync });
  const shapes: CollectionShape[] = [];
  const connectionOf = (shape: CollectionShape) => (shape.durability === 'record' ? records : artefacts);
  let closed = false;

  return {
    kind: 'sqlite',
    keyRecords: createSqliteKeyRecords(records),
    collection(shape, readEntries) {
      shapes.push(shape);
      return createSqliteCollection(connectionOf(shape), shape, { clock, readEntries });
    },
    blobs: (seal) => createDirectoryBlobs({ directory: files.blobs, seal, random, clock }),
    async ping() {
      if (closed || !records.healthy || !artefacts.healthy)
        throw storeUnavailable(new Error('the store is closed or a sync failed'));
      for (const connection of [records, artefacts]) {
        connection.guard(() => connection.prepare('SELECT 1 FROM collections LIMIT 1').get());
      }
    },
    async sweep() {
      let swept = 0;
      for (const shape of shapes) {
        const before = clock.now();
        for (let batch = sweepBatch; batch === sweepBatch && !closed; swept += batch) {
          batch = sweepCollection(connectionOf(shape), shape, { before, limit: sweepBatch });
          // Requests come first: each batch waits for the next turn of the event loop.
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      return swept;
    },
    exportRecords: async () => records.guard(() => exportSqlite(files.records, files.blobs)),
    async close() {
      if (closed) return;
      closed = true;
      for (const connection of [records, artefacts]) {
        await connection.drain();
        connection.close();
      }
    },
  };
}
