import type { BirthDateReason } from './birth-date.ts';
import { parseBirthDate } from './birth-date.ts';
import { normaliseIdentifier } from './characters.ts';
import { mod11Check2 } from './check-characters.ts';
import { sexOf } from './id-number.ts';
import type { Parsed, ShapeReason } from './parsed.ts';
import { provinces } from './provinces.ts';

/** The number of a foreigner's permanent residence card (外国人永久居留身份证). */
export type PermanentResidenceCard =
  | {
      type: '553';
      form: 'current';
      number: string;
      /** Two digits of the province where it was applied for. */
      province: string;
      /** Country of nationality, ISO 3166-1 numeric, three digits. */
      country: string;
      birthDate: string;
      sex: 'male' | 'female';
    }
  /** From before 2023. Its check rule is not public, so only the shape is known to be right. */
  | { type: '553'; form: 'old'; number: string /** ISO 3166-1 alpha-3. */; country: string };

/** `other-document`: 18 digits that do not begin with 9 belong to another document, most likely an ID card. */
export type PermanentResidenceCardReason =
  | ShapeReason
  | 'other-document'
  | 'province'
  | BirthDateReason
  | 'check';

/**
 * Reads the 18 characters of the card in use since 2023 (9, province, country, date of birth, sequence, check by MOD 11-2)
 * or the 15 of the older one (three letters and twelve digits). `now` in milliseconds since the epoch.
 */
export function parsePermanentResidenceCard(
  text: string,
  { now }: { now: number },
): Parsed<PermanentResidenceCard, PermanentResidenceCardReason> {
  const number = normaliseIdentifier(text);
  if (number === '') return { ok: false, reason: 'empty' };
  if (/^[A-Z]{3}\d{12}$/.test(number))
    return { ok: true, value: { type: '553', form: 'old', number, country: number.slice(0, 3) } };
  if (number.length !== 18 && number.length !== 15) return { ok: false, reason: 'length' };
  if (!/^\d{17}[\dX]$/.test(number)) return { ok: false, reason: 'characters' };
  if (!number.startsWith('9')) return { ok: false, reason: 'other-document' };
  const province = number.slice(1, 3);
  if (!provinces.has(province)) return { ok: false, reason: 'province' };
  const birthDate = parseBirthDate(number.slice(6, 14), now);
  if (!birthDate.ok) return birthDate;
  if (mod11Check2(number.slice(0, 17)) !== number[17]) return { ok: false, reason: 'check' };
  return {
    ok: true,
    value: {
      type: '553',
      form: 'current',
      number,
      province,
      country: number.slice(3, 6),
      birthDate: birthDate.value,
      sex: sexOf(number),
    },
  };
}
