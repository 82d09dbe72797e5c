import { type Clock, isProblem, type PendingEvent, Problem } from '../core/index.ts';
import type { Collection, FindQuery, Stored } from '../storage/index.ts';
import type { LicenceRecord } from './record.ts';
import { withKeys } from './record.ts';
import type { LicenceIndex } from './store.ts';

/** What an operation decides about a licence it was shown. */
export interface Decision<R> {
  write?: { record: Omit<LicenceRecord, 'holderKeys'>; events?: readonly PendingEvent[] } | undefined;
  result: R;
}

/** Licences in the store: every operation is one conditional write of one document. */
export interface Records {
  get(id: string): Promise<LicenceRecord | undefined>;
  findOne(index: LicenceIndex, value: string): Promise<LicenceRecord | undefined>;
  find(query: FindQuery<LicenceIndex>): Promise<{ items: LicenceRecord[]; next?: string | undefined }>;
  /** The record that is there now: the given one, or the one that was there before, when the key is taken. */
  insert(
    record: Omit<LicenceRecord, 'holderKeys'>,
    events: readonly PendingEvent[],
  ): Promise<{ record: LicenceRecord; isNew: boolean }>;
  insertMany(
    records: readonly Omit<LicenceRecord, 'holderKeys'>[],
  ): Promise<('inserted' | 'already-exists')[]>;
  /**
   * Shows the licence to `decide` and writes what it decides on the version that it saw; `decide` may run several times and
   * must not act.
   * @throws {Problem} licence-not-found | licence-busy after many lost races
   */
  change<R>(id: string, decide: (record: LicenceRecord, now: number) => Decision<R>): Promise<R>;
}

/** Lost races in a row before we say so: each means that another write on this one licence succeeded. */
const patience = 100;

const valuesOf = (items: readonly Stored<LicenceRecord>[]) => items.map(({ value }) => value);

/** Makes the records over their collection. */
export function createRecords(deps: {
  collection: Collection<LicenceRecord, LicenceIndex>;
  clock: Clock;
}): Records {
  const { collection, clock } = deps;
  return {
    get: async (id) => (await collection.get(id))?.value,
    findOne: async (index, value) =>
      (await collection.find({ index, equals: [value], limit: 1 })).items[0]?.value,
    async find(query) {
      const { items, next } = await collection.find(query);
      return { items: valuesOf(items), ...(next && { next }) };
    },
    async insert(record, events) {
      try {
        return { record: (await collection.insert(withKeys(record), { events })).value, isNew: true };
      } catch (error) {
        if (!isProblem(error, 'already-exists')) throw error;
        const present = await collection.get(record.id);
        if (!present) throw error;
        return { record: present.value, isNew: false };
      }
    },
    insertMany: (records) => collection.insertMany(records.map(withKeys)),
    async change(id, decide) {
      for (let lost = 0; lost < patience; lost += 1) {
        const stored = await collection.get(id);
        if (!stored) throw new Problem('licence-not-found');
        const { write, result } = decide(stored.value, clock.now());
        if (!write) return result;
        try {
          await collection.replace(withKeys(write.record), stored.version, { events: write.events ?? [] });
          return result;
        } catch (error) {
          if (!isProblem(error, 'version-conflict')) throw error;
        }
      }
      throw new Problem('licence-busy');
    },
  };
}
