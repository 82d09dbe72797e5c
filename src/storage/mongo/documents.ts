import mongoose from 'mongoose';
import type { CollectionShape, IndexEntries, NewRow, Row, Scalar } from '../driver.ts';

/** The rows of one index: several values only on the first path, so that sorting by the others can use the index. */
type IndexFields = Record<string, Scalar | readonly Scalar[]>;

/** A document as it lies in MongoDB. */
export interface MongoDocument {
  _id: string;
  version: number;
  /** The last write ids, newest last: by them a repeated write recognises that it has been carried out. */
  writes: string[];
  body?: Buffer;
  expires?: number;
  index?: Record<string, IndexFields>;
  events?: { id: string; at: number; body: Buffer }[];
  /** Removed, and kept only until its pending events are delivered. */
  removed?: boolean;
}

const eventSchema = new mongoose.Schema({ id: String, at: Number, body: Buffer }, { _id: false });

/** Anything that is not named here is refused by mongoose, in documents as in filters. */
export const documentSchema = new mongoose.Schema<MongoDocument>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    writes: { type: [String], required: true },
    body: Buffer,
    expires: Number,
    index: mongoose.Schema.Types.Mixed,
    events: { type: [eventSchema], default: undefined },
    removed: Boolean,
  },
  { versionKey: false, id: false, strict: 'throw', strictQuery: 'throw', minimize: false, autoIndex: false },
);

/** How many writes of others may lie between an attempt and its repetition. */
const rememberedWrites = 8;

/** The fields of all index rows of a document. */
export function indexFields(entries: IndexEntries): Record<string, IndexFields> {
  const index: Record<string, IndexFields> = {};
  for (const [name, rows] of Object.entries(entries)) {
    const [first, ...others] = rows;
    if (!first) continue;
    const fields: IndexFields = {};
    for (const [position, value] of first.entries()) fields[`v${position}`] = value;
    if (others.length > 0) fields.v0 = rows.map((row) => row[0] as Scalar);
    index[name] = fields;
  }
  return index;
}

/** What a write sets and takes away, whatever was there before. */
export function changeOf(row: NewRow, writeId: string) {
  const events = row.events.map(({ id, at, body }) => ({ id, at, body }));
  return {
    $set: {
      body: row.body,
      index: indexFields(row.entries),
      ...(row.expiresAt === undefined ? {} : { expires: row.expiresAt }),
    },
    $unset: { removed: 1, ...(row.expiresAt === undefined ? { expires: 1 } : {}) },
    $push: {
      writes: { $each: [writeId], $slice: -rememberedWrites },
      ...(events.length > 0 ? { events: { $each: events } } : {}),
    },
  };
}

/** What is inserted. */
export function documentOf(row: NewRow, writeId: string): MongoDocument {
  return {
    _id: row.key,
    version: 1,
    writes: [writeId],
    body: row.body,
    index: indexFields(row.entries),
    ...(row.expiresAt === undefined ? {} : { expires: row.expiresAt }),
    ...(row.events.length > 0 ? { events: [...row.events] } : {}),
  };
}

/** What is read. */
export function rowOf(document: MongoDocument): Row {
  return {
    key: document._id,
    version: document.version,
    body: document.body ?? Buffer.alloc(0),
    expiresAt: document.expires,
  };
}

/** Leaves out what reads of a collection do not see. */
export function visible(shape: CollectionShape, now: number): Record<string, unknown> {
  return { removed: { $ne: true }, ...(shape.expires ? { expires: { $not: { $lte: now } } } : {}) };
}
