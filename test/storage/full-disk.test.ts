import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { isProblem, systemClock, systemRandom } from '../../src/core/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { event, people, person, tickets } from '../contract/collections.ts';
import { tempDirectory } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const directory = tempDirectory('full');
const isMounted = mountSmallDisk();

/** Mounts a disk of 3 MB; false (loudly, and an error with CI=true) where that is not allowed. */
function mountSmallDisk(): boolean {
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', directory]).status === 0) return true;
  const message = 'SKIPPED: the full-disk test has to mount a tmpfs, which needs root';
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`\n*** ${message} ***\n`);
  return false;
}

(isMounted ? describe : describe.skip)('on a full disk', () => {
  afterAll(() => {
    spawnSync('umount', [directory]);
    rmSync(directory, { recursive: true, force: true });
  });

  test('writes answer store-full, nothing acknowledged is lost, and it goes on once there is room', async () => {
    const open = () =>
      openDatabase(`sqlite:${join(directory, 'store.db')}`, { clock: systemClock, random: systemRandom });
    const ballast = join(directory, 'ballast');
    writeFileSync(ballast, Buffer.alloc(1024 * 1024));
    const database = await open();
    const store = database.open(createTestCipher());
    const collection = store.collection(people);
    const artefacts = store.collection(tickets);
    const acknowledged: string[] = [];

    async function fillUp(): Promise<void> {
      for (;;) {
        const value = person({ name: systemRandom.bytes(1000).toString('hex') });
        await collection.insert(value, { events: [event()] });
        acknowledged.push(value.id);
      }
    }
    const expectAllThere = async (from: typeof collection) => {
      for (const id of acknowledged) expect(await from.get(id)).toMatchObject({ version: 1 });
      expect(await from.count({ index: 'joined' })).toBe(acknowledged.length);
    };

    const ends = await Promise.allSettled(Array.from({ length: 4 }, fillUp));
    for (const end of ends)
      expect(end.status === 'rejected' && isProblem(end.reason, 'store-full')).toBe(true);
    expect(acknowledged.length).toBeGreaterThan(50);
    const putMuch = async () => {
      for (let n = 0; n < 5000; n += 1)
        await artefacts.put({ id: systemRandom.id(), grantId: 'g'.repeat(900), consumed: false });
    };
    await expect(putMuch()).rejects.toMatchObject({ code: 'store-full' });
    const blob = systemRandom.bytes(1024);
    await expect(store.blobs.put(Buffer.concat(Array(2048).fill(blob)))).rejects.toMatchObject({
      code: 'store-full',
    });
    await expectAllThere(collection);
    await expect(store.ping()).resolves.toBeUndefined();

    rmSync(ballast);
    const value = person();
    await collection.insert(value);
    acknowledged.push(value.id);
    await artefacts.put({ id: 'after', grantId: 'g', consumed: false });
    await expectAllThere(collection);
    await database.close();

    const again = await open();
    await expectAllThere(again.open(createTestCipher()).collection(people));
    await again.close();
  });
});
