import type { Connection, Model } from 'mongoose';
import { Problem } from '../../core/index.ts';
import type { CollectionShape, IndexShape, ReadEntries } from '../driver.ts';
import { indexFields, type MongoDocument, rowOf } from './documents.ts';
import { takenIndex } from './errors.ts';

interface Meta {
  _id: string;
  version?: number;
  /** A backup is being read into the database and it is not whole. */
  isRestoring?: boolean;
  shape?: CollectionShape;
  /** Place among the collections of the process that declared it first. */
  position?: number;
}

/** Steps of the schema, oldest first: step n brings a database from version n + 1 to n + 2. Only added to. */
const migrations: readonly ((connection: Connection) => Promise<void>)[] = [];
const newestVersion = migrations.length + 1;

/** Names that no declared collection may have. */
export const ownCollections = { meta: 'tongxing', keyRecords: 'key-records', blobs: 'blobs' } as const;

const metaOf = (connection: Connection) => connection.collection<Meta>(ownCollections.meta);

/**
 * Makes an empty database ours, brings one of ours up to date, and refuses any other.
 * @throws {Problem} store-newer | store-foreign
 */
export async function prepareDatabase(connection: Connection): Promise<void> {
  const meta = metaOf(connection);
  let schema = await meta.findOne({ _id: 'schema' });
  if (!schema) {
    const names = await connection.listCollections();
    // Read again: another process may have made it ours between the two looks.
    schema = await meta.findOne({ _id: 'schema' });
    if (!schema && names.length > 0) throw new Problem('store-foreign');
    await meta.updateOne({ _id: 'schema' }, { $setOnInsert: { version: newestVersion } }, { upsert: true });
    return;
  }
  if (schema.isRestoring) throw new Problem('restore-incomplete');
  const version = schema.version ?? 0;
  if (version > newestVersion) {
    throw new Problem('store-newer', {
      detail: {
        zh: `数据库的版本为 ${version}，本程序只支持到 ${newestVersion}。请安装更新的程序；数据未被改动。`,
        en: `The database has schema version ${version}, this release knows ${newestVersion}. Install a later release; nothing was changed.`,
      },
    });
  }
  for (const migration of migrations.slice(version - 1)) await migration(connection);
  await meta.updateOne({ _id: 'schema', version }, { $set: { version: newestVersion } });
}

/** Marks the database as half restored, or takes the mark away. */
export async function markRestoring(connection: Connection, isRestoring: boolean): Promise<void> {
  await metaOf(connection).updateOne({ _id: 'schema' }, { $set: { isRestoring } });
}

/** The collections that a database holds, in the order in which a process declares them. */
export async function readShapes(connection: Connection): Promise<CollectionShape[]> {
  const found = await metaOf(connection)
    .find({ shape: { $exists: true } })
    .toArray();
  found.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  return found.flatMap(({ shape }) => (shape ? [shape] : []));
}

/** Makes the indexes of a collection, and computes the index fields again when their declaration changed. */
export async function prepareCollection(
  connection: Connection,
  model: Model<MongoDocument>,
  { shape, position, readEntries }: { shape: CollectionShape; position: number; readEntries: ReadEntries },
): Promise<void> {
  const meta = metaOf(connection);
  const id = `collection:${shape.name}`;
  const stored = await meta.findOne({ _id: id });
  if (stored && JSON.stringify(stored.shape) === JSON.stringify(shape)) return;
  const isChanged =
    stored?.shape !== undefined && JSON.stringify(stored.shape.indexes) !== JSON.stringify(shape.indexes);
  if (isChanged) await dropIndexes(model);
  for (const index of shape.indexes) if (!index.unique) await createIndex(model, index);
  await model.collection.createIndex({ 'events.at': 1 }, { name: 'events', sparse: true });
  if (shape.expires) await model.collection.createIndex({ expires: 1 }, { name: 'expires', sparse: true });
  if (isChanged) await recomputeIndexFields(model, readEntries);
  for (const index of shape.indexes) if (index.unique) await createIndex(model, index);
  await meta.updateOne({ _id: id }, { $set: { shape, position } }, { upsert: true });
}

/** Prefix of the names of declared indexes. */
const declared = 'by:';

async function createIndex(model: Model<MongoDocument>, index: IndexShape): Promise<void> {
  const fields = index.paths.map((_, position) => `index.${index.name}.v${position}`);
  // Sparse, so that documents without a value do not clash over having none. The key ends an index that is paged through.
  const keys = index.unique ? fields : [...fields, '_id'];
  const options = {
    name: `${declared}${index.name}`,
    ...(index.unique ? { unique: true, sparse: true } : {}),
  };
  try {
    await model.collection.createIndex(Object.fromEntries(keys.map((field) => [field, 1])), options);
  } catch (cause) {
    // Not a refusal of the write that happens to wait for this index.
    if (takenIndex(cause) === undefined) throw cause;
    throw new Error(
      `two documents of ${model.modelName} hold one value of its new unique index ${index.name}`,
      { cause },
    );
  }
}

/** The declared index behind the name that a duplicate-key error gives; undefined for the key itself. */
export function declaredIndex(name: string): string | undefined {
  return name.startsWith(declared) ? name.slice(declared.length) : undefined;
}

async function dropIndexes(model: Model<MongoDocument>): Promise<void> {
  for (const { name } of await model.collection.indexes())
    if (name?.startsWith(declared)) await model.collection.dropIndex(name);
}

async function recomputeIndexFields(model: Model<MongoDocument>, readEntries: ReadEntries): Promise<void> {
  for await (const document of model
    .find({ removed: { $ne: true } })
    .lean<MongoDocument[]>()
    .cursor()) {
    // A document that changed in the meantime was written with the new declaration.
    await model.updateOne(
      { _id: document._id, version: document.version },
      { $set: { index: indexFields(readEntries(rowOf(document))) } },
    );
  }
}
