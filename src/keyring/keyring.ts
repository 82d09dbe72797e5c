import { hkdfSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, KeyRecord, KeyRecords, Random } from '../core/index.ts';
import { createCipher } from './cipher.ts';
import type { KeyDriverName } from './drivers/port.ts';
import { selectDriver } from './drivers/select.ts';
import type { KeyStore } from './key-store.ts';
import { openKeyStore, proveWrapping } from './key-store.ts';
import { allKeys, keysOf, stateOf } from './key-table.ts';
import type { KeyringMode } from './master-key.ts';
import { loadMasterKey } from './master-key.ts';
import type { Keyring, KeySummary } from './port.ts';
import { firstPurposes } from './purposes.ts';
import { ensureKeys, readyToRotateAt, rotateAll, tidyKeys } from './rotation.ts';
import { createSigners } from './signers.ts';
import { createWrapping } from './wrapping.ts';

export interface KeyringOptions {
  /** The store's key records. */
  records: KeyRecords;
  /** Folder of the master key (setting TONGXING_KEYS). */
  folder: string;
  mode: KeyringMode;
  clock: Clock;
  random: Random;
  /** Where signing keys other than those of tokens live; default `file`. */
  keyDriver?: KeyDriverName;
  /** How often other processes' rotations are looked for; default 5 seconds, 0 never. */
  refreshSeconds?: number;
  /** How long a next key must have been published before a rotation uses it; default twice the refresh. */
  publishAheadSeconds?: number;
  /** Longest life of anything that a token or cookie key signs; default 24 hours. */
  longestTokenSeconds?: number;
  /** Told when the regular refresh failed. The keys in memory stay in use and the next refresh tries again. */
  onRefreshFailed?: (error: unknown) => void;
  /** Waits before an early rotation; tests replace it. */
  wait?: (ms: number) => Promise<unknown>;
}

/**
 * Opens the keys of an installation; makes the master key and the first keys on an empty store. Processes that start at
 * once on one store end with the same keys.
 * @throws {Problem} master-key-missing | master-key-foreign | master-key-exposed | master-key-unreadable |
 *   master-key-of-demo | key-record-damaged | key-driver-unavailable
 */
export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  const { records, folder, mode, clock, random } = options;
  const driver = selectDriver(options.keyDriver ?? 'file');
  const mayCreate = (await records.list()).length === 0;
  const masterKey = await loadMasterKey({ folder, mode, clock, random, mayCreate });
  const wrapping = createWrapping(masterKey, mode, random);
  const store = await openKeyStore({ records, wrapping, driver, clock, random });
  await store.reload();
  await ensureKeys(store, firstPurposes);
  return createKeyring(store, options);
}

/**
 * Proves that the master key in a folder opens the keys of a store, before a restore writes anything.
 * @throws {Problem} as openKeyring; master-key-missing when there is none
 */
export async function proveMasterKey(
  options: Pick<KeyringOptions, 'folder' | 'mode' | 'clock' | 'random'> & { records: readonly KeyRecord[] },
): Promise<void> {
  const masterKey = await loadMasterKey({ ...options, mayCreate: false });
  proveWrapping(options.records, createWrapping(masterKey, options.mode, options.random));
}

function createKeyring(store: KeyStore, options: KeyringOptions): Keyring {
  const { clock, random } = options;
  const longestTokenMs = (options.longestTokenSeconds ?? 86_400) * 1000;
  const exclusive = createQueue();
  const listeners: (() => void)[] = [];
  const notify = (): void => {
    for (const listener of listeners) listener();
  };

  const refresh = (): Promise<boolean> =>
    exclusive(async () => {
      const isReloaded = await store.reload();
      const isTidied = await tidyKeys(store, clock.now(), longestTokenMs);
      if (isReloaded || isTidied) notify();
      return isReloaded || isTidied;
    });

  const regularly = refreshRegularly(refresh, options);
  const derive = createDerivation(store.permanent());
  const driver = selectDriver(options.keyDriver ?? 'file');
  const ensure = (purpose: string): Promise<void> => exclusive(() => ensureKeys(store, [purpose]));

  return {
    cipher: createCipher({ keys: store.table, random }),
    ...createSigners({ store, driver, ensure }),
    cookieKeys: () =>
      allKeys(keysOf(store.table(), 'cookie')).map(({ secret }) => secret.toString('base64url')),
    permanentSecret: (purpose) => derive(`permanent ${purpose}`),
    derive: (purpose) => derive(`shared ${purpose}`),
    list: () => summaries(store),
    rotate: () =>
      exclusive(async () => {
        await rotateWhenReady(store, options);
        await tidyKeys(store, clock.now(), longestTokenMs);
        notify();
        return summaries(store);
      }),
    refresh,
    onChange: (listener) => void listeners.push(listener),
    close: regularly.close,
  };
}

const defaultRefreshSeconds = 5;

function refreshRegularly(refresh: () => Promise<unknown>, options: KeyringOptions) {
  const { refreshSeconds = defaultRefreshSeconds, onRefreshFailed } = options;
  let running: Promise<unknown> | undefined;
  function tick(): void {
    // While a rotation waits, so does the first of these; more would only follow it.
    running ??= refresh()
      .catch((error: unknown) => onRefreshFailed?.(error))
      .finally(() => {
        running = undefined;
      });
  }
  const timer = refreshSeconds === 0 ? undefined : setInterval(tick, refreshSeconds * 1000).unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}

/**
 * One step, once every process must have read the next keys: a fresh installation, or a second rotation right after the
 * first, waits for that. Nothing that one process signs or seals is then unknown to another.
 */
async function rotateWhenReady(store: KeyStore, options: KeyringOptions): Promise<void> {
  const { clock, refreshSeconds = defaultRefreshSeconds, wait = delay } = options;
  const publishAheadMs = (options.publishAheadSeconds ?? 2 * refreshSeconds) * 1000;
  await store.reload();
  await ensureKeys(store, [...store.table().keys()]);
  const remainingMs = readyToRotateAt(store, publishAheadMs) - clock.now();
  if (remainingMs > 0) await wait(Math.min(remainingMs, publishAheadMs));
  await rotateAll(store, clock);
}

/** Derives 32 bytes for each purpose by HKDF (RFC 5869); answers copies, since whoever gets one may wipe it. */
function createDerivation(permanent: Buffer): (info: string) => Buffer {
  const known = new Map<string, Buffer>();
  return (info) => {
    const derived = known.get(info) ?? Buffer.from(hkdfSync('sha256', permanent, '', `tongxing ${info}`, 32));
    known.set(info, derived);
    return Buffer.from(derived);
  };
}

function summaries(store: KeyStore): KeySummary[] {
  return [...store.table()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([purpose, keys]) =>
      allKeys(keys).map((key) => {
        const { kid, createdAt, activatedAt, retiredAt } = key.record;
        return { kid, purpose, state: stateOf(keys, key), createdAt, activatedAt, retiredAt };
      }),
    );
}

/** Runs asynchronous work one after the other, so that a slow reading never overwrites a newer one. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  };
}
