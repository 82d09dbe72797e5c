import { normaliseIdentifier } from './characters.ts';
import { alphabet31, creditCodeCheck } from './check-characters.ts';
import { hasOrganisationCodeCheck } from './organisation-code.ts';
import type { Parsed, ShapeReason } from './parsed.ts';
import { isRegistrationArea } from './provinces.ts';

/** A unified social credit code (统一社会信用代码) of well-formed shape. */
export interface CreditCode {
  type: '001';
  /** 18 characters. */
  number: string;
  /** Registering department: 1 public institutions, 5 civil affairs, 9 market regulation, Y others, ... */
  department: string;
  /** Kind of organisation within the department. */
  category: string;
  /** Area code of the registration; 100000 is national. */
  area: string;
  /** The organisation code inside, 9 characters. */
  organisationCode: string;
  /** Whether that code's own check holds: it does for the early pilot codes whose outer check fails. */
  isOrganisationCodeRight: boolean;
  /** True for sole traders (92...): the holder is a person, so its data is personal information. */
  isPerson: boolean;
}

export type CreditCodeReason = ShapeReason | 'area';

/**
 * Reads a credit code. A failed check character is the warning `check-failed`, not a refusal: codes given out in the pilot
 * of 2015 are legal and fail it. A match in the business register settles it; without one the code must not be trusted.
 * @see GB 32100-2015
 */
export function parseCreditCode(text: string): Parsed<CreditCode, CreditCodeReason, 'check-failed'> {
  const number = normaliseIdentifier(text);
  if (number === '') return { ok: false, reason: 'empty' };
  if (number.length !== 18) return { ok: false, reason: 'length' };
  if (![...number].every((character) => alphabet31.includes(character)))
    return { ok: false, reason: 'characters' };
  const area = number.slice(2, 8);
  if (!/^\d{6}$/.test(area) || !isRegistrationArea(area)) return { ok: false, reason: 'area' };
  const organisationCode = number.slice(8, 17);
  return {
    ok: true,
    value: {
      type: '001',
      number,
      department: number.slice(0, 1),
      category: number.slice(1, 2),
      area,
      organisationCode,
      isOrganisationCodeRight: hasOrganisationCodeCheck(organisationCode),
      isPerson: number.startsWith('92'),
    },
    ...(creditCodeCheck(number.slice(0, 17)) !== number[17] && { warning: 'check-failed' }),
  };
}

/** Whether a text is an authority's code as it is stored. Authorities got theirs after the pilot, so the check must hold. */
export function isAuthorityCode(text: unknown): text is string {
  const parsed = typeof text === 'string' ? parseCreditCode(text) : undefined;
  return parsed?.ok === true && parsed.value.number === text && parsed.warning === undefined;
}
