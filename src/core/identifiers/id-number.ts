import type { BirthDateReason } from './birth-date.ts';
import { parseBirthDate } from './birth-date.ts';
import { normaliseIdentifier } from './characters.ts';
import { mod11Check2 } from './check-characters.ts';
import type { Parsed, ShapeReason } from './parsed.ts';
import { provinces } from './provinces.ts';

/** The card that carries the number. All four carry a citizen ID number (公民身份号码) and share one register. */
export type IdDocument =
  | 'resident-id-card'
  | 'hong-kong-residence-permit'
  | 'macau-residence-permit'
  | 'taiwan-residence-permit';

/** A citizen ID number that passed every check that needs no register. */
export interface IdNumber {
  type: '111';
  /** The 18 characters that are stored and compared. */
  number: string;
  /** What was given, normalised: 15 digits where a legacy number was upgraded. */
  given: string;
  document: IdDocument;
  /** Six digits, of the first registration; may name an area that no longer exists. */
  area: string;
  /** YYYY-MM-DD. */
  birthDate: string;
  sex: 'male' | 'female';
}

/**
 * Why a text is no ID number. `other-document`: it has the shape of a foreigner's permanent residence card (it begins with
 * 9), which would pass the check character and must be parsed as type 553.
 */
export type IdNumberReason = ShapeReason | 'other-document' | 'province' | BirthDateReason | 'check';

const permits: Readonly<Record<string, IdDocument>> = {
  81: 'hong-kong-residence-permit',
  82: 'macau-residence-permit',
  83: 'taiwan-residence-permit',
};

/**
 * Reads a citizen ID number of 18 characters, or of 15 digits from before 1999, which is upgraded.
 * Order of the checks: shape, class, province, date, check character. `now` in milliseconds since the epoch.
 * @see GB 11643-1999
 */
export function parseIdNumber(text: string, { now }: { now: number }): Parsed<IdNumber, IdNumberReason> {
  const given = normaliseIdentifier(text);
  if (given === '') return { ok: false, reason: 'empty' };
  if (given.length !== 18 && given.length !== 15) return { ok: false, reason: 'length' };
  if (!/^(\d{17}[\dX]|\d{15})$/.test(given)) return { ok: false, reason: 'characters' };
  // Class before check: the two systems share the check character, so it cannot tell them apart.
  if (given.startsWith('9')) return { ok: false, reason: 'other-document' };

  const prefix = given.slice(0, 2);
  const permit = given.length === 18 ? permits[prefix] : undefined;
  // Permits exist since 2018 only, so no 15-digit number belongs to one.
  const isProvince = provinces.has(prefix) && !(prefix in permits);
  if (!permit && !isProvince) return { ok: false, reason: 'province' };

  const number = given.length === 15 ? upgradeIdNumber(given) : given;
  const birthDate = parseBirthDate(number.slice(6, 14), now);
  if (!birthDate.ok) return birthDate;
  if (mod11Check2(number.slice(0, 17)) !== number[17]) return { ok: false, reason: 'check' };
  return {
    ok: true,
    value: {
      type: '111',
      number,
      given,
      document: permit ?? 'resident-id-card',
      area: number.slice(0, 6),
      birthDate: birthDate.value,
      sex: sexOf(number),
    },
  };
}

/**
 * The 18 characters of a 15-digit number: the century is inserted and the check character appended. Sequence numbers 996 to
 * 999 were kept for people born in the 19th century.
 */
function upgradeIdNumber(digits: string): string {
  const century = Number(digits.slice(12)) >= 996 ? '18' : '19';
  const body = digits.slice(0, 6) + century + digits.slice(6);
  return body + mod11Check2(body);
}

/** The sequence number, places 15 to 17, is odd for men and even for women. */
export function sexOf(number: string): 'male' | 'female' {
  return Number(number[16]) % 2 === 1 ? 'male' : 'female';
}
