import { normaliseIdentifier } from './characters.ts';
import { mod11Check10 } from './check-characters.ts';
import type { Parsed, ShapeReason } from './parsed.ts';
import { isRegistrationArea } from './provinces.ts';

/** A business registration number (工商注册号) from before credit codes; kept as an alias of the organisation. */
export interface RegistrationNumber {
  type: 'REGISTRATION_NUMBER';
  /** 15 digits: area of the first registration (6), sequence (8), check. */
  number: string;
  area: string;
}

/**
 * Reads a 15-digit registration number. It has the length of a legacy ID number, which is why types are never guessed.
 * A failed check is the warning `check-failed`: stock of old registers holds such numbers, and the register decides.
 * @see GS 15-2006 (clause unchecked)
 */
export function parseRegistrationNumber(
  text: string,
): Parsed<RegistrationNumber, ShapeReason | 'area', 'check-failed'> {
  const number = normaliseIdentifier(text);
  if (number === '') return { ok: false, reason: 'empty' };
  if (number.length !== 15) return { ok: false, reason: 'length' };
  if (!/^\d{15}$/.test(number)) return { ok: false, reason: 'characters' };
  const area = number.slice(0, 6);
  if (!isRegistrationArea(area)) return { ok: false, reason: 'area' };
  return {
    ok: true,
    value: { type: 'REGISTRATION_NUMBER', number, area },
    ...(mod11Check10(number.slice(0, 14)) !== number[14] && { warning: 'check-failed' }),
  };
}
