import { normaliseIdentifier } from './characters.ts';
import type { Parsed, ShapeReason } from './parsed.ts';

/** A mobile number of mainland China. The operator is never read from it: numbers are portable since 2019. */
export interface PhoneNumber {
  type: 'MOBILE';
  /** E.164: +86 and 11 digits. */
  number: string;
}

/** `country`: of another country; `not-mobile`: a landline, a service number or a machine's number. */
export type PhoneNumberReason = ShapeReason | 'country' | 'not-mobile';

/**
 * Reads a mobile number as people write it: with or without +86, 0086 or 86, with spaces or hyphens. Prefixes are not
 * checked beyond 13 to 19, because new ones are opened every year.
 * @see ITU-T E.164
 */
export function parsePhoneNumber(text: string): Parsed<PhoneNumber, PhoneNumberReason> {
  const typed = normaliseIdentifier(text).replace(/[-()]/g, '');
  if (typed === '') return { ok: false, reason: 'empty' };
  if (!/^\+?\d+$/.test(typed)) return { ok: false, reason: 'characters' };
  if (/^(\+|00)(?!86)/.test(typed)) return { ok: false, reason: 'country' };
  const digits = typed.replace(/^(?:\+86|0086|86(?=\d{11}$))/, '');
  if (/^0\d{9,11}$/.test(digits)) return { ok: false, reason: 'not-mobile' };
  if (digits.length !== 11) return { ok: false, reason: 'length' };
  if (!/^1[3-9]/.test(digits)) return { ok: false, reason: 'not-mobile' };
  return { ok: true, value: { type: 'MOBILE', number: `+86${digits}` } };
}
