import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import type { KeyRecords } from '../../src/core/index.ts';
import { systemRandom } from '../../src/core/index.ts';
import type { Keyring, KeyringOptions } from '../../src/keyring/index.ts';
import { openKeyring } from '../../src/keyring/index.ts';
import { createMemoryKeyRecords } from '../support/key-records.ts';

export const hourMs = 3_600_000;

/** A clock that stands until it is moved. */
export function createTestClock(at = Date.UTC(2026, 0, 1)) {
  let nowMs = at;
  return {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** One installation: a folder for the master key, records, a clock, and as many processes as `open` is called. */
export async function createInstallation(records: KeyRecords = createMemoryKeyRecords()) {
  const base = await mkdtemp(join(tmpdir(), 'tongxing-keys-'));
  const clock = createTestClock();
  const open = (options: Partial<KeyringOptions> = {}): Promise<Keyring> =>
    openKeyring({
      records,
      folder: join(base, 'private'),
      mode: 'production',
      clock,
      random: systemRandom,
      refreshSeconds: 0,
      ...options,
    });
  cleanups.push(() => rm(base, { recursive: true, force: true }));
  return { base, folder: join(base, 'private'), records, clock, open };
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});
