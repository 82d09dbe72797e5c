import { type Clock, Problem, type Random } from '../core/index.ts';
import { backupStore } from './backup.ts';
import type { StoreDriver, StoreImport } from './driver.ts';
import type { Database } from './port.ts';
import { openSqlite } from './sqlite/database.ts';
import { importSqlite } from './sqlite/import.ts';
import { createStore } from './store.ts';

export interface DatabaseDependencies {
  clock: Clock;
  random: Random;
}

/** Where a store lives, read from its address. */
export type StoreAddress = { kind: 'sqlite'; path: string } | { kind: 'mongo'; url: string };

/**
 * Reads `sqlite:PATH` or `mongodb://...` (also `mongodb+srv://`), which must name its database.
 * @throws {Problem} store-url-invalid, never repeating the address: it may hold a password
 */
export function parseStoreUrl(url: string): StoreAddress {
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length);
    if (path !== '' && !path.startsWith(':') && !path.endsWith('/') && !path.includes('\0'))
      return { kind: 'sqlite', path };
  }
  if (/^mongodb(\+srv)?:\/\/[^/]+\/[\w-]+(\?.*)?$/.test(url)) return { kind: 'mongo', url };
  throw new Problem('store-url-invalid');
}

/**
 * Opens the database at an address, makes it when it is empty, and brings its schema up to date.
 * @throws {Problem} store-url-invalid | store-unavailable | store-newer | store-foreign | store-corrupt | store-full
 */
export async function openDatabase(url: string, dependencies: DatabaseDependencies): Promise<Database> {
  const driver = await openDriver(parseStoreUrl(url), dependencies);
  return {
    kind: driver.kind,
    keyRecords: driver.keyRecords,
    open: (cipher) => createStore(driver, cipher),
    backup: (to, onProgress) => backupStore(driver, { to, clock: dependencies.clock, onProgress }),
    close: () => driver.close(),
  };
}

/** Opens the place of an empty store for a restore. @throws {Problem} store-url-invalid | store-not-empty */
export async function openImport(url: string, clock: Clock): Promise<StoreImport> {
  const address = parseStoreUrl(url);
  if (address.kind === 'sqlite') return importSqlite(address.path);
  const { openMongoImport } = await import('./mongo/database.ts');
  return openMongoImport(address.url, clock);
}

async function openDriver(
  address: StoreAddress,
  { clock, random }: DatabaseDependencies,
): Promise<StoreDriver> {
  if (address.kind === 'sqlite') return openSqlite({ path: address.path, clock, random });
  // Loaded only where it is used: it costs the start of an embedded service half a second and 40 MB.
  const { openMongo } = await import('./mongo/database.ts');
  return openMongo({ url: address.url, clock, random });
}
