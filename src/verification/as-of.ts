import { endOfDay, isRealDay, startOfDay } from '../core/index.ts';
import type { AsOf } from './question.ts';

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;

/**
 * Reads the day or instant that is asked about. A day stands for its end in China, today for this moment: a licence that was
 * suspended at noon was not valid on that day. Undefined when the text is neither. @see RFC 3339 5.6
 */
export function parseAsOf(text: string, now: number): AsOf | undefined {
  if (isRealDay(text)) {
    const isFuture = startOfDay(text) > now;
    const end = endOfDay(text) - 1;
    return { text, at: isFuture ? end : Math.min(end, now), isFuture };
  }
  const at = instant.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : { text, at, isFuture: at > now };
}
