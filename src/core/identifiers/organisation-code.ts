import { normaliseIdentifier } from './characters.ts';
import { organisationCodeCheck } from './check-characters.ts';
import type { Parsed, ShapeReason } from './parsed.ts';

/** An organisation code (组织机构代码), the key of organisations before 2015 and part of every credit code since. */
export interface OrganisationCode {
  type: 'ORG_CODE';
  /** 9 characters, without the hyphen that is printed before the last. */
  number: string;
}

/**
 * Reads an organisation code, with or without its hyphen.
 * @see GB 11714-1997
 */
export function parseOrganisationCode(text: string): Parsed<OrganisationCode, ShapeReason | 'check'> {
  const number = normaliseIdentifier(text).replace(/^([0-9A-Z]{8})-(?=[0-9X]$)/, '$1');
  if (number === '') return { ok: false, reason: 'empty' };
  if (number.length !== 9) return { ok: false, reason: 'length' };
  if (!/^[0-9A-Z]{8}[\dX]$/.test(number)) return { ok: false, reason: 'characters' };
  return hasOrganisationCodeCheck(number)
    ? { ok: true, value: { type: 'ORG_CODE', number } }
    : { ok: false, reason: 'check' };
}

/** True when the ninth character is the check of the eight before. */
export function hasOrganisationCodeCheck(code: string): boolean {
  return organisationCodeCheck(code.slice(0, 8)) === code[8];
}
