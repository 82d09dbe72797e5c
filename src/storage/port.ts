import type { z } from 'zod';
import type { Cipher, KeyRecords, Page, PendingEvent } from '../core/index.ts';

/** A value that an index can hold; undefined and null are not indexed at all (every index is sparse). */
export type IndexValue = string | number | boolean;

export interface IndexDefinition<I extends string = string> {
  name: I;
  /**
   * Dotted path or paths into the value. An array found at a path makes the index multikey (first path only); it is then
   * queried by `equals` on that path. A document without a value at one of the paths is not in the index.
   * With several paths, a query gives the leading ones by `equals` and is ordered by the rest, then by key.
   */
  path: string | readonly string[];
  /** At most one document holds a value. Not on sharded collections. */
  unique?: boolean;
  /** The first path's values are stored only as blind tokens (Cipher.blind); equality only. */
  blind?: boolean;
}

/** A collection, declared as data by the room that owns it. */
export interface CollectionDefinition<T, I extends string = never> {
  name: string;
  schema: z.ZodType<T>;
  /** The document's key, a string of 1 to 200 characters, never personal data. */
  key: (value: T) => string;
  indexes: readonly IndexDefinition<I>[];
  /** The body is compressed where that pays, then encrypted with the store's Cipher. */
  encrypted?: boolean;
  /**
   * Text that bodies of this collection have in common, for short ones that are kept for ever: they are compressed against
   * it. Part of the format of the stored bodies: it never changes.
   */
  dictionary?: string;
  /** Milliseconds since the epoch after which the document counts as absent; sweeping it is housekeeping. */
  expires?: (value: T) => number | undefined;
  /** Spread over shards by key: no unique index but the key itself. */
  sharded?: boolean;
  /**
   * `record` (default): acknowledged only when it would survive a power cut. `artefact`: short-lived protocol state,
   * survives the end of the process (kill -9) at once and a power cut shortly after.
   */
  durability?: 'record' | 'artefact';
  /**
   * Read at nearly every request: bodies stay uncompressed, and what is read is one frozen value that readers share. Whoever
   * changes a document makes a new value anyway.
   */
  hot?: boolean;
}

/** Declares a collection; the types of its value and index names flow from here. */
export function defineCollection<T, const I extends string = never>(
  definition: CollectionDefinition<T, I>,
): CollectionDefinition<T, I> {
  return definition;
}

/** A document as stored. The version starts at 1 and grows by 1 with each write of the value. */
export interface Stored<T> {
  key: string;
  version: number;
  value: T;
}

export interface FindQuery<I extends string> {
  index: I;
  /** Values for the leading paths of the index, in order; all lists and look-ups are by equality. */
  equals?: readonly IndexValue[];
  /** On the first path after `equals`: keep values >= from and < to. */
  from?: IndexValue;
  to?: IndexValue;
  order?: 'ascending' | 'descending';
  /** `next` of the page before. */
  after?: string;
  /** 1 to 1000, default 100. */
  limit?: number;
}

export interface WriteOptions {
  /** Consequences that ride in the document and are relayed once it is committed. */
  events?: readonly PendingEvent[];
  /** Acknowledged like a record, although the collection holds artefacts: for what a power cut must not undo, such as a logout. */
  durable?: boolean;
}

/**
 * A collection of documents. Every write touches exactly one document and is atomic; that is the only transaction there is.
 * Problems of all calls: store-unavailable (503), store-full (507).
 */
export interface Collection<T, I extends string = never> {
  readonly definition: CollectionDefinition<T, I>;
  get(key: string): Promise<Stored<T> | undefined>;
  /** @throws {Problem} already-exists when the key or a unique index value is taken; extensions.index names which. */
  insert(value: T, options?: WriteOptions): Promise<Stored<T>>;
  /** Inserts many; answers in order what became of each. Not atomic as a whole. */
  insertMany(values: readonly T[]): Promise<('inserted' | 'already-exists')[]>;
  /**
   * Writes the value if the stored version is still `expectedVersion`. The key must not change. Pending events already
   * in the document stay until settled.
   * @throws {Problem} version-conflict | not-found | already-exists (a unique index value is taken)
   */
  replace(value: T, expectedVersion: number, options?: WriteOptions): Promise<Stored<T>>;
  /** Insert or overwrite without a condition: last writer wins. For artefacts only. */
  put(value: T): Promise<void>;
  /** Removes it, if its version is `expectedVersion` where given. False when it was not there (or at another version). */
  remove(key: string, expectedVersion?: number): Promise<boolean>;
  /** Removes it and answers what it was: of any number at once, one is answered. Undefined when it was not there. */
  take(key: string): Promise<Stored<T> | undefined>;
  find(query: FindQuery<I>): Promise<Page<Stored<T>>>;
  /** Number of documents, counted to at most 10,000. */
  count(query: Pick<FindQuery<I>, 'index' | 'equals' | 'from' | 'to'>): Promise<number>;
  /** Documents with pending events older than `olderThan` (milliseconds since the epoch), oldest first. */
  pending(limit: number, olderThan?: number): Promise<{ key: string; events: PendingEvent[] }[]>;
  /** Marks pending events delivered without a new version. Idempotent. */
  settle(key: string, eventIds: readonly string[]): Promise<void>;
}

/** Content-addressed encrypted files. */
export interface Blobs {
  /** Stores the bytes (at most 15 MB) and answers their SHA-256 in hex; storing the same bytes again is a no-op. */
  put(bytes: Uint8Array): Promise<string>;
  /** Undefined when absent. @throws {Problem} blob-damaged when what is stored is not what was put. */
  get(sha256: string): Promise<Buffer | undefined>;
  has(sha256: string): Promise<boolean>;
  remove(sha256: string): Promise<void>;
  /** Names of what was last put at least so long ago, in no particular order: what the orphan sweep looks at. */
  list(olderThanMs: number): AsyncIterable<string>;
}

/** What storage needs of a logger; telemetry's fits. */
export interface StorageLogger {
  debug(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** An open database before its cipher is known: the keyring reads its keys here, and its cipher opens the store. */
export interface Database {
  readonly kind: 'sqlite' | 'mongo';
  readonly keyRecords: KeyRecords;
  /** The store under this cipher. Call it once; closing the store closes the database. */
  open(cipher: Cipher): Store;
  /**
   * Writes a backup of records, wrapped keys and files into an empty or new folder while the store is in use. It never
   * contains the master key.
   * @throws {Problem} store-not-empty | store-unavailable | store-full
   */
  backup(to: string, onProgress?: (progress: BackupProgress) => void): Promise<BackupReport>;
  close(): Promise<void>;
}

/** How far a backup or a restore has come. */
export interface BackupProgress {
  documents: number;
  /** How many documents there will be, about. */
  documentsEstimate: number;
  blobs: number;
}

/** What a backup holds, and what it does not. */
export interface BackupReport {
  documents: number;
  keys: number;
  blobs: number;
  /** That the master key is not in it; to be shown. */
  notice: string;
}

/** An open store with its Cipher. */
export interface Store {
  collection<T, I extends string>(definition: CollectionDefinition<T, I>): Collection<T, I>;
  /** Every collection that this process has opened so far. */
  collections(): readonly Pick<Collection<unknown>, 'definition' | 'pending' | 'settle'>[];
  readonly blobs: Blobs;
  /** Called with each document's events right after their commit in this process. */
  onCommitted(listener: (collection: string, key: string, events: readonly PendingEvent[]) => void): void;
  /** Resolves when the store answers; @throws {Problem} store-unavailable. For readiness. */
  ping(): Promise<void>;
  /** Deletes what has expired; answers how many documents. */
  sweep(): Promise<number>;
  close(): Promise<void>;
}
