import type { Connection } from 'mongoose';
import type { KeyRecord, KeyRecords } from '../../core/index.ts';
import { attempt, takenIndex } from './errors.ts';
import { ownCollections } from './schema.ts';

interface KeyDocument {
  _id: string;
  version: number;
  /** JSON of the whole record: nothing in it is ever searched. */
  record: string;
}

/** The keyring's records in MongoDB. */
export function createMongoKeyRecords(connection: Connection): KeyRecords {
  const documents = connection.collection<KeyDocument>(ownCollections.keyRecords);
  const textOf = (record: KeyRecord, version: number): string => JSON.stringify({ ...record, version });
  /** True when the stored record is the very one: an attempt whose answer was lost had been carried out. */
  const isStored = async (kid: string, record: string): Promise<boolean> =>
    (await documents.findOne({ _id: kid }))?.record === record;
  return {
    list: () =>
      attempt(async () => {
        const found = await documents.find().sort({ _id: 1 }).toArray();
        return found.map(({ record }) => JSON.parse(record) as KeyRecord);
      }),
    insert: (given) =>
      attempt(async (isRepeated) => {
        const record = textOf(given, 1);
        try {
          await documents.insertOne({ _id: given.kid, version: 1, record });
          return true;
        } catch (error) {
          if (takenIndex(error) === undefined) throw error;
          return isRepeated && isStored(given.kid, record);
        }
      }),
    replace: (given, expectedVersion) =>
      attempt(async (isRepeated) => {
        const version = expectedVersion + 1;
        const record = textOf(given, version);
        const filter = { _id: given.kid, version: expectedVersion };
        const written = await documents.updateOne(filter, { $set: { version, record } });
        return written.matchedCount === 1 || (isRepeated && isStored(given.kid, record));
      }),
    remove: (kid) =>
      attempt(async () => {
        await documents.deleteOne({ _id: kid });
      }),
  };
}
