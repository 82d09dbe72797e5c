const chinaOffsetMs = 8 * 3_600_000;

/** Why eight digits are not a possible date of birth: no such day (or before 1800); after today in China. */
export type BirthDateReason = 'date' | 'future-date';

/** Reads YYYYMMDD as a date of birth and answers it as YYYY-MM-DD. `now` in milliseconds since the epoch. */
export function parseBirthDate(
  digits: string,
  now: number,
): { ok: true; value: string } | { ok: false; reason: BirthDateReason } {
  const value = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  const day = new Date(`${value}T00:00:00Z`);
  // Date carries 29 February of a common year over into March, so the text must come back unchanged.
  const isReal = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
  if (!isReal || value < '1800') return { ok: false, reason: 'date' };
  const today = new Date(now + chinaOffsetMs).toISOString().slice(0, 10);
  return value > today ? { ok: false, reason: 'future-date' } : { ok: true, value };
}
