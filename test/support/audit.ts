import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createAudit, defineEvents } from '../../src/audit/index.ts';
import { type Cipher, type PendingEvent, systemClock, systemRandom } from '../../src/core/index.ts';
import type { Keyring, Signer } from '../../src/keyring/index.ts';
import { defineCollection, openDatabase, type Store } from '../../src/storage/index.ts';
import { createMetrics } from '../../src/telemetry/index.ts';

// Events of a room that exists only here.
defineEvents({
  'demo.person.greeted': {
    name: { zh: '问好', en: 'Greeted' },
    meaning: 'Somebody said hello.',
    data: z.strictObject({
      account: z.string().optional(),
      client: z.string().optional(),
      licence: z.string().optional(),
      turn: z.int().optional(),
    }),
  },
  'demo.person.left': {
    name: { zh: '离开', en: 'Left' },
    meaning: 'Somebody left.',
    data: z.strictObject({ account: z.string() }),
  },
});

/** The log is not encrypted, so this cipher is never asked. */
const noCipher: Cipher = {
  encrypt: () => Buffer.alloc(0),
  decrypt: () => Buffer.alloc(0),
  blind: () => [],
};

/** A collection whose documents carry events. */
export const notes = defineCollection({
  name: 'notes',
  schema: z.strictObject({ id: z.string() }),
  key: (note) => note.id,
  indexes: [],
});

type AuditKeys = Pick<Keyring, 'signer' | 'publicKeys'>;

/** A keyring with nothing but this audit key, and those that come by `rotate`. */
export function keyringOf(first: KeyObject): AuditKeys & { rotate(): void; forget(kid: string): void } {
  const signers = new Map<string, Signer>();
  let active: Signer;
  const enter = (privateKey: KeyObject) => {
    const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
    const kid = `key-${jwk.x}`;
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
    const publicJwk = { ...jwk, kid, alg: 'ES256', use: 'sig' };
    active = { kid, algorithm: 'ES256', publicJwk, sign: async (data) => sign('sha256', data, key) };
    signers.set(kid, active);
  };
  enter(first);
  return {
    rotate: () => enter(newKey()),
    forget: (kid) => void signers.delete(kid),
    signer: async () => active,
    publicKeys: async () => new Map([...signers].map(([kid, { publicJwk }]) => [kid, publicJwk])),
  };
}

/** A new P-256 key. */
export const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** A keyring with a new key. */
export const createTestKeyring = () => keyringOf(newKey());

/** Opens a store as one more process would. */
export async function openTestStore(file: string): Promise<Store> {
  const database = await openDatabase(`sqlite:${file}`, { clock: systemClock, random: systemRandom });
  return database.open(noCipher);
}

/** A store in a folder of its own, opened as often as a test wants processes. */
export function createTestStores() {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  const file = join(folder, 'test.db');
  const opened: Store[] = [];
  const close = async () => {
    for (const store of opened.splice(0)) await store.close();
  };
  return {
    folder,
    file,
    close,
    async open(): Promise<Store> {
      const store = await openTestStore(file);
      opened.push(store);
      return store;
    },
    async remove() {
      await close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A log with real time and randomness on a store. */
export function createTestAudit(
  store: Pick<Store, 'collection'>,
  keyring: Pick<Keyring, 'signer' | 'publicKeys'>,
) {
  const metrics = createMetrics({ processMetrics: false });
  return { ...createAudit({ store, keyring, clock: systemClock, random: systemRandom, metrics }), metrics };
}

/** An event as another document would carry it. */
export const pending = (data: Record<string, unknown> = {}): PendingEvent => ({
  id: systemRandom.id(),
  type: 'demo.person.greeted',
  at: systemClock.now(),
  data,
});
