import { expect, test } from '@jest/globals';
import { systemRandom } from '../../src/core/index.ts';
import { defineCollection } from '../../src/storage/index.ts';
import { createTestCipher } from '../support/test-cipher.ts';
import { people, person, tickets } from './collections.ts';
import type { ContractContext } from './context.ts';

/** What a collection does with single documents and its indexes. */
export function recordTests(context: ContractContext): void {
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

  test('take answers what was there and leaves nothing', async () => {
    const collection = context.store.collection(people);
    const value = person();
    await collection.insert(value);
    expect(await collection.take(value.id)).toEqual({ key: value.id, version: 1, value });
    expect(await collection.take(value.id)).toBeUndefined();
    expect(await collection.get(value.id)).toBeUndefined();
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

  test('while look-up keys change, what was written under the old one and under both is found, once', async () => {
    const name = `更名-${systemRandom.id()}`;
    const both = await context.opened.again(createTestCipher(undefined, { blindVersions: [2, 1] }));
    const values = Array.from({ length: 6 }, (_, n) => person({ name, joinedAt: n }));
    for (const [n, value] of values.entries())
      await (n % 2 ? both : context.store).collection(people).insert(value);
    const seen: unknown[] = [];
    for (let after: string | undefined; ; ) {
      const query = { index: 'name', equals: [name], limit: 4, ...(after ? { after } : {}) } as const;
      const page = await both.collection(people).find(query);
      seen.push(...page.items.map(({ value }) => value));
      after = page.next;
      if (after === undefined) break;
    }
    expect(seen).toEqual(values);
    expect(await both.collection(people).count({ index: 'name', equals: [name] })).toBe(6);
    const [old] = values;
    await expect(
      both.collection(people).insert(person({ identifiers: old?.identifiers ?? [] })),
    ).rejects.toMatchObject({ code: 'already-exists' });
    await both.close();
  });

  test('two views of the same data see each other', async () => {
    const other = await context.opened.again();
    const value = person();
    await other.collection(people).insert(value);
    expect(await context.store.collection(people).get(value.id)).toMatchObject({ version: 1 });
    await other.close();
  });
}
