import { createHmac } from 'node:crypto';
import type { Clock, KeyRecord, KeyRecords, KeyState, Random } from '../core/index.ts';
import { Problem } from '../core/index.ts';
import { fileDriver } from './drivers/file.ts';
import type { KeyDriver } from './drivers/port.ts';
import type { HeldKey, KeyTable } from './key-table.ts';
import { arrangeKeys } from './key-table.ts';
import { permanentPurpose, rulesOf } from './purposes.ts';
import type { Wrapping } from './wrapping.ts';

/** The key records of the store, opened: what this process knows of the keys. */
export interface KeyStore {
  table(): KeyTable;
  /** The secret from which everything that never rotates is derived. */
  permanent(): Buffer;
  /** Reads the records again; answers whether any key or state is new, changed or gone. */
  reload(): Promise<boolean>;
  /** Makes a key at a place of a purpose; when another process was first there, its key stands. */
  add(purpose: string, sequence: number, state: KeyState): Promise<void>;
  /** Conditional on the version that this process knows; false when another process was first. */
  change(
    key: HeldKey,
    change: Partial<Pick<KeyRecord, 'state' | 'activatedAt' | 'retiredAt'>>,
  ): Promise<boolean>;
  /** Destroys the private part; the public one stays. */
  empty(key: HeldKey): Promise<boolean>;
  remove(key: HeldKey): Promise<void>;
}

export interface KeyStoreOptions {
  records: KeyRecords;
  wrapping: Wrapping;
  driver: KeyDriver;
  clock: Clock;
  random: Random;
}

/**
 * Opens the records. On an empty store the first process to write the permanent secret decides it for all.
 * @throws {Problem} master-key-foreign | key-record-damaged
 */
export async function openKeyStore({
  records,
  wrapping,
  driver,
  clock,
  random,
}: KeyStoreOptions): Promise<KeyStore> {
  const permanent = await openPermanent({ records, wrapping, clock, random });
  let held = new Map<string, HeldKey>();
  let table: KeyTable = new Map();

  function open(record: KeyRecord): HeldKey {
    const known = held.get(record.kid);
    const secret = known && known.record.wrapped === record.wrapped ? known.secret : wrapping.unwrap(record);
    if (!secret) throw damaged(record);
    return { record, sequence: Number.parseInt(record.kid, 10), secret };
  }

  return {
    table: () => table,
    permanent: () => permanent,
    async reload() {
      const list = (await records.list()).filter(({ purpose }) => purpose !== permanentPurpose);
      const isSame =
        list.length === held.size &&
        list.every(({ kid, version }) => held.get(kid)?.record.version === version);
      if (isSame) return false;
      held = new Map(list.map((record) => [record.kid, open(record)]));
      table = arrangeKeys([...held.values()]);
      return true;
    },
    async add(purpose, sequence, state) {
      const kid = kidOf(permanent, purpose, sequence);
      const { secret, publicJwk } = await generateKey(purpose, kid, driver, random);
      const facts = { kid, purpose, publicJwk };
      const now = clock.now();
      const activatedAt = state === 'active' ? now : undefined;
      const wrapped = wrapping.wrap(facts, secret);
      await records.insert({ ...facts, state, wrapped, createdAt: now, activatedAt, version: 1 });
    },
    change: ({ record }, change) => records.replace({ ...record, ...change }, record.version),
    empty: ({ record }) =>
      records.replace({ ...record, wrapped: wrapping.wrap(record, new Uint8Array()) }, record.version),
    remove: ({ record }) => records.remove(record.kid),
  };
}

/**
 * Proves that the wrapping opens the keys of a store, without writing: for a start and before a restore.
 * @throws {Problem} master-key-foreign | key-record-damaged
 */
export function proveWrapping(records: readonly KeyRecord[], wrapping: Wrapping): void {
  const closed = records.filter((record) => !wrapping.unwrap(record));
  if (closed.length > 0 && closed.length === records.length) throw new Problem('master-key-foreign');
  const [first] = closed;
  if (first) throw damaged(first);
}

async function openPermanent(options: {
  records: KeyRecords;
  wrapping: Wrapping;
  clock: Clock;
  random: Random;
}): Promise<Buffer> {
  const { records, wrapping, clock, random } = options;
  const isPermanent = ({ purpose }: KeyRecord) => purpose === permanentPurpose;
  let list = await records.list();
  if (list.length === 0) {
    const facts = { kid: permanentPurpose, purpose: permanentPurpose };
    const wrapped = wrapping.wrap(facts, random.bytes(32));
    const now = clock.now();
    await records.insert({
      ...facts,
      state: 'active',
      wrapped,
      createdAt: now,
      activatedAt: now,
      version: 1,
    });
    // Whether or not ours was the first: what is stored now is what counts.
    list = await records.list();
  }
  proveWrapping(list, wrapping);
  const record = list.find(isPermanent);
  const secret = record && wrapping.unwrap(record);
  if (!secret) throw new Problem('key-record-damaged', { detail: 'The permanent key is not in the store.' });
  return secret;
}

/**
 * The id of a key is its place: `<sequence>-<11 characters>`. Processes that make the same key at once collide and one
 * wins. The second part differs between installations, so that a site never takes a new installation's key 1 for
 * the one it has cached.
 */
function kidOf(permanent: Buffer, purpose: string, sequence: number): string {
  const tail = createHmac('sha256', permanent).update(`kid|${purpose}|${sequence}`).digest().subarray(0, 8);
  return `${sequence}-${tail.toString('base64url')}`;
}

async function generateKey(
  purpose: string,
  kid: string,
  driver: KeyDriver,
  random: Random,
): Promise<{ secret: Buffer; publicJwk?: Record<string, unknown> }> {
  const { kind } = rulesOf(purpose);
  if (kind === 'secret') return { secret: random.bytes(32) };
  const { algorithm } = kind;
  // The OpenID provider signs tokens by itself, so these keys have to be in this process.
  const place = purpose.startsWith('sign:token:') ? fileDriver : driver;
  const { secret, publicJwk } = await place.generate(algorithm);
  return { secret, publicJwk: { ...publicJwk, kid, alg: algorithm, use: 'sig' } };
}

function damaged({ kid, purpose }: KeyRecord): Problem {
  return new Problem('key-record-damaged', {
    detail: {
      zh: `密钥记录 ${kid}（用途 ${purpose}）已损坏或被改动。请从备份恢复数据库，并查明原因。`,
      en: `Key record ${kid} (purpose ${purpose}) is damaged or was changed. Restore the store from a backup and find out why.`,
    },
  });
}
