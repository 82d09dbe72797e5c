import { type Clock, Problem, type Random } from '../core/index.ts';
import type { StoreDriver } from './driver.ts';
import type { Database } from './port.ts';
import { openSqlite } from './sqlite/database.ts';
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
  const driver = openDriver(parseStoreUrl(url), dependencies);
  return {
    kind: driver.kind,
    keyRecords: driver.keyRecords,
    open: (cipher) => createStore(driver, cipher),
    close: () => driver.close(),
  };
}

function openDriver(address: StoreAddress, { clock, random }: DatabaseDependencies): StoreDriver {
  if (address.kind === 'mongo') throw new Problem('store-url-invalid');
  return openSqlite({ path: address.path, clock, random });
}
