import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Clock, isProblem, systemRandom } from '../../src/core/index.ts';
import { type Database, defineCollection, type Store } from '../../src/storage/index.ts';
import { event, passes, people, person, tickets } from './collections.ts';

/** An open, empty store of the adapter under test. */
export interface OpenedStore {
  database: Database;
  store: Store;
  /** Another view of the same data, as a second process would have it. */
  again(): Promise<Store>;
  remove(): Promise<void>;
}

/** Opens an empty store whose time is `clock`. */
export type OpenStore = (options: { clock: Clock }) => Promise<OpenedStore>;

/** Runs the contract that every adapter keeps. What passes here is what the other rooms rely on. */
export function storeContract(name: string, open: OpenStore, { isSkipped = false } = {}): void {
  (isSkipped ? describe.skip : describe)(`store contract: ${name}`, () => {
    let now = Date.UTC(2026, 0, 1);
    let opened: OpenedStore;
    const context = {
      get store() {
        return opened.store;
      },
      get opened() {
        return opened;
      },
      now: () => now,
      advance: (milliseconds: number) => {
        now += milliseconds;
      },
    };
    beforeAll(async () => {
      opened = await open({ clock: { now: () => now } });
      // Building the stand-in server takes its time, once.
    }, 300_000);
    afterAll(async () => opened?.remove());

    describe('records', () => recordTests(context));
    describe('atomicity', () => atomicityTests(context));
    describe('expiry, time zones, paging', () => expiryTests(context));
    describe('events, keys and blobs', () => otherTests(context));
  });
}

interface Context {
  readonly store: Store;
  readonly opened: OpenedStore;
  now(): number;
  advance(milliseconds: number): void;
}

/** Runs `count` calls at once and answers how many of them ended how: fulfilled, or by which problem code. */
async function race(
  count: number,
  call: (position: number) => Promise<unknown>,
): Promise<Record<string, number>> {
  const ends = await Promise.allSettled(Array.from({ length: count }, (_, position) => call(position)));
  const tally: Record<string, number> = {};
  for (const end of ends) {
    if (end.status === 'rejected' && !isProblem(end.reason)) throw end.reason;
    const how =
      end.status === 'fulfilled' ? String(end.value ?? 'done') : (end.reason as { code: string }).code;
    tally[how] = (tally[how] ?? 0) + 1;
  }
  return tally;
}

function recordTests(context: Context): void {
  test('a document comes back as it was inserted, at version 1', async () => {
    const collection = context.store.collection(people);
    const value = person({ name: '示例乙 😀', town: '贵阳' });
    expect(await collection.insert(value)).toEqual({ key: value.id, version: 1, value });
    expect(await collection.get(value.id)).toEqual({ key: value.id, version: 1, value });
    expect(await collection.get('absent')).toBeUndefined();
  });

  test('a long document is kept whole', async () => {
    const collection = context.store.collection(people);
    const value = person({ name: '长'.repeat(50_000) });
    await collection.insert(value);
    expect((await collection.get(value.id))?.value).toEqual(value);
  });

  test('a value that does not match the schema is never written', async () => {
    const collection = context.store.collection(people);
    const value = { ...person(), joinedAt: 'yesterday' } as never;
    await expect(collection.insert(value)).rejects.toThrow();
    await expect(collection.insert({ ...person(), extra: 1 } as never)).rejects.toThrow();
  });

  test('a second document with the same key is refused', async () => {
    const collection = context.store.collection(people);
    const value = person();
    await collection.insert(value);
    await expect(collection.insert({ ...value, identifiers: [] })).rejects.toMatchObject({
      code: 'already-exists',
    });
  });

  test('replace needs the present version and raises it', async () => {
    const collection = context.store.collection(people);
    const value = person();
    await collection.insert(value);
    expect(await collection.replace({ ...value, name: '新名' }, 1)).toMatchObject({ version: 2 });
    await expect(collection.replace({ ...value, name: '旧名' }, 1)).rejects.toMatchObject({
      code: 'version-conflict',
    });
    expect((await collection.get(value.id))?.value.name).toBe('新名');
    await expect(collection.replace(person(), 1)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('remove says whether something was there, and heeds the version', async () => {
    const collection = context.store.collection(people);
    const value = person();
    await collection.insert(value);
    expect(await collection.remove(value.id, 2)).toBe(false);
    expect(await collection.remove(value.id, 1)).toBe(true);
    expect(await collection.remove(value.id)).toBe(false);
    expect(await collection.get(value.id)).toBeUndefined();
    // Its unique values are free again.
    expect(await collection.insert(person({ identifiers: value.identifiers }))).toMatchObject({ version: 1 });
  });

  test('put overwrites artefacts and is refused on records', async () => {
    const artefacts = context.store.collection(tickets);
    const ticket = { id: systemRandom.id(), grantId: 'g', consumed: false };
    await artefacts.put(ticket);
    await artefacts.put({ ...ticket, consumed: true });
    expect(await artefacts.get(ticket.id)).toMatchObject({ version: 2, value: { consumed: true } });
    await expect(context.store.collection(people).put(person())).rejects.toThrow('records');
  });

  test('insertMany answers in order which documents were new', async () => {
    const collection = context.store.collection(people);
    const known = person();
    await collection.insert(known);
    const sameIdentifier = person({ identifiers: known.identifiers });
    const outcomes = await collection.insertMany([person(), known, sameIdentifier, person()]);
    expect(outcomes).toEqual(['inserted', 'already-exists', 'already-exists', 'inserted']);
    expect(await collection.insertMany([])).toEqual([]);
  });

  test('a blind index finds by each value of an array, and no other spelling', async () => {
    const collection = context.store.collection(people);
    const value = person({ identifiers: [`a-${systemRandom.id()}`, `b-${systemRandom.id()}`] });
    await collection.insert(value);
    for (const identifier of value.identifiers) {
      const page = await collection.find({ index: 'identifier', equals: [identifier] });
      expect(page.items.map(({ key }) => key)).toEqual([value.id]);
    }
    const [first = ''] = value.identifiers;
    expect((await collection.find({ index: 'identifier', equals: [first.toUpperCase()] })).items).toEqual([]);
  });

  test('an index follows the value that replaces another', async () => {
    const collection = context.store.collection(people);
    const value = person({ town: '遵义一' });
    await collection.insert(value);
    await collection.replace({ ...value, town: '遵义二', identifiers: [`new-${value.id}`] }, 1);
    expect(await collection.count({ index: 'town', equals: ['遵义一'] })).toBe(0);
    expect(await collection.count({ index: 'town', equals: ['遵义二'] })).toBe(1);
    expect(await collection.count({ index: 'identifier', equals: value.identifiers })).toBe(0);
    expect(await collection.insert(person({ identifiers: value.identifiers }))).toBeDefined();
    const { town: _left, ...without } = value;
    await collection.replace({ ...without, identifiers: [`left-${value.id}`] }, 2);
    expect(await collection.count({ index: 'town', equals: ['遵义二'] })).toBe(0);
  });

  test('a unique index names itself when its value is taken', async () => {
    const collection = context.store.collection(people);
    const value = person();
    await collection.insert(value);
    const clash = { code: 'already-exists', extensions: { index: 'identifier' } };
    await expect(collection.insert(person({ identifiers: value.identifiers }))).rejects.toMatchObject(clash);
    const other = person();
    await collection.insert(other);
    const stolen = { ...other, identifiers: [...other.identifiers, ...value.identifiers] };
    await expect(collection.replace(stolen, 1)).rejects.toMatchObject(clash);
    expect((await collection.get(other.id))?.version).toBe(1);
  });

  test('a query that no declared index answers is refused', async () => {
    const collection = context.store.collection(people);
    const query = (question: unknown) => collection.find(question as never);
    await expect(query({ index: 'password' })).rejects.toThrow('no index');
    await expect(query({ index: '__proto__' })).rejects.toThrow('no index');
    await expect(query({ index: 'identifier' })).rejects.toThrow('blind');
    await expect(query({ index: 'identifier', equals: [{ $ne: '' }] })).rejects.toThrow('strings, numbers');
    await expect(query({ index: 'joined', from: { $gt: 0 } })).rejects.toThrow('strings, numbers');
    await expect(query({ index: 'joined', equals: [1, 2] })).rejects.toThrow('fewer paths');
    await expect(query({ index: 'joined', limit: 5000 })).rejects.toThrow('limit');
  });

  test('an index that is declared later finds what was written before, and one no longer declared is gone', async () => {
    const name = 'later-indexed';
    const identifier = { name: 'identifier', path: 'identifiers', unique: true, blind: true } as const;
    const early = defineCollection({
      ...people,
      name,
      indexes: [identifier, { name: 'born', path: 'joinedAt' }],
    });
    const late = defineCollection({
      ...people,
      name,
      indexes: [identifier, { name: 'town', path: ['town', 'joinedAt'] }],
    });
    const values = Array.from({ length: 20 }, (_, n) => person({ town: '毕节', joinedAt: n }));
    await context.store.collection(early).insertMany(values);
    const other = await context.opened.again();
    const collection = other.collection(late);
    const found = await collection.find({ index: 'town', equals: ['毕节'], order: 'descending' });
    expect(found.items.map(({ value }) => value)).toEqual(values.toReversed());
    const [first] = values;
    await expect(collection.insert(person({ identifiers: first?.identifiers ?? [] }))).rejects.toMatchObject({
      extensions: { index: 'identifier' },
    });
    await other.close();
  });

  test('two views of the same data see each other', async () => {
    const other = await context.opened.again();
    const value = person();
    await other.collection(people).insert(value);
    expect(await context.store.collection(people).get(value.id)).toMatchObject({ version: 1 });
    await other.close();
  });
}

function atomicityTests(context: Context): void {
  test('of 50 parallel conditional writes exactly one wins', async () => {
    const collection = context.store.collection(people);
    const value = person();
    await collection.insert(value);
    const tally = await race(50, (n) => collection.replace({ ...value, name: `胜者${n}` }, 1));
    expect(Object.values(tally).reduce((sum, n) => sum + n, 0)).toBe(50);
    expect(tally['version-conflict']).toBe(49);
    expect((await collection.get(value.id))?.version).toBe(2);
  });

  test('of 50 parallel inserts of one key exactly one wins', async () => {
    const collection = context.store.collection(people);
    const { id } = person();
    const tally = await race(50, (n) => collection.insert(person({ id, identifiers: [`${id}-${n}`] })));
    expect(tally['already-exists']).toBe(49);
  });

  test('of 50 parallel inserts of one unique value exactly one wins', async () => {
    const collection = context.store.collection(people);
    const identifiers = [`contested-${systemRandom.id()}`];
    const tally = await race(50, () => collection.insert(person({ identifiers })));
    expect(tally['already-exists']).toBe(49);
    expect(await collection.count({ index: 'identifier', equals: identifiers })).toBe(1);
  });

  test('a one-time code is consumed by exactly one of 50', async () => {
    const collection = context.store.collection(tickets);
    const ticket = { id: systemRandom.id(), grantId: 'g', consumed: false };
    await collection.insert(ticket);
    const tally = await race(50, async () => {
      const found = await collection.get(ticket.id);
      if (!found || found.value.consumed) return 'too late';
      await collection.replace({ ...found.value, consumed: true }, found.version);
      return 'consumed';
    });
    expect(tally.consumed).toBe(1);
  });

  test('a document is removed by exactly one of 50', async () => {
    const collection = context.store.collection(tickets);
    const ticket = { id: systemRandom.id(), grantId: 'g', consumed: false };
    await collection.insert(ticket);
    const tally = await race(50, () => collection.remove(ticket.id, 1));
    expect(tally).toEqual({ true: 1, false: 49 });
  });

  test('two views that add 25 each to one count reach 50', async () => {
    const other = await context.opened.again();
    const value = person({ joinedAt: 0 });
    await context.store.collection(people).insert(value);
    await race(50, async (n) => {
      const collection = (n % 2 ? other : context.store).collection(people);
      for (;;) {
        const found = await collection.get(value.id);
        if (!found) throw new Error('gone');
        const next = { ...found.value, joinedAt: found.value.joinedAt + 1 };
        const written = await collection.replace(next, found.version).catch((error: unknown) => {
          if (!isProblem(error, 'version-conflict')) throw error;
        });
        if (written) return;
      }
    });
    expect(await context.store.collection(people).get(value.id)).toMatchObject({
      version: 51,
      value: { joinedAt: 50 },
    });
    await other.close();
  });
}

function expiryTests(context: Context): void {
  const pass = (expiresAt?: number) => {
    const id = systemRandom.id();
    return { id, grantId: `g-${id}`, consumed: false, ...(expiresAt === undefined ? {} : { expiresAt }) };
  };

  test('a document past its end counts as absent for every call', async () => {
    const collection = context.store.collection(passes);
    const value = pass(context.now() + 1000);
    await collection.insert(value);
    context.advance(999);
    expect(await collection.get(value.id)).toBeDefined();
    context.advance(1);
    expect(await collection.get(value.id)).toBeUndefined();
    expect((await collection.find({ index: 'grant', equals: [value.grantId] })).items).toEqual([]);
    expect(await collection.count({ index: 'grant', equals: [value.grantId] })).toBe(0);
    await expect(collection.replace(value, 1)).rejects.toMatchObject({ code: 'not-found' });
    expect(await collection.remove(value.id)).toBe(false);
  });

  test('the key and the unique values of an expired document are free', async () => {
    const collection = context.store.collection(passes);
    const value = pass(context.now() + 1000);
    const other = pass(context.now() + 1000);
    await collection.insert(value);
    await collection.insert(other);
    context.advance(1000);
    const next = { ...value, grantId: `next-${value.id}`, expiresAt: context.now() + 1000 };
    expect(await collection.insert(next)).toMatchObject({ version: 1 });
    expect(await collection.insert({ ...pass(), grantId: other.grantId })).toMatchObject({ version: 1 });
  });

  test('expired artefacts are still returned where declared, until swept', async () => {
    const collection = context.store.collection(tickets);
    const value = pass(context.now() + 1000);
    await collection.put(value);
    context.advance(2000);
    expect(await collection.get(value.id)).toBeDefined();
    expect((await collection.find({ index: 'grant', equals: [value.grantId] })).items).toHaveLength(1);
    context.advance(15 * 60_000);
    await context.store.sweep();
    expect(await collection.get(value.id)).toBeUndefined();
  });

  test('a sweep leaves what is alive and what has no end', async () => {
    const collection = context.store.collection(passes);
    const [dead, alive, endless] = [pass(context.now() + 1), pass(context.now() + 60_000), pass()];
    await collection.insertMany([dead, alive, endless]);
    context.advance(1000);
    expect(await context.store.sweep()).toBeGreaterThanOrEqual(1);
    expect(await context.store.sweep()).toBe(0);
    expect(await collection.get(alive.id)).toBeDefined();
    expect(await collection.get(endless.id)).toBeDefined();
    expect(await collection.count({ index: 'consumed', equals: [false] })).toBeGreaterThanOrEqual(2);
  });

  test('instants mean the same in every time zone', async () => {
    const collection = context.store.collection(passes);
    const zone = process.env.TZ;
    const value = pass(context.now() + 3600_000);
    try {
      process.env.TZ = 'Pacific/Kiritimati';
      await collection.insert(value);
      process.env.TZ = 'Pacific/Pago_Pago';
      expect((await collection.get(value.id))?.value.expiresAt).toBe(value.expiresAt);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test('pages follow each other in both orders without gap or repetition while others insert', async () => {
    const collection = context.store.collection(people);
    const town = `镇-${systemRandom.id()}`;
    // Several share an instant, so that the key decides between them.
    const all = Array.from({ length: 95 }, (_, n) => person({ town, joinedAt: 1000 + Math.floor(n / 3) }));
    await collection.insertMany(all);
    for (const order of ['ascending', 'descending'] as const) {
      const seen: string[] = [];
      const instants: number[] = [];
      let after: string | undefined;
      do {
        const page = await collection.find({
          index: 'town',
          equals: [town],
          order,
          limit: 10,
          ...(after ? { after } : {}),
        });
        for (const { key, value } of page.items) {
          seen.push(key);
          instants.push(value.joinedAt);
        }
        after = page.next;
        await collection.insert(person({ town, joinedAt: 1015 }));
      } while (after !== undefined);
      expect(new Set(seen).size).toBe(seen.length);
      expect(all.filter(({ id }) => !seen.includes(id))).toEqual([]);
      expect(instants).toEqual([...instants].sort((a, b) => (order === 'ascending' ? a - b : b - a)));
    }
  });

  test('a range takes from and leaves out to, and numbers are ordered as numbers', async () => {
    const collection = context.store.collection(people);
    const town = `镇-${systemRandom.id()}`;
    const instants = [-5, 0, 2, 10, 100, 9.9e12].map(Math.trunc);
    await collection.insertMany(instants.map((joinedAt) => person({ town, joinedAt })));
    const range = async (from?: number, to?: number) => {
      const limits = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      const page = await collection.find({ index: 'town', equals: [town], ...limits });
      return page.items.map(({ value }) => value.joinedAt);
    };
    expect(await range()).toEqual(instants);
    expect(await range(2, 100)).toEqual([2, 10]);
    expect(await range(undefined, 0)).toEqual([-5]);
    expect(await collection.count({ index: 'town', equals: [town], from: 10 })).toBe(3);
  });

  test('a cursor of another list or a made-up one is refused', async () => {
    const collection = context.store.collection(people);
    await collection.insertMany([person({ town: '游标' }), person({ town: '游标' })]);
    const { next = '' } = await collection.find({ index: 'town', equals: ['游标'], limit: 1 });
    const invalid = { code: 'cursor-invalid' };
    for (const after of [
      'x',
      '',
      Buffer.from('[{"$gt":""},"k"]').toString('base64url'),
      `${next}x`.slice(3),
    ]) {
      await expect(collection.find({ index: 'town', equals: ['游标'], after })).rejects.toMatchObject(
        invalid,
      );
    }
    await expect(collection.find({ index: 'town', after: next })).rejects.toMatchObject(invalid);
  });
}

function otherTests(context: Context): void {
  test('events ride in the document until they are settled, oldest document first', async () => {
    const collection = context.store.collection(people);
    const value = person();
    const [first, second, third] = [event('a.b.c', 10), event('a.b.c', 20), event('a.b.c', 30)];
    await collection.insert(value, { events: [first, second] });
    await collection.replace({ ...value, name: '改名' }, 1, { events: [third] });
    const mine = async (olderThan?: number) =>
      (await collection.pending(1000, olderThan))
        .filter(({ key }) => key === value.id)
        .flatMap(({ events }) => events);
    expect(await mine()).toEqual([first, second, third]);
    expect(await mine(20)).toEqual([first, second]);
    await collection.settle(value.id, [first.id, third.id, 'unknown']);
    await collection.settle(value.id, [first.id]);
    expect(await mine()).toEqual([second]);
    expect((await collection.get(value.id))?.version).toBe(2);
    await collection.settle(value.id, [second.id]);
    expect(await mine()).toEqual([]);
  });

  test('events of a refused write are not there, those of a removed document still are', async () => {
    const collection = context.store.collection(people);
    const value = person();
    const kept = event();
    await collection.insert(value, { events: [kept] });
    await expect(collection.replace(value, 7, { events: [event()] })).rejects.toMatchObject({
      code: 'version-conflict',
    });
    await collection.remove(value.id);
    const mine = (await collection.pending(1000)).filter(({ key }) => key === value.id);
    expect(mine).toEqual([{ key: value.id, events: [kept] }]);
    expect(await collection.get(value.id)).toBeUndefined();
    expect(await collection.insert(value)).toMatchObject({ version: 1 });
    await collection.settle(value.id, [kept.id]);
    expect(await collection.get(value.id)).toBeDefined();
  });

  test('listeners hear of events once they are committed, and of nothing else', async () => {
    const collection = context.store.collection(people);
    const heard: unknown[] = [];
    context.store.onCommitted((...args) => heard.push(args));
    const value = person();
    const said = event();
    await collection.insert(value, { events: [said] });
    await collection.insert(value, { events: [event()] }).catch(() => undefined);
    await collection.insert(person());
    expect(heard).toEqual([['people', value.id, [said]]]);
  });

  test('key records are inserted once and replaced under their version', async () => {
    const records = context.opened.database.keyRecords;
    const kid = systemRandom.id();
    const record = {
      kid,
      purpose: 'body',
      state: 'next' as const,
      wrapped: 'AAAA',
      createdAt: 1,
      version: 1,
    };
    expect(await records.insert(record)).toBe(true);
    expect(await records.insert(record)).toBe(false);
    expect(await records.replace({ ...record, state: 'active' }, 1)).toBe(true);
    expect(await records.replace({ ...record, state: 'retired' }, 1)).toBe(false);
    expect((await records.list()).filter((found) => found.kid === kid)).toEqual([
      { ...record, state: 'active', version: 2 },
    ]);
    await records.remove(kid);
    expect((await records.list()).some((found) => found.kid === kid)).toBe(false);
  });

  test('a blob comes back by its hash, and storing it again changes nothing', async () => {
    const { blobs } = context.store;
    const bytes = systemRandom.bytes(1000);
    const name = await blobs.put(bytes);
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(await Promise.all(Array.from({ length: 8 }, () => blobs.put(bytes)))).toEqual(Array(8).fill(name));
    expect(await blobs.get(name)).toEqual(bytes);
    expect(await blobs.has(name)).toBe(true);
    await blobs.remove(name);
    await blobs.remove(name);
    expect(await blobs.has(name)).toBe(false);
    expect(await blobs.get(name)).toBeUndefined();
    await expect(blobs.get('../etc/passwd')).rejects.toThrow('SHA-256');
    expect(await blobs.get(await blobs.put(new Uint8Array()))).toHaveLength(0);
  });

  test('only blobs of a certain age are listed, and putting one again makes it young', async () => {
    const { blobs } = context.store;
    const [old, young] = [await blobs.put(systemRandom.bytes(20)), await blobs.put(systemRandom.bytes(21))];
    context.advance(25 * 3600_000);
    expect(await blobs.put((await blobs.get(young)) ?? Buffer.alloc(0))).toBe(young);
    const listed: string[] = [];
    for await (const name of blobs.list(24 * 3600_000)) listed.push(name);
    expect(listed).toContain(old);
    expect(listed).not.toContain(young);
  });

  test('a store that answers says so', async () => {
    await expect(context.store.ping()).resolves.toBeUndefined();
  });
}
