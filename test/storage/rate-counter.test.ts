import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemRandom } from '../../src/core/index.ts';
import { createRateCounter, openDatabase } from '../../src/storage/index.ts';
import { openTempStore, type TempStore } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const limit = { max: 3, windowSeconds: 60 };

describe('the rate counter', () => {
  let temp: TempStore;
  let now = 1_000_000;
  const clock = { now: () => now };
  beforeAll(async () => {
    temp = await openTempStore({ clock });
  });
  afterAll(async () => temp.remove());

  test('allows as many acts as the limit says, then none until the window ends', async () => {
    const rate = createRateCounter(temp.store, clock);
    expect(await rate.peek('a', limit)).toEqual({ allowed: true, remaining: 3, resetAt: now + 60_000 });
    const verdicts = [];
    for (let n = 0; n < 5; n += 1) verdicts.push(await rate.take('a', limit));
    expect(verdicts.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
      [false, 0],
    ]);
    expect(await rate.peek('a', limit)).toMatchObject({ allowed: false, remaining: 0 });
    expect(await rate.take('b', limit)).toMatchObject({ allowed: true });
    now += 60_000;
    expect(await rate.take('a', limit)).toEqual({ allowed: true, remaining: 2, resetAt: now + 60_000 });
  });

  test('lets exactly as many through as allowed when 50 come at once at two processes, also after a restart', async () => {
    const open = async () =>
      (await openDatabase(temp.url, { clock, random: systemRandom })).open(createTestCipher());
    const other = await open();
    const counters = [createRateCounter(temp.store, clock), createRateCounter(other, clock)];
    const wide = { max: 10, windowSeconds: 60 };
    const verdicts = await Promise.all(
      Array.from({ length: 50 }, (_, n) => (counters[n % 2] as (typeof counters)[0]).take('d', wide)),
    );
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(10);
    await other.close();
    const next = await open();
    expect(await createRateCounter(next, clock).take('d', wide)).toMatchObject({ allowed: false });
    await next.close();
  });
});
