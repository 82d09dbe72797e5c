import type { Clock } from '../core/index.ts';

/** Entries that are held at most; the oldest go first. */
const maxHeld = 5_000;

/**
 * Holds what a look-up answered for a short while: the same few types, authorities and seals are asked for at every
 * verification. A change therefore counts after `ttlMs` at the latest.
 */
export function remember<T>(
  load: (key: string) => Promise<T>,
  { clock, ttlMs = 2_000 }: { clock: Clock; ttlMs?: number },
): (key: string) => Promise<T> {
  const held = new Map<string, { value: Promise<T>; until: number }>();
  return (key) => {
    const now = clock.now();
    const found = held.get(key);
    if (found && found.until > now) return found.value;
    const value = load(key);
    held.delete(key);
    held.set(key, { value, until: now + ttlMs });
    // A failure is not an answer to be repeated.
    value.catch(() => held.delete(key));
    const [oldest] = held.size > maxHeld ? held.keys() : [];
    if (oldest !== undefined) held.delete(oldest);
    return value;
  };
}
