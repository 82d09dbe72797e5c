import { describe, expect, it } from '@jest/globals';
import { createSideBySide } from '../../src/http/side-by-side.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Requests of these names, each of three steps that follow one another without a real wait; answers the order of the steps. */
async function run(names: readonly string[], sideBySide: () => Promise<void>): Promise<string> {
  const steps: string[] = [];
  await Promise.all(
    names.map(async (name) => {
      await sideBySide();
      for (const step of [1, 2, 3]) {
        steps.push(`${name}${step}`);
        await undefined;
      }
    }),
  );
  return steps.join(' ');
}

describe('requests of one turn', () => {
  it('take each step before one of them takes the next', async () => {
    expect(await run(['a', 'b', 'c'], createSideBySide())).toBe('a1 b1 c1 a2 b2 c2 a3 b3 c3');
  });

  it('begin in groups of sixteen, the next group when the first has gone as far as it could', async () => {
    const names = Array.from({ length: 18 }, (_, index) => `${index}.`);
    const steps = (await run(names, createSideBySide())).split(' ');
    expect(steps.indexOf('16.1')).toBe(16 * 3);
    expect(steps.slice(-6)).toEqual(['16.1', '17.1', '16.2', '17.2', '16.3', '17.3']);
  });

  it('do not wait for those of a later turn', async () => {
    const sideBySide = createSideBySide();
    const first = sideBySide();
    expect(sideBySide()).toBe(first);
    await nextTurn();
    await first;
    expect(sideBySide()).not.toBe(first);
  });
});
