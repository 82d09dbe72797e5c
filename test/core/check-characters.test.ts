import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Mod11_2, Mod11_10, Mod37_36 } from '@konfirm/iso7064';
import {
  alphabet31,
  alphabet36,
  creditCodeCheck,
  mod11Check2,
  mod11Check10,
  mod37Check36,
  organisationCodeCheck,
} from '../../src/core/index.ts';

const rounds = 20_000;

/** The same 20,000 texts in every run: characters chosen by a hash chain from a seed. */
function* randomTexts(seed: string, alphabet: string, shortest: number, longest: number) {
  let state = Buffer.from(seed);
  for (let round = 0; round < rounds; round++) {
    state = createHash('sha512').update(state).digest();
    const length = shortest + ((state[63] ?? 0) % (longest - shortest + 1));
    yield Array.from({ length }, (_, place) => alphabet[(state[place] ?? 0) % alphabet.length]).join('');
  }
}

function disagreements(texts: Iterable<string>, ours: (t: string) => string, theirs: (t: string) => string) {
  let count = 0;
  let different = 0;
  for (const text of texts) {
    count++;
    if (ours(text) !== theirs(text)) different++;
  }
  return { count, different };
}

const agreed = { count: rounds, different: 0 };
const digits = '0123456789';

describe('check characters agree with implementations that are not ours, on 20,000 random numbers each', () => {
  it('MOD 11-2, citizen ID numbers', () => {
    const texts = randomTexts('id', digits, 17, 17);
    expect(disagreements(texts, mod11Check2, (text) => Mod11_2.checksum(text))).toEqual(agreed);
  });

  it('MOD 11,10, registration numbers', () => {
    const texts = randomTexts('registration', digits, 14, 14);
    expect(disagreements(texts, mod11Check10, (text) => Mod11_10.checksum(text))).toEqual(agreed);
  });

  it('MOD 37,36, licence identifiers', () => {
    const texts = randomTexts('licence', alphabet36, 30, 60);
    expect(disagreements(texts, mod37Check36, (text) => Mod37_36.checksum(text))).toEqual(agreed);
  });

  it('MOD 31-3, credit codes: the sum weighted by powers of 3, with its check, is divisible by 31', () => {
    const theirs = (text: string) => {
      const sumOf = (code: string) =>
        [...code].reduceRight((sum, character) => sum * 3n + BigInt(alphabet31.indexOf(character)), 0n);
      return [...alphabet31].find((_, value) => (sumOf(text) + BigInt(value)) % 31n === 0n) ?? '';
    };
    expect(disagreements(randomTexts('credit', alphabet31, 17, 17), creditCodeCheck, theirs)).toEqual(agreed);
  });

  it('MOD 11, organisation codes: the weighted sum with its check is divisible by 11', () => {
    const theirs = (text: string) => {
      const weights = [3, 7, 9, 10, 5, 8, 4, 2];
      const sum = weights.reduce(
        (total, weight, place) => total + weight * Number.parseInt(text[place] ?? '', 36),
        0,
      );
      return [...'0123456789X'].find((_, value) => (sum + value) % 11 === 0) ?? '';
    };
    expect(
      disagreements(randomTexts('organisation', alphabet36, 8, 8), organisationCodeCheck, theirs),
    ).toEqual(agreed);
  });
});

describe('check characters of the pilot credit codes', () => {
  const { creditCodes } = JSON.parse(
    readFileSync(new URL('../vectors/organisations.json', import.meta.url), 'utf8'),
  );

  it('are others than those printed', () => {
    for (const { text, expected } of creditCodes.legalButFailing)
      expect(creditCodeCheck(text.slice(0, 17))).toBe(expected);
  });
});
