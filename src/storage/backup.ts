import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Clock, Problem, sha256Hex } from '../core/index.ts';
import { backupFiles, formatDocument, type Manifest } from './backup-format.ts';
import type { RecordExport, StoreDriver } from './driver.ts';
import type { BackupProgress, BackupReport } from './port.ts';

/** Said in every manifest and by the command. */
const masterKeyNotice =
  'The master key is not in this backup. Keep a copy of it elsewhere: without it nothing here can be read.';

export interface BackupOptions {
  to: string;
  clock: Clock;
  onProgress?: ((progress: BackupProgress) => void) | undefined;
}

/**
 * Writes a backup of a running store into an empty or new folder: records, wrapped keys and files, all still sealed, in a
 * form that every adapter reads. Sessions and other short-lived state stay out: after a restore people log in again, and
 * nothing that was revoked since comes back to life. The manifest is written last: a folder without one is no backup.
 * @throws {Problem} store-not-empty | store-unavailable | store-full
 */
export async function backupStore(driver: StoreDriver, options: BackupOptions): Promise<BackupReport> {
  const { to } = options;
  await mkdir(to, { recursive: true, mode: 0o700 });
  if ((await readdir(to)).length > 0) {
    throw new Problem('store-not-empty', {
      detail: {
        zh: `文件夹 ${to} 不为空，未写入备份，请换用新的文件夹。`,
        en: `The folder ${to} is not empty, so no backup was written. Name a new one.`,
      },
    });
  }
  const source = await driver.exportRecords();
  try {
    return await writeBackup(source, options);
  } catch (error) {
    const { code } = error as { code?: unknown };
    throw code === 'ENOSPC' || code === 'EDQUOT' ? new Problem('store-full', { cause: error }) : error;
  } finally {
    source.close();
  }
}

async function writeBackup(
  source: RecordExport,
  { to, clock, onProgress }: BackupOptions,
): Promise<BackupReport> {
  const progress: BackupProgress = { documents: 0, documentsEstimate: source.estimate, blobs: 0 };
  const tell = () => onProgress?.({ ...progress });

  const documents = await writeLines(join(to, backupFiles.documents), async function* () {
    for await (const document of source.documents) {
      yield formatDocument(document);
      progress.documents += 1;
      if (progress.documents % 1000 === 0) tell();
    }
  });
  const keyRecords = await writeLines(join(to, backupFiles.keyRecords), async function* () {
    for (const record of await source.keyRecords()) yield JSON.stringify(record);
  });
  const blobList = await writeLines(join(to, backupFiles.blobList), async function* () {
    for await (const { sha256, sealed } of source.blobs) {
      await writeBlob(join(to, backupFiles.blobs, sha256.slice(0, 2), sha256), sealed);
      yield JSON.stringify({ sha256, sealedSha256: sha256Hex(sealed) });
      progress.blobs += 1;
      tell();
    }
  });

  const createdAt = new Date(clock.now()).toISOString();
  await writeManifest(to, manifestOf(source, { createdAt, files: { documents, keyRecords, blobList } }));
  return {
    documents: documents.lines,
    keys: keyRecords.lines,
    blobs: blobList.lines,
    notice: masterKeyNotice,
  };
}

function manifestOf(
  { shapes }: RecordExport,
  { createdAt, files }: Pick<Manifest, 'createdAt' | 'files'>,
): Manifest {
  const collections = shapes.map((shape) => ({
    ...shape,
    indexes: shape.indexes.map((index) => ({ ...index, paths: [...index.paths] })),
  }));
  return { format: 'tongxing-backup', version: 1, createdAt, masterKey: masterKeyNotice, collections, files };
}

async function writeLines(
  path: string,
  lines: () => AsyncIterable<string>,
): Promise<{ lines: number; sha256: string }> {
  const hash = createHash('sha256');
  let count = 0;
  const file: WriteStream = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(async function* () {
    for await (const line of lines()) {
      const bytes = Buffer.from(`${line}\n`);
      hash.update(bytes);
      count += 1;
      yield bytes;
    }
  }, file);
  return { lines: count, sha256: hash.digest('hex') };
}

async function writeBlob(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, bytes, { flag: 'wx', mode: 0o600, flush: true });
}

async function writeManifest(to: string, manifest: Manifest): Promise<void> {
  const path = join(to, backupFiles.manifest);
  await rm(`${path}.part`, { force: true });
  await writeFile(`${path}.part`, `${JSON.stringify(manifest, undefined, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
  await rename(`${path}.part`, path);
  const folder = await open(to, 'r');
  await folder.sync();
  await folder.close();
}
