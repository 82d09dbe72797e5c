/**
 * The clock on the wall in China: eight hours before UTC all over the country, without summer time since 1992. Instants are
 * milliseconds since the epoch, days are YYYY-MM-DD. Reckoned and not asked of Intl: every verification asks for the day.
 */

const offsetMs = 8 * 3_600_000;
const two = (part: number): string => String(part).padStart(2, '0');

/** The time zone of everything that is shown, for Intl: the same fixed offset. */
export const chinaTimeZone = '+08:00';

/** How long a day is. */
export const dayMs = 86_400_000;

/** The first instant of a day. */
export const startOfDay = (day: string): number => Date.parse(day) - offsetMs;

/** The first instant after a day. */
export const endOfDay = (day: string): number => startOfDay(day) + dayMs;

/** The day at an instant. */
export function dayAt(at: number): string {
  const wall = new Date(at + offsetMs);
  const year = String(wall.getUTCFullYear()).padStart(4, '0');
  return `${year}-${two(wall.getUTCMonth() + 1)}-${two(wall.getUTCDate())}`;
}

/** The time of day at an instant, HH:MM:SS. */
export const timeOfDayAt = (at: number): string => new Date(at + offsetMs).toISOString().slice(11, 19);

/** True for YYYY-MM-DD of a day that exists. */
export function isRealDay(text: string): boolean {
  // Date carries 30 February over into March, so the text must come back unchanged.
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && dayAt(startOfDay(text)) === text;
}

/** The day some months later; the last of the month where there is no such day. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return first.toISOString().slice(0, 10);
}
