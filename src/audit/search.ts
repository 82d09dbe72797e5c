import { formatCursor, type Page, type PendingEvent, parseCursor } from '../core/index.ts';
import type { AuditEvent, LogSearch } from './port.ts';
import { type Batches, batchesAtOnce, batchKey, maxBatchesRead } from './store.ts';

/** Events that were committed elsewhere may reach the log later than they happened: a crash, a store that was away. */
const slackMs = 3_600_000;

/** Whether an event type is one of those: a whole type, or the beginning of some (`identity.staff.`). */
const isOfType = (type: string, wanted: string): boolean =>
  type === wanted || (wanted.endsWith('.') && type.startsWith(wanted));

/**
 * Looks through the whole log from its end, whoever an event is about. There is no index by type or time: a page reads a
 * bounded number of batches and may end without a find while there is more; its cursor goes on.
 */
export async function searchLog(
  batches: Batches,
  newest: number,
  { type, from = 0, until = Number.MAX_SAFE_INTEGER, after, limit = 50 }: LogSearch,
): Promise<Page<AuditEvent>> {
  const wanted = ({ type: name, at }: PendingEvent) =>
    at >= from && at < until && (!type || isOfType(name, type));
  const [batch, place] = after === undefined ? [] : (parseCursor(after) ?? []);
  const isGoingOn = typeof batch === 'number' && typeof place === 'number';
  const start = isGoingOn ? batch : await lastBatchBefore(batches, newest, until + slackMs);
  const items: AuditEvent[] = [];
  let number = start;
  for (let read = 0; read < maxBatchesRead && number > 0; read += batchesAtOnce) {
    const numbers = Array.from({ length: Math.min(batchesAtOnce, number) }, (_, back) => number - back);
    const found = await Promise.all(numbers.map((one) => batches.get(batchKey(one))));
    for (const stored of found) {
      const { value } = stored ?? {};
      if (!value) return { items };
      const end =
        isGoingOn && value.number === batch ? Math.min(place, value.events.length) : value.events.length;
      for (let at = end - 1; at >= 0; at--) {
        const event = value.events[at];
        if (!event || !wanted(event)) continue;
        items.push(event);
        if (items.length === limit) return { items, next: formatCursor([value.number, at]) };
      }
      const youngest = Math.max(...value.events.map(({ at }) => at));
      if (youngest + slackMs < from) return { items };
    }
    number -= numbers.length;
  }
  return number > 0 ? { items, next: formatCursor([number, Number.MAX_SAFE_INTEGER]) } : { items };
}

/** The last batch that may hold something from before an instant, found by halving. */
async function lastBatchBefore(batches: Batches, newest: number, instant: number): Promise<number> {
  let [low, high] = [1, newest];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const stored = await batches.get(batchKey(middle));
    const first = stored?.value.events[0]?.at ?? 0;
    if (first < instant) low = middle;
    else high = middle - 1;
  }
  return high;
}
