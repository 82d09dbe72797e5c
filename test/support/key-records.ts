import { setImmediate } from 'node:timers/promises';
import type { KeyRecord, KeyRecords } from '../../src/core/index.ts';

/** Key records in memory, shared by any number of keyrings as a store would; every call yields, so that races are real. */
export function createMemoryKeyRecords(): KeyRecords & { stored: Map<string, KeyRecord> } {
  const stored = new Map<string, KeyRecord>();
  return {
    stored,
    async list() {
      await setImmediate();
      return structuredClone([...stored.values()]);
    },
    async insert(record) {
      await setImmediate();
      if (stored.has(record.kid)) return false;
      stored.set(record.kid, structuredClone(record));
      return true;
    },
    async replace(record, expectedVersion) {
      await setImmediate();
      if (stored.get(record.kid)?.version !== expectedVersion) return false;
      stored.set(record.kid, structuredClone({ ...record, version: expectedVersion + 1 }));
      return true;
    },
    async remove(kid) {
      await setImmediate();
      stored.delete(kid);
    },
  };
}
