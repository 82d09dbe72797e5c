import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cipher, type Clock, systemClock, systemRandom } from '../../src/core/index.ts';
import { type Database, openDatabase, type Store } from '../../src/storage/index.ts';
import { createTestCipher } from './test-cipher.ts';

/** A real embedded store in a folder of its own. */
export interface TempStore {
  store: Store;
  database: Database;
  directory: string;
  /** Address for openDatabase: a second process, or the next life of this one. */
  url: string;
  /** Closes the store and deletes the folder. */
  remove(): Promise<void>;
}

export interface TempStoreOptions {
  clock?: Clock;
  cipher?: Cipher;
}

/** A new, empty folder under the system's temporary folder. */
export function tempDirectory(name = 'store'): string {
  return mkdtempSync(join(tmpdir(), `tongxing-${name}-`));
}

/** Opens a new, empty embedded store for a test. */
export async function openTempStore(options: TempStoreOptions = {}): Promise<TempStore> {
  const { clock = systemClock, cipher = createTestCipher() } = options;
  const directory = tempDirectory();
  const url = `sqlite:${join(directory, 'test.db')}`;
  const database = await openDatabase(url, { clock, random: systemRandom });
  return {
    store: database.open(cipher),
    database,
    directory,
    url,
    async remove() {
      await database.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
