import { expect, it } from '@jest/globals';
import { createBodyCodec } from '../../src/storage/body.ts';
import type { CollectionShape } from '../../src/storage/driver.ts';
import { createRecentBodies } from '../../src/storage/recent-bodies.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const codecOf = (change: Partial<CollectionShape>, dictionary?: string) =>
  createBodyCodec({
    shape: {
      ...{ name: 'things', indexes: [], durability: 'record', sharded: false },
      ...{ encrypted: false, expires: false, ...change },
    },
    ...{ cipher: createTestCipher(), recent: createRecentBodies(), isHot: false, dictionary },
  });
const value = {
  ...{ account: 'HKS0_aA7SbJwnrlnL6UZVg', method: 'password', level: 2 },
  ...{ knownDevice: false, amr: ['pwd'], place: '贵阳' },
};

it.each([false, true])('a dictionary halves short bodies, encrypted (%s) or not', (encrypted) => {
  const dictionary =
    '{"account":"","method":"password","level":2,"knownDevice":false,"amr":["pwd"],"place":"';
  const [alone, against] = [codecOf({ encrypted }), codecOf({ encrypted }, dictionary)];
  const [plain, small] = [alone.seal(value, 'key'), against.seal(value, 'key')];
  expect(small.length).toBeLessThan(plain.length * (encrypted ? 0.7 : 0.5));
  expect(against.open(small, 'key')).toEqual(value);
  // What was written before the collection had one, and what is too short for it.
  expect(against.open(plain, 'key')).toEqual(value);
  const long = { text: 'the same '.repeat(200) };
  expect(against.open(alone.seal(long, 'key'), 'key')).toEqual(long);
  expect(against.open(against.seal({ a: 1 }, 'key'), 'key')).toEqual({ a: 1 });
});
