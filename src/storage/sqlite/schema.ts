import type { CollectionShape, IndexEntries, IndexShape, ReadEntries, Row } from '../driver.ts';
import type { Connection } from './connection.ts';

/** Quoted name of a collection's table. Names are checked kebab-case, so quoting is all they need. */
export const tableOf = (shape: CollectionShape): string => `"c:${shape.name}"`;

/** Quoted name of the table that holds an index. */
export const indexTableOf = (shape: CollectionShape, index: IndexShape): string =>
  `"x:${shape.name}:${index.name}"`;

/** The value columns of an index, in order. */
export const columnsOf = (index: IndexShape): string[] => index.paths.map((_, position) => `v${position}`);

/**
 * Makes the tables of a collection, or brings its index tables to the present declaration: indexes are derived from the
 * bodies, so a changed one is built again.
 */
export function prepareCollection(
  connection: Connection,
  shape: CollectionShape,
  readEntries: ReadEntries,
): void {
  const declared = JSON.stringify(shape);
  const readDeclared = () =>
    connection.prepare('SELECT shape FROM collections WHERE name = ?').get(shape.name) as unknown as
      | [string]
      | undefined;
  if (readDeclared()?.[0] === declared) return;
  connection.transact(() => {
    const stored = readDeclared()?.[0];
    if (stored === declared) return;
    if (stored === undefined) createTable(connection, shape);
    else changeTable(connection, { old: JSON.parse(stored) as CollectionShape, shape }, readEntries);
    connection
      .prepare(
        'INSERT INTO collections VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET shape = excluded.shape',
      )
      .run(shape.name, declared);
  });
}

function createTable(connection: Connection, shape: CollectionShape): void {
  // `id` ties index rows to the document and must be declared: VACUUM may renumber an undeclared rowid.
  connection.exec(`
    CREATE TABLE ${tableOf(shape)} (
      id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, expires INTEGER, entries TEXT NOT NULL, body BLOB NOT NULL
    )`);
  createExpiryIndex(connection, shape);
  for (const index of shape.indexes) createIndexTable(connection, shape, index);
}

function createExpiryIndex(connection: Connection, shape: CollectionShape): void {
  if (!shape.expires) return;
  connection.exec(
    `CREATE INDEX IF NOT EXISTS "e:${shape.name}" ON ${tableOf(shape)} (expires) WHERE expires IS NOT NULL`,
  );
}

function changeTable(
  connection: Connection,
  { old, shape }: { old: CollectionShape; shape: CollectionShape },
  readEntries: ReadEntries,
): void {
  createExpiryIndex(connection, shape);
  if (JSON.stringify(old.indexes) !== JSON.stringify(shape.indexes))
    rebuildIndexes(connection, shape, old.indexes, readEntries);
}

function createIndexTable(connection: Connection, shape: CollectionShape, index: IndexShape): void {
  // Columns without a declared type keep numbers and strings as they are and order numbers before strings.
  const columns = columnsOf(index);
  const primaryKey = index.unique ? columns : [...columns, 'key'];
  connection.exec(`
    CREATE TABLE ${indexTableOf(shape, index)} (
      ${columns.map((column) => `${column} NOT NULL`).join(', ')}, key TEXT NOT NULL, id INTEGER NOT NULL,
      PRIMARY KEY (${primaryKey.join(', ')})
    ) WITHOUT ROWID`);
}

function rebuildIndexes(
  connection: Connection,
  shape: CollectionShape,
  old: readonly IndexShape[],
  readEntries: ReadEntries,
): void {
  for (const index of old) connection.exec(`DROP TABLE IF EXISTS ${indexTableOf(shape, index)}`);
  for (const index of shape.indexes) createIndexTable(connection, shape, index);
  const page = connection.prepare(
    `SELECT id, key, version, expires, body FROM ${tableOf(shape)} WHERE id > ? ORDER BY id LIMIT 500`,
  );
  const update = connection.prepare(`UPDATE ${tableOf(shape)} SET entries = ? WHERE id = ?`);
  for (let last = 0; ; ) {
    const rows = page.all(last) as unknown as [number, string, number, number | null, Uint8Array][];
    for (const [id, key, version, expires, body] of rows) {
      const row: Row = { key, version, expiresAt: expires ?? undefined, body };
      const entries = readEntries(row);
      insertEntries(connection, shape, { id, key, entries });
      update.run(JSON.stringify(entries), id);
      last = id;
    }
    if (rows.length < 500) return;
  }
}

/** Adds a document's index rows; that no unique value is taken was looked up before. */
export function insertEntries(
  connection: Connection,
  shape: CollectionShape,
  { id, key, entries }: { id: number; key: string; entries: IndexEntries },
): void {
  for (const index of shape.indexes) {
    const rows = entries[index.name];
    if (!rows) continue;
    const width = index.paths.length + 2;
    const statement = connection.prepare(
      `INSERT INTO ${indexTableOf(shape, index)} VALUES (${Array(width).fill('?').join(', ')})`,
    );
    for (const row of rows) statement.run(...row, key, id);
  }
}

/** Takes a document's index rows away. */
export function deleteEntries(
  connection: Connection,
  shape: CollectionShape,
  { key, entries }: { key: string; entries: IndexEntries },
): void {
  for (const index of shape.indexes) {
    const rows = entries[index.name];
    if (!rows) continue;
    const where = columnsOf(index).map((column) => `${column} = ?`);
    const statement = connection.prepare(
      `DELETE FROM ${indexTableOf(shape, index)} WHERE ${where.join(' AND ')} AND key = ?`,
    );
    for (const row of rows) statement.run(...row, key);
  }
}
