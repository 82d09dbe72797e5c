import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Audit, createAudit, defineEvents } from '../../src/audit/index.ts';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { type Keyring, openKeyring } from '../../src/keyring/index.ts';
import {
  createReceipts,
  type ReceiptContent,
  type Receipts,
  receiptEventData,
} from '../../src/receipts/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { createMetrics } from '../../src/telemetry/index.ts';
import { tempDirectory } from '../support/temp-store.ts';

/** An event of a room that exists only here. */
export const eventType = 'demo.licence.verified';
defineEvents({
  [eventType]: {
    name: { zh: '核验', en: 'Verified' },
    meaning: 'Somebody asked about a licence.',
    data: z.strictObject({ ...receiptEventData, turn: z.int().optional() }),
  },
});

/** What a receipt may say. */
export const content = (change: Partial<ReceiptContent> = {}): ReceiptContent => ({
  client: 'service-hall',
  case_number: 'CASE-2026-0001',
  service_item_code: '520000-SPJY-01',
  purpose: '食品经营许可',
  licence: { id: 'x'.repeat(22), version: 2, version_hash: 'h'.repeat(42).concat('A') },
  checks: [
    { id: 'exists', result: 'passed', code: null },
    { id: 'status', result: 'passed', code: null },
  ],
  conclusion: 'valid',
  freshness: { as_of: '2026-06-01T00:00:00.000Z', source: 'library' },
  ...change,
});

/** One process of receipts on a store. */
export interface ReceiptWorld {
  receipts: Receipts;
  audit: Audit;
  keyring: Keyring;
  /** Issues a receipt for a case of its own. */
  issue(turn?: number): ReturnType<Receipts['issue']>;
  /** One more process on the same store. */
  sibling(): Promise<ReceiptWorld>;
  close(): Promise<void>;
}

/** Opens receipts on a new store, or as one more process on that of a folder. */
export async function createReceiptWorld(folder = tempDirectory('receipts')): Promise<ReceiptWorld> {
  const base = { clock: systemClock, random: systemRandom };
  const database = await openDatabase(`sqlite:${join(folder, 'test.db')}`, base);
  const keyring = await openKeyring({
    ...{ ...base, records: database.keyRecords, folder: join(folder, 'keys'), mode: 'demo' },
    ...{ refreshSeconds: 0, publishAheadSeconds: 0 },
  });
  const store = database.open(keyring.cipher);
  const audit = createAudit({ ...base, store, keyring, metrics: createMetrics({ processMetrics: false }) });
  const receipts = createReceipts({ ...base, store, keyring, audit, issuer: 'https://licences.example' });
  const siblings: ReceiptWorld[] = [];
  return {
    ...{ receipts, audit, keyring },
    issue: (turn = 0) =>
      receipts.issue({
        content: content({ case_number: `CASE-2026-${turn}` }),
        event: { type: eventType, data: { turn } },
      }),
    async sibling() {
      const made = await createReceiptWorld(folder);
      siblings.push(made);
      return made;
    },
    async close() {
      for (const made of siblings) await made.close();
      await audit.close();
      await keyring.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
