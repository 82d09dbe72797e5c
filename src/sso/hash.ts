import { hash } from 'node:crypto';

/**
 * Look-up key of a secret identifier: SHA-256 in base64url. Plain hashing is enough, because every identifier that is
 * looked up this way has at least 128 random bits.
 */
export function lookupKey(kind: string, id: string): string {
  return hash('sha256', `${kind}:${id}`, 'base64url');
}
