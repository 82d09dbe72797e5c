import type { Clock } from '../../core/index.ts';
import type {
  CollectionDriver,
  CollectionShape,
  IndexEntries,
  NewRow,
  ReadEntries,
  Row,
  SealedEvent,
  WriteOutcome,
} from '../driver.ts';
import type { Connection } from './connection.ts';
import { createFinder } from './find.ts';
import {
  columnsOf,
  deleteEntries,
  indexTableOf,
  insertEntries,
  prepareCollection,
  tableOf,
} from './schema.ts';

/** What is read of a document by its key. */
type Found = [version: number, expires: number | null, body: Uint8Array];

/** What is read of a document before it is written: id, version, end, index rows. */
type Present = [id: number, version: number, expires: number | null, entries: string];

/** Which present document a write accepts. */
type Condition = { kind: 'absent' } | { kind: 'any' } | { kind: 'version'; version: number };

/** A transaction stays this short, so that another process never waits long for the lock. */
const insertsPerTransaction = 200;

/** Makes a collection over one SQLite file. Reads and writes are synchronous; only the shared sync is awaited. */
export function createSqliteCollection(
  connection: Connection,
  shape: CollectionShape,
  { clock, readEntries }: { clock: Clock; readEntries: ReadEntries },
): CollectionDriver {
  connection.guard(() => prepareCollection(connection, shape, readEntries));
  const { prepare, transact, guard } = connection;
  const write = createWriter(connection, shape, clock);
  const table = tableOf(shape);
  const read = prepare(`SELECT version, expires, body FROM ${table} WHERE key = ?`);
  const finder = createFinder(connection, shape, clock);

  const visible = (row: Row | undefined): Row | undefined =>
    row?.expiresAt !== undefined && row.expiresAt <= clock.now() ? undefined : row;

  /** A record is acknowledged when it is on the disk, an artefact when it is in the log. */
  const acknowledged = async <R>(result: R, durable = shape.durability === 'record'): Promise<R> => {
    if (durable) await connection.flush();
    else connection.flushLater();
    return result;
  };
  const writeOne = async (row: NewRow, condition: Condition, durable?: boolean): Promise<WriteOutcome> =>
    acknowledged(await connection.write(() => write(row, condition)), durable);

  return {
    async get(key) {
      const found = guard(() => read.get(key)) as unknown as Found | undefined;
      return found && visible(rowOf(key, found));
    },
    insert: async (row, durable) => writeOne(row, { kind: 'absent' }, durable),
    async insertMany(rows) {
      const outcomes: WriteOutcome[] = [];
      for (let start = 0; start < rows.length; start += insertsPerTransaction) {
        const some = rows.slice(start, start + insertsPerTransaction);
        outcomes.push(...guard(() => transact(() => some.map((row) => write(row, { kind: 'absent' })))));
        // Between two transactions other processes and other requests of this one get their turn.
        await acknowledged(undefined);
      }
      return outcomes;
    },
    replace: async (row, version, durable) => writeOne(row, { kind: 'version', version }, durable),
    put: async (row) => writeOne(row, { kind: 'any' }),
    take: async (key, expectedVersion) =>
      acknowledged(
        await connection.write(() => visible(deleteDocument(connection, shape, key, expectedVersion))),
      ),
    async find(plan) {
      return guard(() => finder.find(plan));
    },
    async count(plan) {
      return guard(() => finder.count(plan));
    },
    async pending(limit, olderThan) {
      return guard(() => readPending(connection, shape, { limit, olderThan }));
    },
    async settle(key, eventIds) {
      const settleOne = prepare('DELETE FROM events WHERE collection = ? AND key = ? AND id = ?');
      // Not synced: an event that comes back after a power cut is delivered again and recognised by its id.
      await connection.write(() => {
        for (const id of eventIds) settleOne.run(shape.name, key, id);
      });
    },
  };
}

const rowOf = (key: string, [version, expires, body]: Found): Row => ({
  ...{ key, version, body },
  expiresAt: expires ?? undefined,
});

function readPending(
  { prepare }: Connection,
  shape: CollectionShape,
  { limit, olderThan }: { limit: number; olderThan: number },
): { key: string; event: SealedEvent }[] {
  const rows = prepare(
    'SELECT key, id, at, body FROM events WHERE collection = ? AND at <= ? ORDER BY seq',
  ).iterate(shape.name, olderThan) as unknown as Iterable<[string, string, number, Uint8Array]>;
  const keys = new Set<string>();
  const found: { key: string; event: SealedEvent }[] = [];
  for (const [key, id, at, body] of rows) {
    if (keys.size === limit && !keys.has(key)) break;
    keys.add(key);
    found.push({ key, event: { id, at, body: Buffer.from(body) } });
  }
  return found;
}

/** Deletes documents past their end, at most `limit`; answers how many. */
export function sweepCollection(
  connection: Connection,
  shape: CollectionShape,
  { before, limit }: { before: number; limit: number },
): number {
  if (!shape.expires) return 0;
  const { prepare, transact, guard } = connection;
  const expired = prepare(
    `SELECT key FROM ${tableOf(shape)} WHERE expires IS NOT NULL AND expires <= ? ORDER BY expires LIMIT ?`,
  );
  return guard(() =>
    transact(() => {
      const keys = expired.all(before, limit) as unknown as [string][];
      for (const [key] of keys) deleteDocument(connection, shape, key);
      return keys.length;
    }),
  );
}

function createWriter(connection: Connection, shape: CollectionShape, clock: Clock) {
  const { prepare } = connection;
  const table = tableOf(shape);
  const look = prepare(`SELECT id, version, expires, entries FROM ${table} WHERE key = ?`);
  const insert = prepare(
    `INSERT INTO ${table} (key, version, expires, entries, body) VALUES (?, 1, ?, ?, ?)`,
  );
  const update = prepare(`UPDATE ${table} SET version = ?, expires = ?, entries = ?, body = ? WHERE id = ?`);
  const addEvent = prepare(
    'INSERT INTO events (collection, key, id, at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const uniques = shape.indexes.filter((index) => index.unique);

  return (row: NewRow, condition: Condition): WriteOutcome => {
    const now = clock.now();
    const present = look.get(row.key) as unknown as Present | undefined;
    const isExpired = present !== undefined && present[2] !== null && present[2] <= now;
    const refusal = judge(condition, present, isExpired);
    if (refusal) return refusal;

    const entries = JSON.stringify(row.entries);
    const entriesChanged = entries !== (present?.[3] ?? '{}');
    if (entriesChanged && uniques.length > 0) {
      const taken = findTaken(connection, shape, row, now);
      if (taken !== undefined) return { refused: 'already-exists', index: taken };
    }
    let [id, version] = [present?.[0] ?? 0, 1];
    if (present) {
      version = condition.kind === 'absent' ? 1 : present[1] + 1;
      update.run(version, row.expiresAt ?? null, entries, row.body, id);
    } else {
      id = Number(insert.run(row.key, row.expiresAt ?? null, entries, row.body).lastInsertRowid);
    }
    if (entriesChanged) {
      if (present)
        deleteEntries(connection, shape, { key: row.key, entries: JSON.parse(present[3]) as IndexEntries });
      insertEntries(connection, shape, { id, key: row.key, entries: row.entries });
    }
    for (const event of row.events) addEvent.run(shape.name, row.key, event.id, event.at, event.body);
    return { version };
  };
}

/** Why a write under this condition is refused, if it is. What has expired counts as absent. */
function judge(
  condition: Condition,
  present: Present | undefined,
  isExpired: boolean,
): WriteOutcome | undefined {
  if (condition.kind === 'absent') return present && !isExpired ? { refused: 'already-exists' } : undefined;
  if (condition.kind === 'any') return undefined;
  if (!present || isExpired) return { refused: 'not-found' };
  return present[1] === condition.version ? undefined : { refused: 'version-conflict' };
}

/** The unique index of which another living document holds a value of this one; expired holders are removed. */
function findTaken(
  connection: Connection,
  shape: CollectionShape,
  row: NewRow,
  now: number,
): string | undefined {
  for (const index of shape.indexes) {
    if (!index.unique) continue;
    const where = columnsOf(index).map((column) => `x.${column} = ?`);
    const holder = connection.prepare(
      `SELECT c.key, c.expires FROM ${indexTableOf(shape, index)} x JOIN ${tableOf(shape)} c ON c.id = x.id WHERE ${where.join(' AND ')}`,
    );
    for (const entry of row.entries[index.name] ?? []) {
      const held = holder.get(...entry) as unknown as [string, number | null] | undefined;
      if (!held || held[0] === row.key) continue;
      if (held[1] === null || held[1] > now) return index.name;
      deleteDocument(connection, shape, held[0]);
    }
  }
  return undefined;
}

/**
 * Takes the document and its index rows away, if its version is the one given, and answers it. Its pending events stay until
 * they are delivered.
 */
function deleteDocument(
  connection: Connection,
  shape: CollectionShape,
  key: string,
  version: number | null = null,
): Row | undefined {
  const gone = connection
    .prepare(
      `DELETE FROM ${tableOf(shape)} WHERE key = ? AND version = ifnull(?, version) RETURNING version, expires, body, entries`,
    )
    .get(key, version) as unknown as [...Found, entries: string] | undefined;
  if (!gone) return undefined;
  const [present, expires, body, entries] = gone;
  if (shape.indexes.length > 0)
    deleteEntries(connection, shape, { key, entries: JSON.parse(entries) as IndexEntries });
  return rowOf(key, [present, expires, body]);
}
