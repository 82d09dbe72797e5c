import { mkdir, open, readdir, readFile, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, type Random, sha256Hex } from '../../core/index.ts';
import { greatestBlobBytes, isBlobName } from '../blob-rules.ts';
import type { BlobSeal } from '../driver.ts';
import type { Blobs } from '../port.ts';
import { toStoreProblem } from './errors.ts';

export interface DirectoryBlobsOptions {
  directory: string;
  seal: BlobSeal;
  random: Random;
  clock: Clock;
}

/** Where a blob lies in its directory: in a folder of its first two characters, so that no folder grows too large. */
export const blobPath = (directory: string, sha256: string): string =>
  join(directory, sha256.slice(0, 2), sha256);

/** Blobs as files: written beside their place, synced, then renamed into it, so that a name always holds the whole file. */
export function createDirectoryBlobs({ directory, seal, random, clock }: DirectoryBlobsOptions): Blobs {
  const guard = async <R>(work: () => Promise<R>): Promise<R> => {
    try {
      return await work();
    } catch (error) {
      throw toStoreProblem(error, directory);
    }
  };
  const place = (sha256: string): string => {
    if (!isBlobName(sha256)) throw new TypeError('a blob is named by its SHA-256 in hex');
    return blobPath(directory, sha256);
  };
  return {
    async put(bytes) {
      if (bytes.length > greatestBlobBytes) throw new RangeError('a blob has at most 15 MB');
      const sha256 = sha256Hex(bytes);
      await guard(async () => {
        const path = place(sha256);
        const now = clock.now() / 1000;
        // Putting it again makes it young again: the orphan sweep must not take what is about to be referred to.
        if (await touch(path, now)) return;
        await writeWhole({ path, part: `${path}.${random.id()}.part`, bytes: seal.seal(bytes, sha256), now });
      });
      return sha256;
    },
    async get(sha256) {
      const sealed = await guard(async () => readFile(place(sha256)).catch(undefinedWhenAbsent));
      return sealed && seal.open(sealed, sha256);
    },
    has: async (sha256) => guard(async () => exists(place(sha256))),
    remove: async (sha256) => guard(async () => rm(place(sha256), { force: true })),
    list: (olderThanMs) => listBlobs(directory, clock.now() - olderThanMs),
  };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(undefinedWhenAbsent)) !== undefined;
}

/** Handles a rejection: absent is undefined, everything else goes on. */
export function undefinedWhenAbsent(error: unknown): undefined {
  if ((error as { code?: unknown } | null)?.code === 'ENOENT') return undefined;
  throw error;
}

/** Sets the time of a file, in seconds; false when it is absent. */
async function touch(path: string, now: number): Promise<boolean> {
  const touched = await utimes(path, now, now).then(() => true, undefinedWhenAbsent);
  return touched ?? false;
}

/** Folders whose own names are known to survive a power cut. */
const anchored = new Set<string>();

/** Writes a file so that its name only ever holds all of it; `now` is its time in seconds, where that is not the present. */
export async function writeWhole(to: {
  path: string;
  part: string;
  bytes: Uint8Array;
  now: number | undefined;
}): Promise<void> {
  const folder = dirname(to.path);
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) anchored.delete(folder);
  try {
    const file = await open(to.part, 'wx', 0o600);
    try {
      await file.writeFile(to.bytes);
      if (to.now !== undefined) await file.utimes(to.now, to.now);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(to.part, to.path);
  } catch (error) {
    await rm(to.part, { force: true });
    throw error;
  }
  await syncDirectory(folder);
  if (anchored.has(folder)) return;
  // Whoever made it may have been cut off before it was safe, so this process makes sure once.
  for (const above of [dirname(folder), dirname(dirname(folder))]) await syncDirectory(above);
  anchored.add(folder);
}

/** Makes new names in a directory survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Names of all blobs in a directory. */
export function listBlobNames(directory: string): AsyncIterable<string> {
  return listBlobs(directory, Number.POSITIVE_INFINITY);
}

/** Names of the blobs written before a moment. Parts that a crash left over from before then are deleted on the way. */
async function* listBlobs(directory: string, writtenBefore: number): AsyncGenerator<string> {
  const folders = (await readdir(directory).catch(undefinedWhenAbsent)) ?? [];
  for (const folder of folders.sort()) {
    for (const name of (await readdir(join(directory, folder))).sort()) {
      const path = join(directory, folder, name);
      const found = await stat(path).catch(undefinedWhenAbsent);
      if (!found || found.mtimeMs > writtenBefore) continue;
      if (isBlobName(name)) yield name;
      else if (name.endsWith('.part') && Number.isFinite(writtenBefore))
        await unlink(path).catch(undefinedWhenAbsent);
    }
  }
}
