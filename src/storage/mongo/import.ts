import type { Connection, Model } from 'mongoose';
import { type Clock, Problem } from '../../core/index.ts';
import type { PortableDocument, StoreImport } from '../driver.ts';
import { indexFields, type MongoDocument } from './documents.ts';
import { markRestoring, ownCollections, prepareCollection, readShapes } from './schema.ts';

/**
 * Reads a backup into an empty database. A mark says that it is not finished, and the program refuses a database with it.
 * @throws {Problem} store-not-empty
 */
export async function importMongo(
  connection: Connection,
  clock: Clock,
  modelOf: (name: string) => Model<MongoDocument>,
): Promise<StoreImport> {
  const isUsed = async (name: string) =>
    (await connection.collection(name).countDocuments({}, { limit: 1 })) > 0;
  const { keyRecords, blobs } = ownCollections;
  if ((await readShapes(connection)).length > 0 || (await isUsed(keyRecords)) || (await isUsed(blobs)))
    throw new Problem('store-not-empty');
  await markRestoring(connection, true);
  let position = 0;
  const unreadable = () => {
    throw new Error('a collection is filled before its indexes change');
  };

  return {
    async addCollection(shape) {
      position += 1;
      await prepareCollection(connection, modelOf(shape.name), { shape, position, readEntries: unreadable });
    },
    async addDocuments(collection, documents) {
      await modelOf(collection).insertMany(documents.map(fromPortable), { lean: true });
    },
    async addKeyRecord(record) {
      const { kid, version } = record;
      await connection
        .collection<{ _id: string }>(keyRecords)
        .insertOne({ _id: kid, ...{ version, record: JSON.stringify(record) } });
    },
    async addBlob({ sha256, sealed }) {
      await connection
        .collection<{ _id: string }>(blobs)
        .insertOne({ _id: sha256, ...{ bytes: Buffer.from(sealed), putAt: clock.now() } });
    },
    async finish() {
      await markRestoring(connection, false);
      await connection.close();
    },
    abandon: () => connection.close(),
  };
}

function fromPortable({ key, version, expiresAt, body, entries, events }: PortableDocument): MongoDocument {
  return {
    _id: key,
    version,
    writes: [],
    ...(body ? { body: Buffer.from(body), index: indexFields(entries) } : { removed: true }),
    ...(expiresAt === undefined ? {} : { expires: expiresAt }),
    ...(events.length > 0 ? { events: [...events] } : {}),
  };
}
