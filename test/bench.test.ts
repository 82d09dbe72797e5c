import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { benches, runBenches } from '../scripts/bench/index.ts';
import { tempDirectory } from './support/temp-store.ts';

describe('the bench', () => {
  it('knows a name for every group of figures that it measures', () => {
    expect(Object.keys(benches)).toEqual([
      'fresh-login',
      'second-site',
      'client-credentials',
      'memory',
      'storage',
      'accounts',
      'verify-number',
      'verify-code',
      'wallet',
      'issue',
      'known-file',
      'licence-size',
      'licence-memory',
      'seal',
      'validate',
      'audit-proof',
    ]);
    for (const { meaning } of Object.values(benches)) expect(meaning).not.toBe('');
  });

  it('drives the service and the bare server through the same requests and answers with a row for each figure', async () => {
    const lines: string[] = [];
    const rows = await runBenches('second-site', {
      rounds: 1,
      size: 4,
      progress: (line) => void lines.push(line),
    });
    expect(rows.map(({ name, bar }) => [name, bar])).toEqual([['second-site', '<= 1.4 x bare']]);
    for (const { value, unit, baseline = 0, ratio, holds } of rows) {
      expect(unit).toBe('ms CPU');
      expect(value).toBeGreaterThan(0);
      expect(baseline).toBeGreaterThan(0);
      expect(ratio).toBeCloseTo(value / baseline);
      expect(typeof holds).toBe('boolean');
    }
    // Every entry left its event in the log: the figures are of the whole work, not of a part that was still waiting.
    expect(lines).toContainEqual(expect.stringContaining('4 events of 4'));
  });

  it('fills a library that is kept once, and anew where filling was cut short', async () => {
    const keep = tempDirectory('bench');
    const openings = async () => {
      const lines: string[] = [];
      const scale = { rounds: 1, size: 1, licences: [10, 20] as const, keep };
      const rows = await runBenches('verify-number', { ...scale, progress: (line) => void lines.push(line) });
      expect(rows.map(({ name }) => name)).toEqual([
        'verify-number',
        'verify-number-p99',
        'verify-number-growth',
      ]);
      return lines.filter((line) => line.includes('a library of')).map((line) => line.replace(/;.*/, ''));
    };
    const [large, small] = [
      'verify-number: a library of 20 licences',
      'verify-number: a library of 10 licences',
    ];
    expect(await openings()).toEqual([large, small]);
    rmSync(join(keep, 'tongxing-bench-20-licences/filled'));
    expect(await openings()).toEqual([large, `${small}, of an earlier run`]);
  });
});
