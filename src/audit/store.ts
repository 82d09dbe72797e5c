import { type Collection, defineCollection } from '../storage/index.ts';
import { type Batch, batchSchema, emptyLog, type Tip, tipAfter } from './batch.ts';

/** The log: one document a batch. Not encrypted: it holds no personal data, and whoever checks it must be able to read it. */
export const auditBatches = defineCollection({
  name: 'audit-batches',
  schema: batchSchema,
  key: (batch) => batchKey(batch.number),
  indexes: [
    { name: 'number', path: 'number' },
    { name: 'account', path: ['events.data.account', 'number'] },
    // What makes a relayed event appear once although a relay may hand it over again after a crash.
    { name: 'relayed', path: 'relayed', unique: true },
  ],
});

/** The log as this room uses it: nothing that changes or removes is named. */
export type Batches = Pick<
  Collection<Batch, 'number' | 'account' | 'relayed'>,
  'get' | 'insert' | 'find' | 'count'
>;

/** Key of a batch: its number, so that a number is taken once. The order is that of the indexes. */
export const batchKey = (number: number): string => String(number);

/** Where the stored log ends now. */
export async function readTip(batches: Batches): Promise<Tip> {
  const { items } = await batches.find({ index: 'number', order: 'descending', limit: 1 });
  return items[0] ? tipAfter(items[0].value) : emptyLog;
}
