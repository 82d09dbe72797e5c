import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { defineCollection, openDatabase, type Store } from '../../src/storage/index.ts';
import { createRecentRows } from '../../src/storage/sqlite/recent-rows.ts';
import { openTempStore, type TempStore } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const row = (key: string, sizeBytes = 10) => ({
  key,
  version: 1,
  expiresAt: undefined,
  body: new Uint8Array(sizeBytes),
});

describe('the memory of recent rows', () => {
  it('answers until the row is written here, or anything is committed elsewhere', () => {
    let commits = 1;
    const recent = createRecentRows(() => commits);
    recent.keep('a', row('a'));
    recent.keep('b', row('b'));
    expect(recent.find('a')).toEqual(row('a'));
    recent.forget('a');
    expect(recent.find('a')).toBeUndefined();
    expect(recent.find('b')).toEqual(row('b'));
    commits += 1;
    expect(recent.find('b')).toBeUndefined();
    expect(recent.find('b')).toBeUndefined();
  });

  it('forgets what nobody asked for while as much came, and holds nothing large', () => {
    const recent = createRecentRows(() => 1, 1600);
    recent.keep('used', row('used', 100));
    recent.keep('unused', row('unused', 100));
    recent.keep('large', row('large', 101));
    for (let index = 0; index < 60; index += 1) {
      recent.keep(`other ${index}`, row('other', 100));
      expect(recent.find('used')).toBeDefined();
    }
    expect(recent.find('unused')).toBeUndefined();
    expect(recent.find('large')).toBeUndefined();
  });
});

describe('two processes on one file', () => {
  const definition = () =>
    defineCollection({
      name: 'notes',
      schema: z.object({ id: z.string(), text: z.string() }),
      key: ({ id }) => id,
      indexes: [],
      encrypted: true,
      hot: true,
    });
  const cipher = createTestCipher();
  let temp: TempStore;
  let other: Store;

  beforeAll(async () => {
    temp = await openTempStore({ cipher });
    other = (await openDatabase(temp.url, { clock: systemClock, random: systemRandom })).open(cipher);
  });
  afterAll(async () => {
    await other.close();
    await temp.remove();
  });

  it('each read sees every commit of the other, and a document that was read is one frozen value', async () => {
    const [mine, theirs] = [temp.store.collection(definition()), other.collection(definition())];
    await mine.insert({ id: 'a', text: '0' });
    for (let version = 1; version <= 20; version += 1) {
      const [writer, reader] = version % 2 === 0 ? [mine, theirs] : [theirs, mine];
      expect((await reader.get('a'))?.version).toBe(version);
      await writer.replace({ id: 'a', text: String(version) }, version);
      expect((await reader.get('a'))?.value).toEqual({ id: 'a', text: String(version) });
      expect((await writer.get('a'))?.version).toBe(version + 1);
    }
    const [first, second] = [await mine.get('a'), await mine.get('a')];
    expect(first?.value).toBe(second?.value);
    expect(Object.isFrozen(first?.value)).toBe(true);
    expect(await theirs.remove('a')).toBe(true);
    expect(await mine.get('a')).toBeUndefined();
  });
});
