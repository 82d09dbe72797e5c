import type { Connection } from 'mongoose';
import type { KeyRecords } from '../../core/index.ts';
import type {
  CollectionShape,
  IndexEntries,
  IndexEntry,
  PortableDocument,
  RecordExport,
  Scalar,
  SealedBlob,
} from '../driver.ts';
import type { MongoDocument } from './documents.ts';
import { ownCollections, readShapes } from './schema.ts';

/**
 * Reads the records one by one: each as it is at that moment. Collections come in the reverse of the order in which they are
 * declared, so that the audit log, which is declared first, comes last: what a document says has happened is then in the log.
 */
export async function exportMongo(connection: Connection, keyRecords: KeyRecords): Promise<RecordExport> {
  const shapes = (await readShapes(connection)).filter(({ durability }) => durability === 'record').reverse();
  let estimate = 0;
  for (const { name } of shapes) estimate += await connection.collection(name).estimatedDocumentCount();
  return {
    shapes,
    estimate,
    documents: (async function* () {
      for (const shape of shapes)
        for await (const document of connection.collection<MongoDocument>(shape.name).find().sort({ _id: 1 }))
          yield toPortable(shape, document);
    })(),
    keyRecords: () => keyRecords.list(),
    blobs: (async function* (): AsyncGenerator<SealedBlob> {
      const blobs = connection.collection<{ _id: string; bytes: Buffer }>(ownCollections.blobs);
      for await (const { _id: sha256, bytes: sealed } of blobs.find()) yield { sha256, sealed };
    })(),
    close: () => undefined,
  };
}

function toPortable(shape: CollectionShape, document: MongoDocument): PortableDocument {
  const { _id: key, version, removed, body, expires: expiresAt, events = [] } = document;
  return {
    collection: shape.name,
    key,
    version,
    expiresAt,
    body: removed ? undefined : body,
    entries: toEntries(document),
    events,
  };
}

function toEntries({ index = {} }: MongoDocument): IndexEntries {
  const entries: Record<string, IndexEntry[]> = {};
  for (const [name, fields] of Object.entries(index)) {
    const [first, ...rest] = Object.keys(fields)
      .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
      .map((field) => fields[field]);
    const forms = Array.isArray(first) ? (first as Scalar[]) : [first as Scalar];
    entries[name] = forms.map((form) => [form, ...(rest as Scalar[])]);
  }
  return entries;
}
