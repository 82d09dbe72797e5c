import mongoose, { type Connection, type Model } from 'mongoose';
import type { Clock, Random } from '../../core/index.ts';
import type { CollectionShape, StoreDriver, StoreImport } from '../driver.ts';
import { createMongoBlobs } from './blobs.ts';
import { createMongoCollection } from './collection.ts';
import { documentSchema, type MongoDocument } from './documents.ts';
import { attempt, toStoreProblem } from './errors.ts';
import { exportMongo } from './export.ts';
import { importMongo } from './import.ts';
import { createMongoKeyRecords } from './key-records.ts';
import { ownCollections, prepareCollection, prepareDatabase } from './schema.ts';

export interface MongoOptions {
  url: string;
  clock: Clock;
  random: Random;
}

/**
 * Settings of the connection. A write is acknowledged when a majority has it in its journal; a read sees only such writes.
 * A person waits behind most calls, so a missing server is reported after three seconds instead of thirty.
 */
const settings: mongoose.ConnectOptions = {
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: 5_000 },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  serverSelectionTimeoutMS: 3_000,
  connectTimeoutMS: 3_000,
  socketTimeoutMS: 15_000,
  waitQueueTimeoutMS: 3_000,
  maxPoolSize: 50,
  promoteBuffers: true,
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
};

/**
 * Connects to MongoDB and prepares the database.
 * @throws {Problem} store-unavailable | store-newer | store-foreign | restore-incomplete
 */
async function connect(url: string): Promise<Connection> {
  const connection = mongoose.createConnection(url, settings);
  try {
    await connection.asPromise();
    await prepareDatabase(connection);
    return connection;
  } catch (error) {
    await connection.destroy(true);
    throw toStoreProblem(error);
  }
}

/**
 * Opens an empty database to read a backup into it.
 * @throws {Problem} as openMongo; store-not-empty
 */
export async function openMongoImport(url: string, clock: Clock): Promise<StoreImport> {
  const connection = await connect(url);
  try {
    return await importMongo(connection, clock, (name) => modelOf(connection, name));
  } catch (error) {
    await connection.close();
    throw toStoreProblem(error);
  }
}

/**
 * Opens the store in MongoDB.
 * @throws {Problem} store-unavailable | store-newer | store-foreign | restore-incomplete
 */
export async function openMongo({ url, clock, random }: MongoOptions): Promise<StoreDriver> {
  const connection = await connect(url);
  const keyRecords = createMongoKeyRecords(connection);
  const opened: { shape: CollectionShape; model: Model<MongoDocument> }[] = [];

  return {
    kind: 'mongo',
    keyRecords,
    collection(shape, readEntries) {
      const model = modelOf(connection, shape.name);
      const position = opened.push({ shape, model });
      const ready = onceDone(() => prepareCollection(connection, model, { shape, position, readEntries }));
      return createMongoCollection({ model, shape, clock, random, ready });
    },
    blobs: (seal) => createMongoBlobs({ connection, seal, clock }),
    async ping() {
      await attempt(async () => connection.db?.command({ ping: 1 }));
    },
    async sweep() {
      let swept = 0;
      for (const { shape, model } of opened) {
        if (!shape.expires) continue;
        const past = { expires: { $lte: clock.now() }, 'events.0': { $exists: false } };
        swept += (await attempt(() => model.deleteMany(past))).deletedCount;
      }
      return swept;
    },
    exportRecords: () => attempt(() => exportMongo(connection, keyRecords)),
    close: () => connection.close(),
  };
}

/** The model of a collection. @throws {Error} when its name is one of the database's own */
function modelOf(connection: Connection, name: string): Model<MongoDocument> {
  if (Object.values<string>(ownCollections).includes(name))
    throw new Error(`collection name ${name} is taken`);
  return connection.models[name] ?? connection.model<MongoDocument>(name, documentSchema, name);
}

/** Runs `work` at the first call; later calls share its success, and after a failure the next one tries again. */
function onceDone(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
