import { readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeyRecord } from '../../core/index.ts';
import type { CollectionShape, IndexEntries, PortableDocument, RecordExport, SealedBlob } from '../driver.ts';
import { blobPath, listBlobNames, undefinedWhenAbsent } from './blobs.ts';
import { tableOf } from './schema.ts';

/** Documents read between two turns of the event loop, so that a running service goes on answering. */
const pageSize = 100;

type Page = [
  id: number,
  key: string,
  version: number,
  expires: number | null,
  entries: string,
  body: Uint8Array,
][];
type Events = [id: string, at: number, body: Uint8Array][];

/**
 * Opens the records as they are at this moment: one read transaction on a connection of its own, which holds up no writer.
 * Blobs are read after it: a blob is stored before the document that names it.
 */
export function exportSqlite(path: string, blobDirectory: string): RecordExport {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  database.exec('BEGIN');
  const rows = <R>(sql: string, ...values: (string | number)[]): R => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement.all(...values) as unknown as R;
  };
  const shapes = rows<[string][]>('SELECT shape FROM collections ORDER BY name').map(
    ([shape]) => JSON.parse(shape) as CollectionShape,
  );
  let estimate = 0;
  for (const shape of shapes) estimate += rows<[[number]]>(`SELECT count(*) FROM ${tableOf(shape)}`)[0][0];

  async function* documentsOf(shape: CollectionShape): AsyncGenerator<PortableDocument> {
    const read = database.prepare(
      `SELECT id, key, version, expires, entries, body FROM ${tableOf(shape)} WHERE id > ? ORDER BY id LIMIT ${pageSize}`,
    );
    const readEvents = database.prepare(
      'SELECT id, at, body FROM events WHERE collection = ? AND key = ? ORDER BY seq',
    );
    for (const statement of [read, readEvents]) statement.setReturnArrays(true);
    for (let last = 0; ; await nextTurn()) {
      const page = read.all(last) as unknown as Page;
      for (const [id, key, version, expires, entries, body] of page) {
        const events = readEvents.all(shape.name, key) as unknown as Events;
        yield {
          collection: shape.name,
          key,
          version,
          expiresAt: expires ?? undefined,
          body,
          entries: JSON.parse(entries) as IndexEntries,
          events: events.map(([eventId, at, sealed]) => ({ id: eventId, at, body: Buffer.from(sealed) })),
        };
        last = id;
      }
      if (page.length < pageSize) return;
    }
  }

  /** Events whose document is gone. */
  function* bereaved(shape: CollectionShape): Generator<PortableDocument> {
    const left = rows<[string, string, number, Uint8Array][]>(
      `SELECT key, id, at, body FROM events e WHERE collection = ?
       AND NOT EXISTS (SELECT 1 FROM ${tableOf(shape)} c WHERE c.key = e.key) ORDER BY seq`,
      shape.name,
    );
    for (const [key, id, at, body] of left)
      yield {
        collection: shape.name,
        key,
        version: 1,
        entries: {},
        events: [{ id, at, body: Buffer.from(body) }],
      };
  }

  return {
    shapes,
    estimate,
    documents: (async function* () {
      for (const shape of shapes) {
        yield* documentsOf(shape);
        yield* bereaved(shape);
      }
    })(),
    async keyRecords() {
      const found = rows<[string][]>('SELECT body FROM key_records ORDER BY kid');
      return found.map(([body]) => JSON.parse(body) as KeyRecord);
    },
    blobs: (async function* (): AsyncGenerator<SealedBlob> {
      for await (const sha256 of listBlobNames(blobDirectory)) {
        // The orphan sweep may have taken it since; then no document names it.
        const sealed = await readFile(blobPath(blobDirectory, sha256)).catch(undefinedWhenAbsent);
        if (sealed) yield { sha256, sealed };
      }
    })(),
    // A read transaction left open would keep the log from ever starting over.
    close: () => database.close(),
  };
}
