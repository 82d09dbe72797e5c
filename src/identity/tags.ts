import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../keyring/index.ts';

/** Keyed hashes by which this room names things in counters, cookies and drafts without repeating what they are. */
export interface Tags {
  /** 128 bits of HMAC-SHA-256 as 22 characters, apart per purpose; parts cannot run into each other. */
  of(purpose: string, ...parts: readonly string[]): string;
  /** The same over all 256 bits, for what must not be forged. */
  mac(purpose: string, ...parts: readonly string[]): string;
}

/** Makes the tags of an installation. Keys are derived once a purpose and do not rotate, so counts outlive rotations. */
export function createTags(keyring: Pick<Keyring, 'derive'>): Tags {
  const keys = new Map<string, KeyObject>();

  function keyFor(purpose: string): KeyObject {
    const known = keys.get(purpose);
    if (known) return known;
    // From bytes, every single hash would make a key object first, at six times the price of the hash.
    const key = createSecretKey(keyring.derive(`identity:${purpose}`));
    keys.set(purpose, key);
    return key;
  }

  const digest = (purpose: string, parts: readonly string[]): Buffer =>
    createHmac('sha256', keyFor(purpose)).update(JSON.stringify(parts)).digest();

  return {
    of: (purpose, ...parts) => digest(purpose, parts).subarray(0, 16).toString('base64url'),
    mac: (purpose, ...parts) => digest(purpose, parts).toString('base64url'),
  };
}

/** Compares two tags in a time that says nothing about where they differ. */
export function isSameTag(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
