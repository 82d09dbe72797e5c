import type { Cipher, Clock } from '../../src/core/index.ts';
import type { Database, Store } from '../../src/storage/index.ts';

/** An open, empty store of the adapter under test. */
export interface OpenedStore {
  database: Database;
  store: Store;
  /** Another view of the same data, as a second process would have it, under the same cipher where none is given. */
  again(cipher?: Cipher): Promise<Store>;
  remove(): Promise<void>;
}

/** Opens an empty store whose time is `clock`. */
export type OpenStore = (options: { clock: Clock }) => Promise<OpenedStore>;

/** What the groups of the contract share: one open store, and its time. */
export interface ContractContext {
  readonly store: Store;
  readonly opened: OpenedStore;
  now(): number;
  advance(milliseconds: number): void;
}
