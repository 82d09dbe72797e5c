import { type Cipher, type Page, type PendingEvent, Problem } from '../core/index.ts';
import { type BodyCodec, createBodyCodec } from './body.ts';
import type {
  CollectionDriver,
  CollectionShape,
  IndexEntries,
  NewRow,
  Row,
  SealedEvent,
  StoreDriver,
  WriteOutcome,
} from './driver.ts';
import { createIndexer, shapeOf } from './index-entries.ts';
import type { Collection, CollectionDefinition, FindQuery, Stored, WriteOptions } from './port.ts';
import { cursorAfter, planQuery } from './query.ts';
import type { RecentBodies } from './recent-bodies.ts';

interface Parts<T, I extends string> {
  definition: CollectionDefinition<T, I>;
  shape: CollectionShape;
  codec: BodyCodec;
  driver: CollectionDriver;
  cipher: Cipher;
  toRow: (value: T, events?: readonly PendingEvent[]) => NewRow;
  committed: (key: string, events: readonly PendingEvent[] | undefined) => void;
}

export interface CollectionDependencies {
  driver: StoreDriver;
  cipher: Cipher;
  recent: RecentBodies;
  /** Told of each document's events right after their commit. */
  onCommitted: (collection: string, key: string, events: readonly PendingEvent[]) => void;
}

/** Makes a collection of typed documents over an adapter's collection of sealed bytes. */
export function createCollection<T, I extends string>(
  definition: CollectionDefinition<T, I>,
  { driver: store, cipher, recent, onCommitted }: CollectionDependencies,
): Collection<T, I> {
  const shape = shapeOf(definition);
  const { hot: isHot = false, dictionary } = definition;
  const isReadAgain = isHot || shape.durability === 'artefact';
  const codec = createBodyCodec({ shape, cipher, isHot, dictionary, ...(isReadAgain && { recent }) });
  const indexer = createIndexer(shape, cipher);
  const readEntries = (row: Row): IndexEntries => indexer(codec.open(row.body, row.key));
  const parts: Parts<T, I> = {
    definition,
    shape,
    codec,
    cipher,
    driver: store.collection(shape, readEntries),
    toRow: (value, events = []) => toRow({ definition, codec, indexer }, value, events),
    committed: (key, events) => {
      if (events?.length) onCommitted(shape.name, key, events);
    },
  };
  return { definition, ...readers(parts), ...writers(parts), ...eventCalls(parts) };
}

function toRow<T, I extends string>(
  {
    definition,
    codec,
    indexer,
  }: Pick<Parts<T, I>, 'definition' | 'codec'> & { indexer: (value: unknown) => IndexEntries },
  value: T,
  events: readonly PendingEvent[],
): NewRow {
  const key = definition.key(value);
  if (typeof key !== 'string' || key.length < 1 || key.length > 200)
    throw new RangeError(`a key of ${definition.name} has 1 to 200 characters`);
  return {
    key,
    body: codec.seal(value, key),
    expiresAt: definition.expires?.(value),
    entries: indexer(value),
    events: events.map((event) => ({ id: event.id, at: event.at, body: codec.seal(event, `${key}|event`) })),
  };
}

function toStored<T, I extends string>({ codec }: Parts<T, I>, row: Row): Stored<T> {
  // The bytes were checked by the schema when they were written and are authenticated where it matters.
  return { key: row.key, version: row.version, value: codec.open(row.body, row.key) as T };
}

function readers<T, I extends string>(parts: Parts<T, I>): Pick<Collection<T, I>, 'get' | 'find' | 'count'> {
  const { driver, shape, cipher } = parts;
  return {
    async get(key) {
      const row = await driver.get(key);
      return row && toStored(parts, row);
    },
    async find(query) {
      const plan = planQuery(shape, query, cipher);
      // One more than asked for tells whether there is a next page.
      const rows = await driver.find({ ...plan, limit: plan.limit + 1 });
      const page: Page<Stored<T>> = { items: rows.slice(0, plan.limit).map((row) => toStored(parts, row)) };
      const last = rows[plan.limit - 1];
      if (rows.length > plan.limit && last) page.next = cursorAfter(last);
      return page;
    },
    count: async (query) => driver.count(planQuery(shape, query as FindQuery<string>, cipher)),
  };
}

function writers<T, I extends string>(
  parts: Parts<T, I>,
): Pick<Collection<T, I>, 'insert' | 'insertMany' | 'replace' | 'put' | 'remove' | 'take'> {
  const { definition, driver, shape, codec, toRow, committed } = parts;

  const finish = (outcome: WriteOutcome, row: NewRow, value: T, options: WriteOptions): Stored<T> => {
    if ('refused' in outcome) throw refusalOf(outcome);
    committed(row.key, options.events);
    return { key: row.key, version: outcome.version, value };
  };

  return {
    async insert(value, options = {}) {
      const parsed = definition.schema.parse(value);
      const row = toRow(parsed, options.events);
      return finish(await driver.insert(row, options.durable), row, parsed, options);
    },
    async insertMany(values) {
      const rows = values.map((value) => toRow(definition.schema.parse(value)));
      const outcomes = await driver.insertMany(rows);
      return outcomes.map((outcome) => ('refused' in outcome ? 'already-exists' : 'inserted'));
    },
    async replace(value, expectedVersion, options = {}) {
      const parsed = definition.schema.parse(value);
      const row = toRow(parsed, options.events);
      return finish(await driver.replace(row, expectedVersion, options.durable), row, parsed, options);
    },
    async put(value) {
      if (shape.durability !== 'artefact')
        throw new Error(`${shape.name} holds records: write them under a condition`);
      const row = toRow(definition.schema.parse(value));
      const outcome = await driver.put(row);
      if ('refused' in outcome) throw refusalOf(outcome);
    },
    remove: async (key, expectedVersion) => (await driver.take(key, expectedVersion)) !== undefined,
    async take(key) {
      const row = await driver.take(key);
      return row && { key, version: row.version, value: codec.openLast(row.body, key) as T };
    },
  };
}

function refusalOf(outcome: Extract<WriteOutcome, { refused: string }>): Problem {
  const index = 'index' in outcome ? outcome.index : undefined;
  return new Problem(outcome.refused, index === undefined ? {} : { extensions: { index } });
}

function eventCalls<T, I extends string>(parts: Parts<T, I>): Pick<Collection<T, I>, 'pending' | 'settle'> {
  const { codec, driver } = parts;
  const open = (key: string, event: SealedEvent) => codec.open(event.body, `${key}|event`) as PendingEvent;
  return {
    async pending(limit, olderThan = Number.MAX_SAFE_INTEGER) {
      const byKey = new Map<string, PendingEvent[]>();
      for (const { key, event } of await driver.pending(limit, olderThan)) {
        const events = byKey.get(key) ?? [];
        events.push(open(key, event));
        byKey.set(key, events);
      }
      return [...byKey].map(([key, events]) => ({ key, events }));
    },
    async settle(key, eventIds) {
      if (eventIds.length > 0) await driver.settle(key, eventIds);
    },
  };
}
