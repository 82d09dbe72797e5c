import type { DatabaseSync } from 'node:sqlite';
import { Problem } from '../../core/index.ts';

/** One step of the schema: brings a file from version n to n + 1, inside the transaction that also writes the version. */
export type Migration = (database: DatabaseSync) => void;

/** "TXNG", in the header of every file of ours. */
const applicationId = 0x54584e47;

/** Tables that both files have; those of the collections are made as they are declared. */
function createBase(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE collections (name TEXT PRIMARY KEY, shape TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY, collection TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL
    );
    CREATE UNIQUE INDEX events_by_id ON events (collection, key, id);
  `);
}

/** Schema of the file of records, oldest step first. Steps are never changed once released, only added. */
export const recordMigrations: readonly Migration[] = [
  (database) => {
    createBase(database);
    database.exec(
      'CREATE TABLE key_records (kid TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID',
    );
  },
];

/** Schema of the file of artefacts. */
export const artefactMigrations: readonly Migration[] = [createBase];

/**
 * Brings a file to the newest schema, all steps in one transaction.
 * @throws {Problem} store-newer | store-foreign
 */
export function migrate(database: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  if (readState(database, path, migrations) === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Read again under the lock: another process may have done the work in the meantime.
    for (let version = readState(database, path, migrations); version < migrations.length; version += 1)
      migrations[version]?.(database);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length};`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function readState(database: DatabaseSync, path: string, migrations: readonly Migration[]): number {
  const owner = database.prepare('PRAGMA application_id').get()?.application_id;
  const version = database.prepare('PRAGMA user_version').get()?.user_version as number;
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n;
  if (owner !== applicationId && (owner !== 0 || version !== 0 || tables !== 0)) {
    throw new Problem('store-foreign', {
      detail: {
        zh: `文件 ${path} 属于其他程序，未作任何改动。请核对 TONGXING_STORE，或改用空的位置。`,
        en: `The file ${path} belongs to another program and was left as it is. Check TONGXING_STORE, or name an empty place.`,
      },
    });
  }
  if (version > migrations.length) {
    throw new Problem('store-newer', {
      detail: {
        zh: `文件 ${path} 的数据版本为 ${version}，本程序只支持到 ${migrations.length}。请安装更新的程序；数据未被改动。`,
        en: `The file ${path} has schema version ${version}, this release knows ${migrations.length}. Install a later release; nothing was changed.`,
      },
    });
  }
  return version;
}
