import { createPrivateKey, hkdfSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, KeyRecord, KeyRecords, Random } from '../core/index.ts';
import { createCipher } from './cipher.ts';
import { fileDriver } from './drivers/file.ts';
import type { KeyDriverName } from './drivers/port.ts';
import { selectDriver } from './drivers/select.ts';
import type { KeyStore } from './key-store.ts';
import { openKeyStore, proveWrapping } from './key-store.ts';
import type { HeldKey, PurposeKeys } from './key-table.ts';
import { allKeys, stateOf } from './key-table.ts';
import type { KeyringMode } from './master-key.ts';
import { loadMasterKey } from './master-key.ts';
import type { Keyring, KeySummary, Signer, SigningAlgorithm } from './port.ts';
import { firstPurposes, signingPurpose } from './purposes.ts';
import { ensureKeys, readyToRotateAt, rotateAll, tidyKeys } from './rotation.ts';
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
  const { clock, refreshSeconds = 5, longestTokenSeconds = 86_400, wait = delay } = options;
  const publishAheadMs = (options.publishAheadSeconds ?? 2 * refreshSeconds) * 1000;
  const driver = selectDriver(options.keyDriver ?? 'file');
  const exclusive = createQueue();
  const listeners: (() => void)[] = [];
  const derived = new Map<string, Buffer>();
  const signers = new Map<string, Signer>();

  const notify = (): void => {
    for (const listener of listeners) listener();
  };

  const refresh = (): Promise<boolean> =>
    exclusive(async () => {
      const isReloaded = await store.reload();
      const isTidied = await tidyKeys(store, clock.now(), longestTokenSeconds * 1000);
      if (isReloaded || isTidied) notify();
      return isReloaded || isTidied;
    });

  const derive = (domain: string, purpose: string): Buffer => {
    const info = `tongxing ${domain} ${purpose}`;
    const known = derived.get(info) ?? Buffer.from(hkdfSync('sha256', store.permanent(), '', info, 32));
    derived.set(info, known);
    // A copy: whoever gets it may wipe it.
    return Buffer.from(known);
  };

  const timer =
    refreshSeconds > 0
      ? setInterval(() => {
          refresh().catch((error: unknown) => options.onRefreshFailed?.(error));
        }, refreshSeconds * 1000).unref()
      : undefined;

  return {
    cipher: createCipher({ keys: store.table, random: options.random }),
    async signer(use, algorithm = 'ES256') {
      const purpose = signingPurpose(use, algorithm);
      if (!store.table().has(purpose)) await exclusive(() => ensureKeys(store, [purpose]));
      const { active } = keysOf(store, purpose);
      const known = signers.get(active.record.kid);
      if (known) return known;
      const place = use === 'token' ? fileDriver : driver;
      const signer = createSigner(active, algorithm, place.open(active.secret, algorithm));
      signers.set(active.record.kid, signer);
      return signer;
    },
    async publicKeys(use) {
      const keys = [...store.table()].filter(([purpose]) => purpose.startsWith(`sign:${use}:`));
      return new Map(
        keys.flatMap(([, group]) => allKeys(group).map(({ record }) => [record.kid, record.publicJwk ?? {}])),
      );
    },
    tokenKeySet: () => ({ keys: tokenKeys(store) }),
    cookieKeys: () => allKeys(keysOf(store, 'cookie')).map(({ secret }) => secret.toString('base64url')),
    permanentSecret: (purpose) => derive('permanent', purpose),
    derive: (purpose) => derive('shared', purpose),
    list: () => summaries(store),
    rotate: () =>
      exclusive(async () => {
        await store.reload();
        await ensureKeys(store, [...store.table().keys()]);
        const remainingMs = readyToRotateAt(store, publishAheadMs) - clock.now();
        if (remainingMs > 0) await wait(Math.min(remainingMs, publishAheadMs));
        await rotateAll(store, clock);
        await tidyKeys(store, clock.now(), longestTokenSeconds * 1000);
        notify();
        return summaries(store);
      }),
    refresh,
    onChange: (listener) => void listeners.push(listener),
    close: () => clearInterval(timer),
  };
}

function createSigner(
  { record }: HeldKey,
  algorithm: SigningAlgorithm,
  sign: (data: Uint8Array) => Promise<Buffer>,
): Signer {
  return { kid: record.kid, algorithm, publicJwk: record.publicJwk ?? {}, sign };
}

function keysOf(store: KeyStore, purpose: string): PurposeKeys {
  const keys = store.table().get(purpose);
  if (!keys) throw new Error(`there are no keys for ${purpose}`);
  return keys;
}

/** Private JWKs: those in use first, since the provider signs with the first that fits. */
function tokenKeys(store: KeyStore): Record<string, unknown>[] {
  const groups = (['ES256', 'RS256'] as const).map((algorithm) =>
    keysOf(store, signingPurpose('token', algorithm)),
  );
  const ordered = [
    ...groups.map(({ active }) => active),
    ...groups.flatMap(({ next }) => next),
    ...groups.flatMap(({ retired }) => retired),
  ];
  return ordered.map(({ record, secret }) => ({
    ...createPrivateKey({ key: secret, type: 'pkcs8', format: 'der' }).export({ format: 'jwk' }),
    ...record.publicJwk,
  }));
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
