import { z } from 'zod';
import type { PortableDocument } from './driver.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const scalarSchema = z.union([z.string(), z.number()]);
const bytesSchema = z.base64();

/** The names of a backup's files, in its folder. */
export const backupFiles = {
  manifest: 'manifest.json',
  documents: 'documents.ndjson',
  keyRecords: 'key-records.ndjson',
  blobList: 'blobs.ndjson',
  blobs: 'blobs',
} as const;

const shapeSchema = z.object({
  name: z.string(),
  indexes: z.array(
    z.object({ name: z.string(), paths: z.array(z.string()), unique: z.boolean(), blind: z.boolean() }),
  ),
  durability: z.enum(['record', 'artefact']),
  sharded: z.boolean(),
  encrypted: z.boolean(),
  expires: z.boolean(),
});

const fileSchema = z.object({ lines: z.int(), sha256: sha256Schema });

/** What a backup is, and by which hashes its files are known to be whole. Written last. */
export const manifestSchema = z.object({
  format: z.literal('tongxing-backup'),
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  masterKey: z.string(),
  collections: z.array(shapeSchema),
  files: z.object({ documents: fileSchema, keyRecords: fileSchema, blobList: fileSchema }),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** A line of documents.ndjson: a document as every adapter knows it, sealed bytes in base64. */
const documentLineSchema = z.object({
  collection: z.string(),
  key: z.string(),
  version: z.int(),
  expiresAt: z.number().optional(),
  body: bytesSchema.optional(),
  entries: z.record(z.string(), z.array(z.array(scalarSchema))),
  events: z.array(z.object({ id: z.string(), at: z.number(), body: bytesSchema })),
});

/** A line of key-records.ndjson; the keyring judges what is in it. */
export const keyRecordLineSchema = z.looseObject({
  kid: z.string(),
  purpose: z.string(),
  state: z.enum(['next', 'active', 'retired']),
  wrapped: z.string(),
  createdAt: z.number(),
  version: z.int(),
});

/** A line of blobs.ndjson: the name of a blob, and the hash of its sealed bytes in the folder of blobs. */
export const blobLineSchema = z.object({ sha256: sha256Schema, sealedSha256: sha256Schema });

/** A document as a line, without the line feed. */
export function formatDocument(document: PortableDocument): string {
  const base64 = (bytes: Uint8Array) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return JSON.stringify({
    ...document,
    body: document.body && base64(document.body),
    events: document.events.map((event) => ({ ...event, body: base64(event.body) })),
  });
}

/** Reads a line back. @throws {z.ZodError | SyntaxError} */
export function parseDocument(line: string): PortableDocument {
  const { body, events, ...rest } = documentLineSchema.parse(JSON.parse(line));
  return {
    ...rest,
    body: body === undefined ? undefined : Buffer.from(body, 'base64'),
    events: events.map((event) => ({ ...event, body: Buffer.from(event.body, 'base64') })),
  };
}
