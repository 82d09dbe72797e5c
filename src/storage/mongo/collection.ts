import type { Model } from 'mongoose';
import type { Clock, Random } from '../../core/index.ts';
import type { CollectionDriver, CollectionShape, NewRow, WriteOutcome } from '../driver.ts';
import { changeOf, documentOf, type MongoDocument, rowOf, visible } from './documents.ts';
import { attempt, takenIndex } from './errors.ts';
import { createFinder } from './find.ts';
import { declaredIndex } from './schema.ts';

export interface MongoCollectionDependencies {
  model: Model<MongoDocument>;
  shape: CollectionShape;
  clock: Clock;
  random: Random;
  /** Resolves when the indexes are there. */
  ready: () => Promise<void>;
}

/** Inserts in flight at once in one insertMany. */
const parallelInserts = 16;

/** Makes a collection over MongoDB: each write is one conditional change of one document, recognised by its write id. */
export function createMongoCollection(dependencies: MongoCollectionDependencies): CollectionDriver {
  const { model, shape, clock, ready } = dependencies;
  const write = createWriter(dependencies);
  const finder = createFinder(model, shape, clock);
  const call = async <R>(work: (isRepeated: boolean) => Promise<R>): Promise<R> =>
    attempt(async (isRepeated) => {
      await ready();
      return work(isRepeated);
    });

  return {
    get: (key) =>
      call(async () => {
        const found = await model.findOne({ _id: key, ...visible(shape, clock.now()) }).lean<MongoDocument>();
        return found ? rowOf(found) : undefined;
      }),
    insert: write.insert,
    async insertMany(rows) {
      const outcomes: WriteOutcome[] = [];
      for (let start = 0; start < rows.length; start += parallelInserts)
        outcomes.push(...(await Promise.all(rows.slice(start, start + parallelInserts).map(write.insert))));
      return outcomes;
    },
    replace: write.replace,
    put: write.put,
    take: (key, expectedVersion) =>
      call(async () => {
        const filter = {
          _id: key,
          ...visible(shape, clock.now()),
          ...(expectedVersion === undefined ? {} : { version: expectedVersion }),
        };
        const gone =
          (await model
            .findOneAndDelete({ ...filter, 'events.0': { $exists: false } })
            .lean<MongoDocument>()) ??
          // With events still pending it stays as their carrier, without body and index values.
          (await model
            .findOneAndUpdate(filter, { $set: { removed: true }, $unset: { body: 1, index: 1, expires: 1 } })
            .lean<MongoDocument>());
        return gone ? rowOf(gone) : undefined;
      }),
    find: (plan) => call(() => finder.find(plan)),
    count: (plan) => call(() => finder.count(plan)),
    pending: (limit, olderThan) =>
      call(async () => {
        const found = await model
          .find({ 'events.at': { $lte: olderThan } })
          .sort({ 'events.at': 1 })
          .limit(limit)
          .lean<MongoDocument[]>();
        return found.flatMap(({ _id: key, events = [] }) =>
          events.filter(({ at }) => at <= olderThan).map((event) => ({ key, event })),
        );
      }),
    settle: (key, eventIds) =>
      call(async () => {
        await model.updateOne({ _id: key }, { $pull: { events: { id: { $in: [...eventIds] } } } });
        await model.deleteOne({ _id: key, removed: true, 'events.0': { $exists: false } });
      }),
  };
}

/** The writes that need a write id. */
function createWriter({ model, shape, clock, random, ready }: MongoCollectionDependencies) {
  /** Runs one write under one id, through broken connections and over expired holders of its unique values. */
  async function writeOnce(
    row: NewRow,
    work: (writeId: string, isRepeated: boolean) => Promise<WriteOutcome>,
  ): Promise<WriteOutcome> {
    const writeId = random.id();
    for (let isFreed = false; ; isFreed = true) {
      try {
        return await attempt(async (isRepeated) => {
          await ready();
          return work(writeId, isRepeated);
        });
      } catch (error) {
        const taken = takenIndex(error);
        if (taken === undefined) throw error;
        const index = declaredIndex(taken);
        const own = await findOwn(row.key, writeId);
        if (own) return own;
        if (index === undefined) return { refused: 'already-exists' };
        if (isFreed || !(await removeExpiredHolders(row, index))) return { refused: 'already-exists', index };
      }
    }
  }

  /** The outcome of a write whose answer was lost. Its version is read back: others may have written since. */
  async function findOwn(key: string, writeId: string): Promise<WriteOutcome | undefined> {
    const found = await attempt(() => model.findOne({ _id: key, writes: writeId }).lean<MongoDocument>());
    if (!found) return undefined;
    const later = found.writes.length - 1 - found.writes.indexOf(writeId);
    return { version: found.version - later };
  }

  async function removeExpiredHolders(row: NewRow, index: string): Promise<boolean> {
    const values = (row.entries[index] ?? []).map(([first]) => first);
    const expired = { [`index.${index}.v0`]: { $in: values }, expires: { $lte: clock.now() } };
    const removed = await attempt(() => model.deleteOne(expired));
    return removed.deletedCount > 0;
  }

  return {
    insert: (row: NewRow) =>
      writeOnce(row, async (writeId) => {
        try {
          await model.insertOne(documentOf(row, writeId));
          return { version: 1 };
        } catch (error) {
          if (takenIndex(error) !== '_id_') throw error;
          const own = await findOwn(row.key, writeId);
          if (own) return own;
          // What is removed or has expired counts as absent, so its place is free.
          const { $set, ...change } = changeOf(row, writeId);
          const absent = { $or: [{ removed: true }, { expires: { $lte: clock.now() } }] };
          const taken = await model.updateOne(
            { _id: row.key, ...absent },
            { ...change, $set: { ...$set, version: 1 } },
          );
          return taken.matchedCount === 1 ? { version: 1 } : { refused: 'already-exists' };
        }
      }),
    replace: (row: NewRow, expectedVersion: number) =>
      writeOnce(row, async (writeId, isRepeated) => {
        const { $set, ...change } = changeOf(row, writeId);
        const version = expectedVersion + 1;
        const filter = { _id: row.key, version: expectedVersion, ...visible(shape, clock.now()) };
        const written = await model.updateOne(filter, { ...change, $set: { ...$set, version } });
        if (written.matchedCount === 1) return { version };
        const own = isRepeated ? await findOwn(row.key, writeId) : undefined;
        if (own) return own;
        const present = await model.exists({ _id: row.key, ...visible(shape, clock.now()) });
        return { refused: present ? 'version-conflict' : 'not-found' };
      }),
    put: (row: NewRow) =>
      writeOnce(row, async (writeId) => {
        for (let isRaced = false; ; isRaced = true) {
          try {
            const change = { ...changeOf(row, writeId), $inc: { version: 1 } };
            const options = { upsert: true, returnDocument: 'after', projection: { version: 1 } } as const;
            const written = await model
              .findOneAndUpdate({ _id: row.key }, change, options)
              .lean<MongoDocument>();
            return { version: written?.version ?? 1 };
          } catch (error) {
            // Two upserts of one new key: the second one finds the document now.
            if (isRaced || takenIndex(error) !== '_id_') throw error;
          }
        }
      }),
  };
}
