import { dayAt, isRealDay } from '../china-time.ts';

/** Why eight digits are not a possible date of birth: no such day (or before 1800); after today in China. */
export type BirthDateReason = 'date' | 'future-date';

/** Reads YYYYMMDD as a date of birth and answers it as YYYY-MM-DD. `now` in milliseconds since the epoch. */
export function parseBirthDate(
  digits: string,
  now: number,
): { ok: true; value: string } | { ok: false; reason: BirthDateReason } {
  const value = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  if (!isRealDay(value) || value < '1800') return { ok: false, reason: 'date' };
  return value > dayAt(now) ? { ok: false, reason: 'future-date' } : { ok: true, value };
}
