import { expect, test } from '@jest/globals';
import { systemRandom } from '../../src/core/index.ts';
import { event, people, person } from './collections.ts';
import type { ContractContext } from './context.ts';

/** Pending events, key records, and files. */
export function otherTests(context: ContractContext): void {
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
    expect((await collection.take(value.id))?.value).toEqual(value);
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
