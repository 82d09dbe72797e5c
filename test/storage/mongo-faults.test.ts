import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import mongoose from 'mongoose';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { event, people, person } from '../contract/collections.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { tempDirectory } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const isAvailable = isMongoAvailable();
const open = (url: string) => openDatabase(url, { clock: systemClock, random: systemRandom });

/** Stands between the store and the server and can swallow an answer: the write is done, and nobody hears of it. */
async function createLossyProxy(port: number) {
  const proxy = { url: '', losesNextAnswer: false, server: undefined as unknown as Server };
  proxy.server = createServer((client: Socket) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    let isAsked = false;
    client.on('data', (chunk: Buffer) => {
      isAsked = /update|insert|delete|findAndModify/.test(chunk.toString('latin1'));
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (isAsked && proxy.losesNextAnswer) {
        proxy.losesNextAnswer = false;
        client.destroy();
        upstream.destroy();
      } else client.write(chunk);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  proxy.server.listen(0, '127.0.0.1');
  await once(proxy.server, 'listening');
  proxy.url = `mongodb://127.0.0.1:${(proxy.server.address() as { port: number }).port}/lossy?retryWrites=false`;
  return proxy;
}

(isAvailable ? describe : describe.skip)('MongoDB that misbehaves', () => {
  const directory = tempDirectory('mongo');
  let server: MongoServer;
  beforeAll(async () => {
    server = await startMongo({ file: join(directory, 'data.h2') });
  }, 300_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test('a server that goes away means store-unavailable, and one that comes back is used again by itself', async () => {
    const url = server.url();
    const database = await open(url);
    const store = database.open(createTestCipher());
    const collection = store.collection(people);
    const value = person();
    await collection.insert(value, { events: [event()] });
    await server.stop();
    const unavailable = { code: 'store-unavailable', headers: { 'Retry-After': '5' } };
    await expect(collection.get(value.id)).rejects.toMatchObject(unavailable);
    await expect(collection.insert(person())).rejects.toMatchObject(unavailable);
    await expect(store.ping()).rejects.toMatchObject(unavailable);
    await expect(open(url)).rejects.toMatchObject(unavailable);
    await server.start();
    await expect(store.ping()).resolves.toBeUndefined();
    expect(await collection.get(value.id)).toMatchObject({ value });
    expect(await collection.pending(10)).toHaveLength(1);
    expect(await collection.replace({ ...value, name: '归来' }, 1)).toMatchObject({ version: 2 });
    await database.close();
  });

  test('a write whose answer was lost is done once and reported as done', async () => {
    const { port } = new URL(server.url());
    const proxy = await createLossyProxy(Number(port));
    const database = await open(proxy.url);
    const store = database.open(createTestCipher());
    const collection = store.collection(people);
    const value = person();
    await collection.get('warm');
    proxy.losesNextAnswer = true;
    expect(await collection.insert(value)).toMatchObject({ version: 1 });
    expect(proxy.losesNextAnswer).toBe(false);
    proxy.losesNextAnswer = true;
    const said = event();
    expect(await collection.replace({ ...value, name: '一次' }, 1, { events: [said] })).toMatchObject({
      version: 2,
    });
    expect(await collection.get(value.id)).toMatchObject({ version: 2, value: { name: '一次' } });
    expect(await collection.pending(10)).toEqual([{ key: value.id, events: [said] }]);
    // Another one's write is not taken for our own.
    await collection.replace({ ...value, name: '二次' }, 2);
    proxy.losesNextAnswer = true;
    await expect(collection.replace({ ...value, name: '三次' }, 2)).rejects.toMatchObject({
      code: 'version-conflict',
    });
    proxy.losesNextAnswer = true;
    await expect(collection.insert(value)).rejects.toMatchObject({ code: 'already-exists' });
    proxy.losesNextAnswer = true;
    expect(await store.blobs.put(Buffer.from('a file'))).toHaveLength(64);
    await database.close();
    proxy.server.close();
  });

  test('a database of a newer release or of another program is refused and left as it is', async () => {
    const [newer, foreign] = [server.url(), server.url()];
    for (const [url, name, document] of [
      [newer, 'tongxing', { _id: 'schema', version: 99 }],
      [foreign, 'invoices', { _id: 'one' }],
    ] as const) {
      const raw = await mongoose.createConnection(url).asPromise();
      await raw.collection<{ _id: string; version?: number }>(name).insertOne(document);
      await raw.close();
    }
    await expect(open(newer)).rejects.toMatchObject({
      code: 'store-newer',
      message: expect.stringContaining('99'),
    });
    await expect(open(foreign)).rejects.toMatchObject({ code: 'store-foreign' });
  });
});
