import { type Cipher, type PendingEvent, Problem, sha256Hex } from '../core/index.ts';
import { createCollection } from './collection.ts';
import type { BlobSeal, StoreDriver } from './driver.ts';
import type { Collection, CollectionDefinition, Store } from './port.ts';
import { createRecentBodies } from './recent-bodies.ts';

type Opened = ReturnType<Store['collections']>[number];
type Listener = (collection: string, key: string, events: readonly PendingEvent[]) => void;

/** Makes the store over an open adapter and the cipher that the keyring made from the adapter's key records. */
export function createStore(driver: StoreDriver, cipher: Cipher): Store {
  const listeners: Listener[] = [];
  const open = new Map<string, Opened>();
  const recent = createRecentBodies();
  const onCommitted: Listener = (collection, key, events) => {
    for (const listener of listeners) listener(collection, key, events);
  };

  return {
    collection<T, I extends string>(definition: CollectionDefinition<T, I>): Collection<T, I> {
      const known = open.get(definition.name);
      if (known) {
        if ((known.definition as unknown) !== definition)
          throw new Error(`collection ${definition.name} is declared twice`);
        return known as unknown as Collection<T, I>;
      }
      const collection = createCollection(definition, { driver, cipher, recent, onCommitted });
      open.set(definition.name, collection as unknown as Opened);
      return collection;
    },
    collections: () => [...open.values()],
    blobs: driver.blobs(createBlobSeal(cipher)),
    onCommitted: (listener) => {
      listeners.push(listener);
    },
    ping: () => driver.ping(),
    sweep: () => driver.sweep(),
    close: () => driver.close(),
  };
}

function createBlobSeal(cipher: Cipher): BlobSeal {
  return {
    seal: (bytes, sha256) => cipher.encrypt(bytes, `blob|${sha256}`),
    open(sealed, sha256) {
      let bytes: Buffer;
      try {
        bytes = cipher.decrypt(sealed, `blob|${sha256}`);
      } catch (cause) {
        throw new Problem('blob-damaged', { cause, extensions: { sha256 } });
      }
      if (sha256Hex(bytes) !== sha256) throw new Problem('blob-damaged', { extensions: { sha256 } });
      return bytes;
    },
  };
}
