import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { KeySummary } from '../../src/keyring/index.ts';
import { tempDirectory } from '../support/temp-store.ts';

const program = fileURLToPath(new URL('./start-process.ts', import.meta.url));
const run = promisify(execFile);
const folders: string[] = [];

/** Starts as many processes as there are acts, at once, on one embedded store. */
async function startTogether(
  base: string,
  acts: string[],
): Promise<{ keys: KeySummary[]; secretsHash: string }[]> {
  const starts = acts.map((act) =>
    run(process.execPath, [program, `sqlite:${join(base, 'test.db')}`, join(base, 'private'), act]),
  );
  return (await Promise.all(starts)).map(({ stdout }) => JSON.parse(stdout));
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

describe('processes on one real store', () => {
  it('that start at once on an empty one hold the same keys, and rotate at once without losing or doubling one', async () => {
    const base = tempDirectory('keys');
    folders.push(base);
    const started = await startTogether(base, ['', '', '']);
    const [first] = started;
    expect(first?.keys.filter(({ state }) => state === 'active')).toHaveLength(5);
    for (const { secretsHash } of started) expect(secretsHash).toBe(first?.secretsHash);

    await startTogether(base, ['rotate', 'rotate']);
    const [after] = await startTogether(base, ['']);
    for (const purpose of ['body', 'cookie', 'sign:token:ES256', 'sign:token:RS256']) {
      const keys = after?.keys.filter((key) => key.purpose === purpose) ?? [];
      const sequencesIn = (state: string) =>
        keys.filter((key) => key.state === state).map(({ kid }) => Number.parseInt(kid, 10));
      const [active = 0, ...others] = sequencesIn('active');
      // One step, or two where the second process began after the first had moved this purpose.
      expect([2, 3]).toContain(active);
      expect(others).toEqual([]);
      expect(sequencesIn('next')).toEqual([active + 1]);
      expect(sequencesIn('retired')).toEqual([2, 1].slice(3 - active));
    }
  });
});
