import type { KeyRecord, KeyState } from '../core/index.ts';

/** A key of this installation, opened. */
export interface HeldKey {
  record: KeyRecord;
  /** Position within its purpose, from 1; the kid begins with it. */
  sequence: number;
  /** Raw bytes, or PKCS #8 of a signing key; empty once only the public part is kept. */
  secret: Buffer;
}

/** The keys of one purpose in the order of their lives. */
export interface PurposeKeys {
  active: HeldKey;
  /** Published and not used yet, the next one first. */
  next: readonly HeldKey[];
  /** Newest first. */
  retired: readonly HeldKey[];
}

/** All keys by the purpose of their records. */
export type KeyTable = ReadonlyMap<string, PurposeKeys>;

/**
 * Arranges keys by purpose. A rotation is several writes, and a process may die between them; so the newest active key is
 * the active one, and its place, not the written state, says of every other key whether it comes before or after.
 */
export function arrangeKeys(keys: readonly HeldKey[]): KeyTable {
  const byPurpose = Map.groupBy(keys, ({ record }) => record.purpose);
  const table = new Map<string, PurposeKeys>();
  for (const [purpose, group] of byPurpose) {
    const ascending = group.toSorted((a, b) => a.sequence - b.sequence);
    const active = ascending.findLast(({ record }) => record.state === 'active') ?? ascending[0];
    if (!active) continue;
    table.set(purpose, {
      active,
      next: ascending.filter(({ sequence }) => sequence > active.sequence),
      retired: ascending.filter(({ sequence }) => sequence < active.sequence).reverse(),
    });
  }
  return table;
}

/** The keys of a purpose that must be there. @throws {Error} when they are not: a fault of the program */
export function keysOf(table: KeyTable, purpose: string): PurposeKeys {
  const keys = table.get(purpose);
  if (!keys) throw new Error(`there are no keys for ${purpose}`);
  return keys;
}

/** Every key of a purpose: active, then next, then retired. */
export function allKeys({ active, next, retired }: PurposeKeys): readonly HeldKey[] {
  return [active, ...next, ...retired];
}

/** The state that a key's place gives it. */
export function stateOf(keys: PurposeKeys, key: HeldKey): KeyState {
  if (key === keys.active) return 'active';
  return key.sequence > keys.active.sequence ? 'next' : 'retired';
}
