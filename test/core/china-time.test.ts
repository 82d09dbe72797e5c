import { describe, expect, it } from '@jest/globals';
import {
  addMonths,
  chinaTimeZone,
  dayAt,
  dayMs,
  endOfDay,
  isRealDay,
  startOfDay,
  timeOfDayAt,
} from '../../src/core/index.ts';

describe('the time in China', () => {
  it('begins a day at 16:00 UTC of the day before and ends it where the next begins', () => {
    const midnight = Date.parse('2026-11-21T16:00:00Z');
    expect(startOfDay('2026-11-22')).toBe(midnight);
    expect([dayAt(midnight - 1), dayAt(midnight), dayAt(midnight + 1)]).toEqual([
      '2026-11-21',
      '2026-11-22',
      '2026-11-22',
    ]);
    expect(endOfDay('2026-11-22')).toBe(startOfDay('2026-11-23'));
    expect([timeOfDayAt(midnight - 1), timeOfDayAt(midnight)]).toEqual(['23:59:59', '00:00:00']);
  });

  it('carries over at the ends of months and years, on leap days, before the epoch and in the first centuries', () => {
    for (const [day, next] of [
      ['2024-02-28', '2024-02-29'],
      ['2024-02-29', '2024-03-01'],
      ['2026-02-28', '2026-03-01'],
      ['2026-12-31', '2027-01-01'],
      ['1969-12-31', '1970-01-01'],
      ['1900-02-28', '1900-03-01'],
      ['0099-12-31', '0100-01-01'],
    ] as const)
      expect([dayAt(endOfDay(day) - 1), dayAt(endOfDay(day))]).toEqual([day, next]);
  });

  it('is what calendars and clocks of the country have shown since 1992', () => {
    const shown = new Intl.DateTimeFormat('sv-SE', {
      ...{ dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Shanghai' },
    });
    const ours = new Intl.DateTimeFormat('sv-SE', {
      ...{ dateStyle: 'short', timeStyle: 'medium', timeZone: chinaTimeZone },
    });
    for (let at = Date.parse('1992-01-01T00:00:00Z'); at < Date.parse('2046-01-01'); at += 17.3 * dayMs) {
      expect(`${dayAt(at)} ${timeOfDayAt(at)}`).toBe(shown.format(at));
      expect(ours.format(at)).toBe(shown.format(at));
    }
  });

  it('counts months to the same day, or to the last of a shorter month', () => {
    expect(addMonths('2026-11-22', 3)).toBe('2027-02-22');
    expect(addMonths('2026-11-30', 3)).toBe('2027-02-28');
    expect(addMonths('2024-02-29', 12)).toBe('2025-02-28');
    expect(addMonths('2024-02-29', 48)).toBe('2028-02-29');
    expect(addMonths('2026-01-31', 0)).toBe('2026-01-31');
  });

  it('knows which days exist', () => {
    for (const day of ['2024-02-29', '2000-02-29', '1900-12-31', '0001-01-01'])
      expect([day, isRealDay(day)]).toEqual([day, true]);
    for (const text of [
      '2026-02-29',
      '1900-02-29',
      '2026-02-30',
      '2026-13-01',
      '2026-00-10',
      '2026-04-31',
      '2026-1-1',
      '20260101',
      '2026-01-01T00:00:00Z',
      ' 2026-01-01',
      '',
    ])
      expect([text, isRealDay(text)]).toEqual([text, false]);
  });
});
