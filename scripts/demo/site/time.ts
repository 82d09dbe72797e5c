import { type Language, texts } from './texts.ts';

/** How long a day is. */
export const dayMs = 24 * 3600 * 1000;

/** The day in China, YYYY-MM-DD. */
export const dayAt = (at: number): string => new Date(at + 8 * 3600 * 1000).toISOString().slice(0, 10);

/** Writes a day and time in China as the pages of the service show it. */
export function createClock(language: Language): (at: number) => string {
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : texts[language].code, {
    ...{ dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Shanghai' },
  });
  return (at) => format.format(at);
}
