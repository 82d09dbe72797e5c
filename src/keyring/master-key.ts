import { constants } from 'node:fs';
import { link, mkdir, open, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock, Random } from '../core/index.ts';
import { Problem } from '../core/index.ts';
import { keyringProblems } from './problems.ts';

/** Production, or the demo, whose keys anybody may have seen. */
export type KeyringMode = 'production' | 'demo';

/** Name of the file within the folder that TONGXING_KEYS names. */
export const masterKeyFileName = 'master-key.json';

const masterKeyFile = z
  .strictObject({
    format: z.literal('tongxing-master-key-1'),
    mode: z.enum(['production', 'demo']),
    created_at: z.iso.datetime(),
    key: z.string().regex(/^[\w-]{43}$/),
  })
  .meta({ id: 'MasterKeyFile', description: 'The one secret that is a file: 32 random bytes as base64url.' });

export interface MasterKeyOptions {
  folder: string;
  mode: KeyringMode;
  clock: Clock;
  random: Random;
  /** Whether a missing key may be made: only when the store holds no keys yet. */
  mayCreate: boolean;
}

/**
 * Reads the master key, 32 bytes; makes it where that is allowed. Two processes that make it at once end with one key.
 * @throws {Problem} master-key-missing | master-key-exposed | master-key-unreadable | master-key-of-demo
 */
export async function loadMasterKey(options: MasterKeyOptions): Promise<Buffer> {
  const path = join(options.folder, masterKeyFileName);
  let text = await readPrivately(options.folder, path);
  if (text === undefined && options.mayCreate) {
    await createFile(options, path).catch((cause: unknown) => {
      throw problemAt(path, 'master-key-unreadable', cause);
    });
    text = await readPrivately(options.folder, path);
  }
  if (text === undefined) throw problemAt(path, 'master-key-missing');
  return readKey(text, path, options.mode);
}

function readKey(text: string, path: string, mode: KeyringMode): Buffer {
  const parsed = masterKeyFile.safeParse(parseJson(text));
  // The cause is left out on purpose: it could quote the key.
  if (!parsed.success) throw problemAt(path, 'master-key-unreadable');
  if (parsed.data.mode !== mode) throw problemAt(path, 'master-key-of-demo');
  return Buffer.from(parsed.data.key, 'base64url');
}

/** Undefined when there is no file. Permissions are those of the opened file, so it cannot be swapped after the check. */
async function readPrivately(folder: string, path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY);
    const { mode, uid } = await file.stat();
    const folderMode = (await stat(folder)).mode;
    const owner = process.getuid?.() ?? uid;
    // Others may not read the file, nor write the folder, where they could put another file in its place.
    if ((mode & 0o077) !== 0 || (folderMode & 0o022) !== 0 || (uid !== owner && uid !== 0))
      throw problemAt(path, 'master-key-exposed');
    return await file.readFile('utf8');
  } catch (error) {
    if (error instanceof Problem) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw problemAt(path, 'master-key-unreadable', error);
  }
}

/** Writes the file whole under another name and links it, so that it appears at once and never replaces one. */
async function createFile({ folder, mode, clock, random }: MasterKeyOptions, path: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const content: z.infer<typeof masterKeyFile> = {
    format: 'tongxing-master-key-1',
    mode,
    created_at: new Date(clock.now()).toISOString(),
    key: random.bytes(32).toString('base64url'),
  };
  const draft = `${path}.${random.id()}`;
  try {
    await using file = await open(draft, 'wx', 0o600);
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  await using directory = await open(folder, constants.O_RDONLY);
  await directory.sync();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemAt(path: string, code: keyof typeof keyringProblems, cause?: unknown): Problem {
  const { zh, en } = keyringProblems[code].text;
  return new Problem(code, { detail: { zh: `${zh}文件：${path}`, en: `${en} File: ${path}` }, cause });
}
