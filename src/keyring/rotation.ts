import type { Clock } from '../core/index.ts';
import type { KeyStore } from './key-store.ts';
import type { HeldKey, PurposeKeys } from './key-table.ts';
import { rulesOf } from './purposes.ts';

/** Makes the keys that a purpose must have: an active one, and a next one where it rotates. Idempotent, also in a race. */
export async function ensureKeys(store: KeyStore, purposes: readonly string[]): Promise<void> {
  const added = await Promise.all(purposes.map((purpose) => ensurePurpose(store, purpose)));
  if (added.includes(true)) await store.reload();
}

/** The active key goes in before the next one: a process that looks in between never sees a purpose without its active key. */
async function ensurePurpose(store: KeyStore, purpose: string): Promise<boolean> {
  const keys = store.table().get(purpose);
  const isNextMissing = rulesOf(purpose).rotates && !keys?.next.length;
  if (!keys) await store.add(purpose, 1, 'active');
  if (isNextMissing) await store.add(purpose, (keys?.active.sequence ?? 1) + 1, 'next');
  return !keys || isNextMissing;
}

/** When every rotating purpose has had its next key published for so long that all processes have read it. */
export function readyToRotateAt(store: KeyStore, publishAheadMs: number): number {
  const youngest = rotating(store).flatMap(([, { next }]) => next.slice(0, 1).map(publishedAt));
  return Math.max(0, ...youngest) + publishAheadMs;
}

/**
 * Moves every rotating purpose one step. The order of the writes keeps every state in between sound: the key after next
 * is published first, then next becomes active (here one of several racing processes wins), then active retires.
 */
export async function rotateAll(store: KeyStore, clock: Clock): Promise<void> {
  for (const [purpose, keys] of rotating(store)) await rotateOne(store, purpose, keys, clock.now());
  await store.reload();
}

async function rotateOne(store: KeyStore, purpose: string, keys: PurposeKeys, now: number): Promise<void> {
  const { active, next } = keys;
  const [successor, further] = next;
  if (!successor) return;
  if (!further) await store.add(purpose, successor.sequence + 1, 'next');
  const isOurs = await store.change(successor, { state: 'active', activatedAt: now });
  if (isOurs) await store.change(active, { state: 'retired', retiredAt: now });
}

/**
 * Finishes what an interrupted rotation left, and takes away retired keys that nothing alive was made with. Every process
 * may do it at any time.
 */
export async function tidyKeys(store: KeyStore, now: number, longestTokenMs: number): Promise<boolean> {
  const due = [...store.table()].flatMap(([purpose, { active, retired }]) =>
    retired.flatMap((key, place) => {
      const successor = retired[place - 1] ?? active;
      const work = tidyOne(store, key, { successor, now, longestTokenMs, ...rulesOf(purpose) });
      return work ? [work] : [];
    }),
  );
  for (const work of due) await work();
  return due.length > 0 && store.reload();
}

function tidyOne(
  store: KeyStore,
  key: HeldKey,
  facts: {
    successor: HeldKey;
    now: number;
    longestTokenMs: number;
    afterwards: 'removed' | 'emptied' | 'kept';
  },
): (() => Promise<unknown>) | undefined {
  const { record, secret } = key;
  if (record.state !== 'retired') {
    const retiredAt = facts.successor.record.activatedAt ?? facts.now;
    return () => store.change(key, { state: 'retired', retiredAt });
  }
  if ((record.retiredAt ?? facts.now) + facts.longestTokenMs > facts.now) return undefined;
  if (facts.afterwards === 'removed') return () => store.remove(key);
  return facts.afterwards === 'emptied' && secret.length > 0 ? () => store.empty(key) : undefined;
}

function rotating(store: KeyStore): [string, PurposeKeys][] {
  return [...store.table()].filter(([purpose]) => rulesOf(purpose).rotates);
}

function publishedAt({ record }: HeldKey): number {
  return record.createdAt;
}
