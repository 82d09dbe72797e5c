import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { type Clock, type KeyRecord, Problem, sha256Hex } from '../core/index.ts';
import {
  backupFiles,
  blobLineSchema,
  keyRecordLineSchema,
  type Manifest,
  manifestSchema,
  parseDocument,
} from './backup-format.ts';
import type { PortableDocument, StoreImport } from './driver.ts';
import { openImport } from './open-database.ts';
import type { BackupProgress, BackupReport } from './port.ts';

export interface RestoreOptions {
  /** The folder of the backup. */
  from: string;
  /** Address of the store to fill: empty, of either kind, whatever kind the backup came from. */
  url: string;
  /** Rejects unless the master key at hand opens these records. Called before anything is written. */
  prove: (records: readonly KeyRecord[]) => Promise<void>;
  clock: Clock;
  onProgress?: (progress: BackupProgress) => void;
}

/** Documents written in one go. */
const batchSize = 200;

/**
 * Fills an empty store from a backup. Everything is checked first: the manifest, the hash of every file, and by `prove`
 * that the master key at hand opens the keys; then it is written, and becomes a store only when all of it is there.
 * @throws {Problem} backup-unusable | store-not-empty | what `prove` throws | store-unavailable | store-full
 */
export async function restore(options: RestoreOptions): Promise<BackupReport> {
  const { from, url, prove, clock } = options;
  const manifest = await readManifest(from);
  await checkFiles(from, manifest);
  const records = await readKeyRecords(from);
  await prove(records);
  const target = await openImport(url, clock);
  try {
    await fill(target, { ...options, manifest, records });
  } catch (error) {
    await target.abandon();
    throw error;
  }
  await target.finish();
  const { documents, keyRecords, blobList } = manifest.files;
  return {
    documents: documents.lines,
    keys: keyRecords.lines,
    blobs: blobList.lines,
    notice: manifest.masterKey,
  };
}

async function fill(
  target: StoreImport,
  {
    from,
    onProgress,
    manifest,
    records,
  }: RestoreOptions & { manifest: Manifest; records: readonly KeyRecord[] },
): Promise<void> {
  const progress: BackupProgress = {
    documents: 0,
    documentsEstimate: manifest.files.documents.lines,
    blobs: 0,
  };
  for (const shape of manifest.collections) await target.addCollection(shape);
  for await (const batch of batchesOf(from)) {
    await target.addDocuments((batch[0] as PortableDocument).collection, batch);
    progress.documents += batch.length;
    onProgress?.({ ...progress });
  }
  for await (const { sha256 } of readBlobList(from)) {
    await target.addBlob({ sha256, sealed: await readFile(blobFile(from, sha256)) });
    progress.blobs += 1;
    onProgress?.({ ...progress });
  }
  for (const record of records) await target.addKeyRecord(record);
}

/** Documents of one collection at a time, in the order of the file. */
async function* batchesOf(from: string): AsyncGenerator<PortableDocument[]> {
  let batch: PortableDocument[] = [];
  for await (const line of linesOf(join(from, backupFiles.documents))) {
    const document = parseDocument(line);
    if (batch.length === batchSize || (batch[0] && batch[0].collection !== document.collection)) {
      yield batch;
      batch = [];
    }
    batch.push(document);
  }
  if (batch.length > 0) yield batch;
}

async function readManifest(from: string): Promise<Manifest> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(from, backupFiles.manifest), 'utf8')));
  } catch (cause) {
    throw new Problem('backup-unusable', { cause });
  }
}

/** @throws {Problem} backup-unusable, naming the first file that is not as it was written */
async function checkFiles(from: string, { files }: Manifest): Promise<void> {
  for (const name of ['documents', 'keyRecords', 'blobList'] as const) {
    const path = join(from, backupFiles[name]);
    if ((await hashOf(path)) !== files[name].sha256) throw unusable(backupFiles[name]);
  }
  for await (const { sha256, sealedSha256 } of readBlobList(from)) {
    const sealed = await readFile(blobFile(from, sha256)).catch(() => undefined);
    if (!sealed || sha256Hex(sealed) !== sealedSha256) throw unusable(sha256);
  }
}

function unusable(file: string): Problem {
  return new Problem('backup-unusable', {
    detail: {
      zh: `备份中的文件 ${file} 缺失或已被改动，请换用另一份备份；未写入任何内容。`,
      en: `The file ${file} of the backup is missing or was changed. Use another backup; nothing was written.`,
    },
  });
}

async function hashOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch {
    // A file that cannot be read is as good as none.
    return undefined;
  }
}

async function readKeyRecords(from: string): Promise<KeyRecord[]> {
  const records: KeyRecord[] = [];
  for await (const line of linesOf(join(from, backupFiles.keyRecords)))
    records.push(keyRecordLineSchema.parse(JSON.parse(line)) as KeyRecord);
  return records;
}

async function* readBlobList(from: string): AsyncGenerator<{ sha256: string; sealedSha256: string }> {
  for await (const line of linesOf(join(from, backupFiles.blobList)))
    yield blobLineSchema.parse(JSON.parse(line));
}

function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
}

function blobFile(from: string, sha256: string): string {
  return join(from, backupFiles.blobs, sha256.slice(0, 2), sha256);
}
