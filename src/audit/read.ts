import { formatCursor, type Page, type PendingEvent, Problem, parseCursor } from '../core/index.ts';
import { auditFormat, emptyLog, extend, headDocument, headOf } from './batch.ts';
import type { AuditEvent, SignedHead } from './port.ts';
import { type Batches, batchesAtOnce, batchKey, maxBatchesRead } from './store.ts';

/**
 * Events about an account or a licence, newest first. The cursor is the batch and the place in it of the last event that was
 * given.
 */
export async function eventsAbout(
  batches: Batches,
  what: 'account' | 'licence',
  id: string,
  options: { types?: readonly string[]; after?: string; limit?: number } = {},
): Promise<Page<AuditEvent>> {
  const { types, after, limit = 50 } = options;
  const wanted = (event: PendingEvent) => event.data[what] === id && (!types || types.includes(event.type));
  let [fromBatch, fromPlace] = after === undefined ? [Number.MAX_SAFE_INTEGER - 1, 0] : readCursor(after);
  const items: AuditEvent[] = [];
  for (let read = 0; read < maxBatchesRead; read += batchesAtOnce) {
    const page = await batches.find({
      index: what,
      equals: [id],
      to: fromBatch + 1,
      order: 'descending',
      limit: batchesAtOnce,
    });
    for (const { value: batch } of page.items) {
      for (
        let place = batch.number === fromBatch ? fromPlace - 1 : batch.events.length - 1;
        place >= 0;
        place--
      ) {
        const event = batch.events[place];
        if (!event || !wanted(event)) continue;
        items.push(event);
        if (items.length === limit) return { items, next: formatCursor([batch.number, place]) };
      }
    }
    const last = page.items.at(-1);
    if (!last || page.next === undefined) return { items };
    [fromBatch, fromPlace] = [last.value.number, 0];
  }
  return { items, next: formatCursor([fromBatch, fromPlace]) };
}

function readCursor(after: string): [batch: number, place: number] {
  const [batch, place] = parseCursor(after) ?? [];
  if (typeof batch !== 'number' || typeof place !== 'number')
    throw new Problem('invalid-input', {
      extensions: {
        errors: [{ pointer: '/after', code: 'cursor', detail: 'This is not the `next` of a page.' }],
      },
    });
  return [batch, place];
}

/** The public keys, then every batch in order with the head that it signs. What only our index needs is left out. */
export async function* exportLog(
  batches: Batches,
  publicKeys: () => Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>>,
): AsyncIterable<Record<string, unknown>> {
  yield { format: auditFormat, keys: [...(await publicKeys()).values()] };
  let tip = emptyLog;
  for (;;) {
    const ahead = Array.from({ length: batchesAtOnce }, (_, at) =>
      batches.get(batchKey(tip.number + 1 + at)),
    );
    for (const stored of await Promise.all(ahead)) {
      if (!stored) return;
      tip = { ...extend(tip, stored.value), full: [] };
      const { signature, events } = stored.value;
      yield { ...headDocument(headOf(tip) as SignedHead), signature, events };
    }
  }
}
