import type { Page, PendingEvent } from '../core/index.ts';
import type { EventConsumer, Store } from '../storage/index.ts';
import type { SealUse } from './register-port.ts';
import { useCollection } from './store.ts';

/** The list of what each seal sealed, filled by the events that ride in licences. */
export interface Uses {
  onEvents: EventConsumer;
  list(sealId: string, query?: { after?: string; limit?: number }): Promise<Page<SealUse>>;
}

/** Makes the list over the store. */
export function createUses(store: Store): Uses {
  const uses = store.collection(useCollection);
  return {
    // Each row has the key of its event: what comes again is already there.
    onEvents: async (events) => {
      const rows = events.filter(({ type }) => type === 'seals.seal.used').map(rowOf);
      if (rows.length > 0) await uses.insertMany(rows);
    },
    async list(sealId, { after, limit } = {}) {
      const page = await uses.find({
        index: 'seal',
        equals: [sealId],
        order: 'descending',
        ...(after && { after }),
        ...(limit && { limit }),
      });
      return { items: page.items.map(({ value }) => value), next: page.next };
    },
  };
}

function rowOf({ id, at, data }: PendingEvent): SealUse {
  const { seal, licence, version, type, file } = data as Record<string, string> & { version: number };
  return {
    id,
    at,
    sealId: String(seal),
    licenceId: String(licence),
    version,
    typeCode: String(type),
    fileSha256: String(file),
  };
}
