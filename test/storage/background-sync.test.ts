import { fstatSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { openSqlite } from '../../src/storage/sqlite/database.ts';
import { createStore } from '../../src/storage/store.ts';
import { people, person, tickets } from '../contract/collections.ts';
import { tempDirectory } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

/** A store over a disk that counts the syncs of the log of artefacts, and may fail at them. */
function openCounted() {
  const directory = tempDirectory('background-sync');
  const path = join(directory, 'store.db');
  const disk = { syncs: 0, isBroken: false };
  const driver = openSqlite({
    ...{ path, clock: systemClock, random: systemRandom },
    async sync(descriptor) {
      if (fstatSync(descriptor).ino !== statSync(`${path}-artefacts-wal`).ino) return;
      disk.syncs += 1;
      if (disk.isBroken) throw new Error('EIO');
    },
  });
  const store = createStore(driver, createTestCipher());
  const put = async (count: number): Promise<void> => {
    for (let written = 0; written < count; written += 1)
      await store.collection(tickets).put({ id: systemRandom.id(), grantId: 'g', consumed: false });
  };
  const close = async () => {
    await driver.close().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
  };
  return { disk, driver, store, put, close };
}

test('artefacts wait for no sync, and are synced together now and then', async () => {
  const { disk, store, put, close } = openCounted();
  await put(63);
  await store.collection(people).insert(person());
  expect(disk.syncs).toBe(0);
  await put(1);
  expect(disk.syncs).toBe(1);
  await put(128);
  expect(disk.syncs).toBe(3);
  await close();
});

test('a sync that failed in the background ends the process’s writing, and its readiness', async () => {
  const { disk, driver, put, close } = openCounted();
  disk.isBroken = true;
  await put(64);
  await expect(put(1)).rejects.toMatchObject({ code: 'store-unavailable' });
  await expect(driver.ping()).rejects.toMatchObject({ code: 'store-unavailable' });
  await close();
});
