import { expect, test } from '@jest/globals';
import { systemRandom } from '../../src/core/index.ts';
import { passes, people, person, tickets } from './collections.ts';
import type { ContractContext } from './context.ts';

/** Ends of documents, instants, and lists that are read while others write. */
export function expiryTests(context: ContractContext): void {
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
    expect(await collection.take(value.id)).toBeUndefined();
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

  test('an artefact past its end counts as absent too, and is swept', async () => {
    const collection = context.store.collection(tickets);
    const value = pass(context.now() + 1000);
    await collection.put(value);
    context.advance(1000);
    expect(await collection.get(value.id)).toBeUndefined();
    expect((await collection.find({ index: 'grant', equals: [value.grantId] })).items).toEqual([]);
    expect(await context.store.sweep()).toBeGreaterThanOrEqual(1);
    expect(await context.store.sweep()).toBe(0);
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
