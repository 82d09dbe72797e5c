import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Problem } from '../../core/index.ts';
import { storeUnavailable } from '../problems.ts';
import { storeCorrupt, toStoreProblem } from './errors.ts';
import { createGroupSync, type SyncFile } from './group-sync.ts';
import { type Migration, migrate } from './migrations.ts';
import { createWriteQueue } from './write-queue.ts';

/** One SQLite file with its cached statements. */
export interface Connection {
  readonly path: string;
  /** A prepared statement, rows as arrays; made once per text. */
  prepare(sql: string): StatementSync;
  exec(sql: string): void;
  /** Runs `work` in one immediate transaction: all of it or nothing. It must not await. */
  transact<R>(work: () => R): R;
  /** Runs `work` in a transaction that it shares with other writes of this moment; it must not await and may run twice. */
  write<R>(work: () => R): Promise<R>;
  /** Runs `work` and turns what SQLite throws into problems. */
  guard<R>(work: () => R): R;
  /** Resolves when what was committed survives a power cut. */
  flush(): Promise<void>;
  /** Counts a write whose caller does not wait for the disk, and syncs some of them together in the background. */
  flushLater(): void;
  /** False once this process can no longer vouch for what it writes. */
  readonly healthy: boolean;
  /** Commits and syncs everything that was asked for so far. Before `close`, which does not wait. */
  drain(): Promise<void>;
  close(): void;
}

export interface ConnectionOptions {
  path: string;
  migrations: readonly Migration[];
  /** Test seam: how the write-ahead log reaches the disk. */
  sync?: SyncFile | undefined;
}

/** A file up to this size is checked whole when it is opened; the check reads about 500 MB/s. */
const checkedWholeBytes = 32 * 1024 * 1024;

/**
 * Writes after which the log is synced although nobody waits for it. What it leaves to a checkpoint, which holds up all requests
 * of the process until the log and then the database file are on the disk, is little.
 */
const writesBetweenSyncs = 64;

/** How long a lock of another process is waited for, from the very first read on: services may start at once on a new file. */
const busyTimeoutMs = 5_000;

/**
 * Settings of every connection. In WAL with synchronous NORMAL a commit writes without waiting for the disk, SQLite itself
 * syncs the log before every checkpoint and the database file after it. So what lies in the log and was synced by us, or was
 * checkpointed, survives a power cut; `flush` does that sync for all waiters together.
 */
const settings = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -8000;
  PRAGMA temp_store = MEMORY;
  PRAGMA trusted_schema = OFF;
`;

/**
 * Opens a file of ours, makes it when absent, and brings its schema up to date.
 * @throws {Problem} store-corrupt | store-foreign | store-newer, naming the file | store-unavailable | store-full
 */
export function openConnection({ path, migrations, sync }: ConnectionOptions): Connection {
  try {
    prepareFile(path);
    const database = new DatabaseSync(path, {
      timeout: busyTimeoutMs,
      enableDoubleQuotedStringLiterals: false,
    });
    try {
      checkWhole(database, path);
      database.exec(settings);
      migrate(database, path, migrations);
      return connect(database, path, sync);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw toStoreProblem(error, path);
  }
}

function prepareFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite gives the log and the shared memory the mode of the database file, so that one decides for all three. The file is
  // touched only when absent: closing a descriptor of an open database would drop the locks that this process holds on it.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

function checkWhole(database: DatabaseSync, path: string): void {
  const sizeBytes = database
    .prepare('SELECT page_count * page_size AS size FROM pragma_page_count(), pragma_page_size()')
    .get()?.size as number;
  if (sizeBytes > checkedWholeBytes) return;
  const faults = database.prepare('PRAGMA quick_check(1)').all();
  if (faults[0]?.quick_check !== 'ok') throw storeCorrupt(path, faults);
}

function connect(database: DatabaseSync, path: string, sync: SyncFile | undefined): Connection {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statement.setReturnArrays(true);
      statements.set(sql, statement);
    }
    return statement;
  };
  const [begin, commit] = [prepare('BEGIN IMMEDIATE'), prepare('COMMIT')];
  // No lock lies on the log, so a descriptor of our own is safe; it lives as long as the connection, which keeps the file.
  const logDescriptor = openSync(`${path}-wal`, 'r+');
  const group = createGroupSync(logDescriptor, sync);

  function transact<R>(work: () => R): R {
    if (group.failure !== undefined) throw storeUnavailable(group.failure);
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  function guard<R>(work: () => R): R {
    try {
      return work();
    } catch (error) {
      throw toStoreProblem(error, path);
    }
  }

  async function flush(): Promise<void> {
    try {
      await group.flush();
    } catch (error) {
      const problem = toStoreProblem(error, path);
      throw problem instanceof Problem ? problem : storeUnavailable(error);
    }
  }

  let unsynced = 0;
  function flushLater(): void {
    unsynced += 1;
    if (unsynced < writesBetweenSyncs) return;
    unsynced = 0;
    // A failure is kept by the group, and refuses the next write.
    flush().catch(() => {});
  }

  const queue = createWriteQueue((work) => guard(() => transact(work)));

  return {
    path,
    prepare,
    exec: (sql) => database.exec(sql),
    transact,
    write: queue.write,
    guard,
    flush,
    flushLater,
    get healthy() {
      return group.failure === undefined;
    },
    async drain() {
      queue.commitWaiting();
      // Whoever wrote asks for its own sync next; ours comes after it.
      await new Promise(setImmediate);
      if (group.failure === undefined) await flush();
    },
    close() {
      closeSync(logDescriptor);
      database.close();
    },
  };
}
