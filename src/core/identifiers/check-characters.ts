/** Digits and capitals by value, 0 = 0 ... Z = 35. */
export const alphabet36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The 31 characters of a unified social credit code: no I, O, S, V, Z, so J is 18 here and 19 in alphabet36. */
export const alphabet31 = '0123456789ABCDEFGHJKLMNPQRTUWXY';

const creditCodeWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const organisationCodeWeights = [3, 7, 9, 10, 5, 8, 4, 2];

/**
 * Check character of a citizen ID number over its first digits.
 * @see ISO/IEC 7064 MOD 11-2; GB 11643-1999
 */
export function mod11Check2(digits: string): string {
  let sum = 0;
  for (const digit of digits) sum = ((sum + Number(digit)) * 2) % 11;
  return '0123456789X'[(12 - sum) % 11] as string;
}

/**
 * Check digit of a business registration number.
 * @see ISO/IEC 7064 MOD 11,10; GS 15-2006 (clause unchecked)
 */
export function mod11Check10(digits: string): string {
  return hybridCheck(digits, '0123456789');
}

/**
 * Check character of a licence identifier, over its parts without root and dots.
 * @see ISO/IEC 7064 MOD 37,36; GB/T 36904-2018 (clause unchecked)
 */
export function mod37Check36(characters: string): string {
  return hybridCheck(characters, alphabet36);
}

/** The hybrid systems of ISO/IEC 7064: moduli M+1 and M, where M is the size of the alphabet. */
function hybridCheck(characters: string, alphabet: string): string {
  const size = alphabet.length;
  let product = size;
  for (const character of characters) {
    const sum = (product + alphabet.indexOf(character)) % size || size;
    product = (sum * 2) % (size + 1);
  }
  // A product of 1 leaves a remainder of `size`, which is written as 0.
  return alphabet[(size + 1 - product) % size] as string;
}

/**
 * Check character of a unified social credit code over its first 17 characters.
 * @see GB 32100-2015; GB/T 17710 MOD 31-3
 */
export function creditCodeCheck(characters: string): string {
  return alphabet31[(31 - weightedSum(characters, alphabet31, creditCodeWeights, 31)) % 31] as string;
}

/**
 * Check character of an organisation code over its first 8 characters.
 * @see GB 11714-1997
 */
export function organisationCodeCheck(characters: string): string {
  return '0123456789X'[
    (11 - weightedSum(characters, alphabet36, organisationCodeWeights, 11)) % 11
  ] as string;
}

function weightedSum(
  characters: string,
  alphabet: string,
  weights: readonly number[],
  modulus: number,
): number {
  let sum = 0;
  for (const [place, weight] of weights.entries()) sum += alphabet.indexOf(characters[place] ?? '') * weight;
  return sum % modulus;
}
