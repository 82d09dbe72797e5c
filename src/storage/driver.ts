import type { KeyRecord, KeyRecords } from '../core/index.ts';
import type { Blobs, IndexValue } from './port.ts';

/** An index value as an adapter stores it: booleans are 0 and 1, blind values are tokens. */
export type Scalar = string | number;

/** One row of an index: a value for each of its paths. */
export type IndexEntry = readonly Scalar[];

/** All rows that a document has in the indexes of its collection, by index name. */
export type IndexEntries = Readonly<Record<string, readonly IndexEntry[]>>;

/** A pending event as an adapter stores it: what it sorts and selects by in the open, the rest sealed. */
export interface SealedEvent {
  id: string;
  at: number;
  body: Buffer;
}

/** A document as an adapter reads it. */
export interface Row {
  key: string;
  version: number;
  body: Uint8Array;
  expiresAt: number | undefined;
}

/** A document as an adapter writes it. */
export interface NewRow {
  key: string;
  body: Buffer;
  expiresAt: number | undefined;
  entries: IndexEntries;
  events: readonly SealedEvent[];
}

/** What became of a write: the new version, or the reason why nothing was written. */
export type WriteOutcome =
  | { version: number }
  | { refused: 'not-found' | 'version-conflict' }
  | { refused: 'already-exists'; index?: string };

/** A checked query: only declared indexes, as many values as paths, values already in stored form. */
export interface FindPlan {
  index: IndexShape;
  /** For each leading path the values of which any may match (several only for blind tokens). */
  equals: readonly (readonly Scalar[])[];
  from?: Scalar | undefined;
  to?: Scalar | undefined;
  descending: boolean;
  /** Values of the paths after `equals`, then the key, of the last row of the page before. */
  after?: { values: readonly Scalar[]; key: string } | undefined;
  limit: number;
}

/** A row found, with its values on the paths after `equals`: what the cursor remembers. */
export interface FoundRow extends Row {
  sort: readonly Scalar[];
}

/** What an adapter knows of an index. */
export interface IndexShape {
  name: string;
  paths: readonly string[];
  unique: boolean;
  blind: boolean;
}

/** What an adapter knows of a collection: nothing of the values in it. */
export interface CollectionShape {
  name: string;
  indexes: readonly IndexShape[];
  durability: 'record' | 'artefact';
  sharded: boolean;
  encrypted: boolean;
  /** Documents may have an end: reads leave out what is past it. */
  expires: boolean;
}

/** Computes the index rows of a stored document: what an adapter calls when the indexes of a collection changed. */
export type ReadEntries = (row: Row) => IndexEntries;

/** One collection of one adapter. Every write is one atomic change of one document. */
export interface CollectionDriver {
  get(key: string): Promise<Row | undefined>;
  insert(row: NewRow, durable?: boolean): Promise<WriteOutcome>;
  insertMany(rows: readonly NewRow[]): Promise<WriteOutcome[]>;
  /** `durable`: acknowledged like a record, whatever the collection holds. */
  replace(row: NewRow, expectedVersion: number, durable?: boolean): Promise<WriteOutcome>;
  put(row: NewRow): Promise<WriteOutcome>;
  /** Removes it, if its version is `expectedVersion` where given, and answers what it was: of any number at once, one is answered. */
  take(key: string, expectedVersion?: number): Promise<Row | undefined>;
  find(plan: FindPlan): Promise<FoundRow[]>;
  count(plan: FindPlan): Promise<number>;
  /** Oldest first; at most `limit` events. */
  pending(limit: number, olderThan: number): Promise<{ key: string; event: SealedEvent }[]>;
  settle(key: string, eventIds: readonly string[]): Promise<void>;
}

/** One adapter, open. */
export interface StoreDriver {
  readonly kind: 'sqlite' | 'mongo';
  readonly keyRecords: KeyRecords;
  collection(shape: CollectionShape, readEntries: ReadEntries): CollectionDriver;
  blobs(seal: BlobSeal): Blobs;
  ping(): Promise<void>;
  sweep(): Promise<number>;
  /** What a backup holds: all records as they were at one moment, or, where the store has no such thing, one by one. */
  exportRecords(): Promise<RecordExport>;
  close(): Promise<void>;
}

/** Records on their way into a backup, or out of it. Artefacts are not among them. */
export interface RecordExport {
  shapes: readonly CollectionShape[];
  /** At most this many documents come; for progress. */
  estimate: number;
  documents: AsyncIterable<PortableDocument>;
  /** Read after the documents, so that no document is under a key that is not there. */
  keyRecords(): Promise<KeyRecord[]>;
  blobs: AsyncIterable<SealedBlob>;
  /** Lets go of what the reading holds; also when it failed half-way. */
  close(): void;
}

/** A document outside any adapter: what is sealed stays sealed. */
export interface PortableDocument {
  collection: string;
  key: string;
  version: number;
  expiresAt?: number | undefined;
  /** Absent when the document was removed and only its pending events are left. */
  body?: Uint8Array | undefined;
  entries: IndexEntries;
  events: readonly SealedEvent[];
}

/** A blob as it is stored. */
export interface SealedBlob {
  sha256: string;
  sealed: Uint8Array;
}

/** An empty store that a backup is read into; it is no store until it is finished. */
export interface StoreImport {
  addCollection(shape: CollectionShape): Promise<void>;
  addDocuments(collection: string, documents: readonly PortableDocument[]): Promise<void>;
  addKeyRecord(record: KeyRecord): Promise<void>;
  addBlob(blob: SealedBlob): Promise<void>;
  finish(): Promise<void>;
  /** Gives up; what was written so far is not taken for a store. */
  abandon(): Promise<void>;
}

/** How the bytes of a blob are sealed under their SHA-256. */
export interface BlobSeal {
  seal(bytes: Uint8Array, sha256: string): Buffer;
  /** @throws {Problem} blob-damaged */
  open(sealed: Uint8Array, sha256: string): Buffer;
}

/** Index values in the form in which adapters store and compare them. */
export function toScalar(value: IndexValue): Scalar {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError('an index value is not a finite number');
  return value;
}
