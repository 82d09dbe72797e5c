import { normaliseIdentifier } from './characters.ts';
import type { IdNumber, IdNumberReason } from './id-number.ts';
import { parseIdNumber } from './id-number.ts';
import type { Parsed, ShapeReason } from './parsed.ts';

/** A social security number (社会保障号码): by law the citizen ID number of the insured. */
export interface SocialSecurityNumber extends Omit<IdNumber, 'type'> {
  type: 'SSN';
}

/** The social security number of a foreigner, opaque: country and document number in a form that differs by place. */
export interface ForeignSocialSecurityNumber {
  type: 'SSN_FOREIGN';
  number: string;
}

/** The number printed on a social security card: another number than the social security number, opaque. */
export interface SocialSecurityCardNumber {
  type: 'SS_CARD';
  /** 1 to 20 letters and digits. */
  number: string;
}

/** Reads a social security number; the rules are those of the ID number. */
export function parseSocialSecurityNumber(
  text: string,
  options: { now: number },
): Parsed<SocialSecurityNumber, IdNumberReason> {
  const parsed = parseIdNumber(text, options);
  return parsed.ok ? { ok: true, value: { ...parsed.value, type: 'SSN' } } : parsed;
}

/** Reads a foreigner's social security number: 15 to 18 letters and digits, nothing more is known of it. */
export function parseForeignSocialSecurityNumber(
  text: string,
): Parsed<ForeignSocialSecurityNumber, ShapeReason> {
  return parseOpaque(text, 'SSN_FOREIGN', 15, 18);
}

/**
 * Reads the number of a social security card. Only a match of name, ID number and card number in the social security
 * register says that it is somebody's.
 */
export function parseSocialSecurityCardNumber(text: string): Parsed<SocialSecurityCardNumber, ShapeReason> {
  return parseOpaque(text, 'SS_CARD', 1, 20);
}

function parseOpaque<T extends string>(
  text: string,
  type: T,
  shortest: number,
  longest: number,
): Parsed<{ type: T; number: string }, ShapeReason> {
  const number = normaliseIdentifier(text);
  if (number === '') return { ok: false, reason: 'empty' };
  if (number.length < shortest || number.length > longest) return { ok: false, reason: 'length' };
  return /^[0-9A-Z]+$/.test(number)
    ? { ok: true, value: { type, number } }
    : { ok: false, reason: 'characters' };
}
