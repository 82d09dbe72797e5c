import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Batch } from '../../src/audit/batch.ts';
import { createTestAudit, createTestKeyring, createTestStores } from '../support/audit.ts';

const stores = createTestStores();
const keyring = createTestKeyring();
const batches: Batch[] = [];
let pristine: Buffer;

/** One SQL statement on the closed file: what somebody with the disk can do. */
function query(statement: string, ...values: Uint8Array[]): unknown[] {
  const database = new DatabaseSync(stores.file);
  const rows = database.prepare(statement).all(...values);
  database.close();
  return rows;
}

/** Opens the file as it is now and checks the log in it. */
async function check() {
  const found = await createTestAudit(await stores.open(), keyring).check();
  await stores.close();
  return found;
}

beforeAll(async () => {
  const audit = createTestAudit(await stores.open(), keyring);
  for (let batch = 1; batch <= 40; batch++) {
    if (batch === 20) keyring.rotate();
    const data = { account: `account-${batch}`, turn: 1000 + batch };
    await Promise.all([
      audit.record('demo.person.greeted', data),
      audit.record('demo.person.left', { account: 'same' }),
    ]);
  }
  for await (const line of audit.export()) {
    const { number, kid, signature, events } = line as Batch;
    if (number) batches.push({ number, kid, signature, events });
  }
  await stores.close();
  pristine = readFileSync(stores.file);
});
afterAll(() => stores.remove());

describe('the check of the log', () => {
  it('finds a log whole that is whole, also where retired keys signed', async () => {
    expect(await check()).toMatchObject({ whole: true, batches: 40, events: 80 });
  });

  it('reports progress batch by batch', async () => {
    const seen: number[] = [];
    await createTestAudit(await stores.open(), keyring).check((batch) => seen.push(batch));
    await stores.close();
    expect(seen).toEqual(batches.map((_, place) => place + 1));
  });

  it('names the batch in which any one byte of the database file was changed', async () => {
    const bodies = query('SELECT key, body FROM "c:audit-batches"') as { key: string; body: Uint8Array }[];
    for (const { key, body } of bodies.filter((row) => Number(row.key) % 13 === 1)) {
      const place = pristine.indexOf(body);
      for (const offset of [0, 1, 0.2, 0.4, 0.6, 0.8].map(
        (part) => place + Math.floor(part < 1 ? part * body.length : part),
      )) {
        const damaged = Buffer.from(pristine);
        damaged[offset] = (damaged[offset] as number) ^ 0x04;
        writeFileSync(stores.file, damaged);
        expect(await check()).toMatchObject({ whole: false, batch: Number(key) });
      }
    }
    writeFileSync(stores.file, pristine);
  });

  it.each([
    ['a number', 'chain', (batch: Batch) => ({ ...batch, number: 24 })],
    [
      'an event',
      'signature',
      (batch: Batch) => ({ ...batch, events: batch.events.map((event) => ({ ...event, at: 0 })) }),
    ],
    ['the number of events', 'signature', (batch: Batch) => ({ ...batch, events: batch.events.slice(1) })],
    ['the key', 'signature', (batch: Batch) => ({ ...batch, kid: String(batches[0]?.kid) })],
    ['the signature', 'signature', (batch: Batch) => ({ ...batch, signature: batches[0]?.signature })],
    ['a name', 'unreadable', ({ kid, ...batch }: Batch) => ({ ...batch, Kid: kid })],
  ])('names the batch in which somebody rewrote %s', async (_, fault, change) => {
    const body = Buffer.from(`\0${JSON.stringify(change(batches[22] as Batch))}`);
    query(`UPDATE "c:audit-batches" SET body = ? WHERE key = '23'`, body);
    expect(await check()).toMatchObject({ whole: false, batch: 23, fault });
    writeFileSync(stores.file, pristine);
  });

  it('names a batch that is gone, and one that was put into the place of another', async () => {
    query(`DELETE FROM "c:audit-batches" WHERE key = '9'`);
    expect(await check()).toMatchObject({ whole: false, batch: 9, fault: 'missing' });
    writeFileSync(stores.file, pristine);
    query(
      `UPDATE "c:audit-batches" SET body = (SELECT body FROM "c:audit-batches" WHERE key = '12') WHERE key = '11'`,
    );
    expect(await check()).toMatchObject({ whole: false, batch: 11, fault: 'chain' });
    writeFileSync(stores.file, pristine);
  });

  it('says that a signature is not proved when its key is not there', async () => {
    keyring.forget(String(batches[0]?.kid));
    expect(await check()).toMatchObject({ whole: false, batch: 1, fault: 'signature' });
  });
});
