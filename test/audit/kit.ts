import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createAudit, defineEvents } from '../../src/audit/index.ts';
import { type Cipher, type PendingEvent, systemClock, systemRandom } from '../../src/core/index.ts';
import type { Keyring, Signer } from '../../src/keyring/index.ts';
import { openDatabase, type Store } from '../../src/storage/index.ts';
import { createMetrics } from '../../src/telemetry/index.ts';

/** Events of a room that exists only here. */
export const demoEvents = defineEvents({
  'demo.person.greeted': {
    meaning: 'Somebody said hello.',
    data: z.strictObject({
      account: z.string().optional(),
      client: z.string().optional(),
      turn: z.int().optional(),
    }),
  },
  'demo.person.left': { meaning: 'Somebody left.', data: z.strictObject({ account: z.string() }) },
});

/** The log is not encrypted, so this cipher is never asked. */
const noCipher: Cipher = {
  encrypt: () => Buffer.alloc(0),
  decrypt: () => Buffer.alloc(0),
  blind: () => [],
};

/** A keyring with nothing but audit keys. */
export function createTestKeyring(): Pick<Keyring, 'signer' | 'publicKeys'> & {
  rotate(): void;
  forget(kid: string): void;
} {
  const keys = new Map<string, { privateKey: KeyObject; publicJwk: Record<string, unknown> }>();
  let active = '';
  const rotate = () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    active = randomBytes(8).toString('base64url');
    keys.set(active, {
      privateKey,
      publicJwk: { ...publicKey.export({ format: 'jwk' }), kid: active, alg: 'ES256' },
    });
  };
  rotate();
  return {
    rotate,
    forget: (kid) => keys.delete(kid),
    async signer(): Promise<Signer> {
      const { privateKey, publicJwk } = keys.get(active) as {
        privateKey: KeyObject;
        publicJwk: Record<string, unknown>;
      };
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
      return { kid: active, algorithm: 'ES256', publicJwk, sign: async (data) => sign('sha256', data, key) };
    },
    publicKeys: async () => new Map([...keys].map(([kid, { publicJwk }]) => [kid, publicJwk])),
  };
}

/** A store in a folder of its own, opened as often as a test wants processes. */
export async function createTestStores() {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  const file = join(folder, 'test.db');
  const opened: { close(): Promise<void> }[] = [];
  return {
    folder,
    file,
    async open(): Promise<Store> {
      const database = await openDatabase(`sqlite:${file}`, { clock: systemClock, random: systemRandom });
      const store = database.open(noCipher);
      opened.push(store);
      return store;
    },
    async remove() {
      for (const store of opened) await store.close();
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
