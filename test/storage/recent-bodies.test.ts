import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { defineCollection, openDatabase, type Store } from '../../src/storage/index.ts';
import { createRecentBodies } from '../../src/storage/recent-bodies.ts';
import { openTempStore, type TempStore } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

describe('the memory of recent bodies', () => {
  it('answers for the very bytes that it saw at that place, and for no others', () => {
    const recent = createRecentBodies();
    recent.keep('accounts|1', Buffer.from('sealed'), '{"a":1}');
    expect(recent.find('accounts|1', Buffer.from('sealed'))?.json).toBe('{"a":1}');
    expect(recent.find('accounts|1', Buffer.from('sealeD'))).toBeUndefined();
    expect(recent.find('accounts|2', Buffer.from('sealed'))).toBeUndefined();
  });

  it('hands a body out for the last time', () => {
    const recent = createRecentBodies();
    recent.keep('a', Buffer.from('sealed'), '1');
    expect(recent.take('a', Buffer.from('sealeD'))).toBeUndefined();
    expect(recent.take('a', Buffer.from('sealed'))?.json).toBe('1');
    expect(recent.find('a', Buffer.from('sealed'))).toBeUndefined();
  });

  it('does not notice when its caller reuses the memory', () => {
    const recent = createRecentBodies();
    const bytes = Buffer.from('sealed');
    recent.keep('a', bytes, '1');
    bytes.fill(0);
    expect(recent.find('a', bytes)).toBeUndefined();
    expect(recent.find('a', Buffer.from('sealed'))?.json).toBe('1');
  });

  it('forgets what nobody asked for while as much came, and keeps what is used', () => {
    const recent = createRecentBodies(1600);
    const [body, json] = [Buffer.alloc(100), 'x'.repeat(100)];
    recent.keep('used', body, json);
    recent.keep('unused', body, json);
    for (let index = 0; index < 60; index += 1) {
      recent.keep(`other ${index}`, body, json);
      expect(recent.find('used', body)?.json).toBe(json);
    }
    expect(recent.find('unused', body)).toBeUndefined();
  });

  it('holds no body that would drive everything else out', () => {
    const recent = createRecentBodies(1600);
    recent.keep('large', Buffer.alloc(20), 'x'.repeat(101));
    expect(recent.find('large', Buffer.alloc(20))).toBeUndefined();
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
