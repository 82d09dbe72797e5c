import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { Audit } from '../../src/audit/index.ts';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { createSessionRecords } from '../../src/sso/session-records.ts';
import { openSqlite } from '../../src/storage/sqlite/database.ts';
import { syncFile } from '../../src/storage/sqlite/group-sync.ts';
import { createStore } from '../../src/storage/store.ts';
import { tempDirectory } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const directory = tempDirectory('tombstones');
let syncs = 0;
const driver = openSqlite({
  path: join(directory, 'store.db'),
  clock: systemClock,
  random: systemRandom,
  sync: async (descriptor) => {
    await syncFile(descriptor);
    syncs += 1;
  },
});
const audit = {
  event: (type: string, data: object) => ({ id: systemRandom.id(), type, at: systemClock.now(), data }),
};
const sessions = createSessionRecords({
  store: createStore(driver, createTestCipher()),
  audit: audit as unknown as Audit,
  clock: systemClock,
  mayAct: async () => false,
});

afterAll(async () => {
  await driver.close();
  rmSync(directory, { recursive: true });
});

test('a logout is on the disk before it is acknowledged, and nothing else of a session waits for the disk', async () => {
  const now = Math.floor(systemClock.now() / 1000);
  await sessions.save({
    uid: 'u',
    cookie: 'u.secret',
    isRotated: false,
    loaded: undefined,
    ours: { accountId: 'a', acr: 'x', amr: ['pwd'], loginTs: now, loginId: 'one', authorizations: {} },
    lifetimes: { absoluteSeconds: 3_600, anonymousSeconds: 600 },
    device: { address: '192.0.2.1', userAgent: 'test' },
  });
  expect(syncs).toBe(0);
  expect((await sessions.end('u', 'logout'))?.accountId).toBe('a');
  expect(syncs).toBe(1);
  expect(await sessions.findByUid('u')).toBeUndefined();
});
