import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/**
 * Pairwise subjects: each sector of sites knows a person by another name, without a table of people and sites.
 * @see OpenID Connect Core 1.0, 8.1
 */
export interface Subjects {
  /** 22 characters, the same for ever. */
  subjectOf(accountId: string, sector: string): string;
  /** The account behind a subject; undefined when the text cannot be one. Says nothing about whether the account exists. */
  accountOf(subject: string, sector: string): string | undefined;
}

const idPattern = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/**
 * One AES-256 block over the 128 random bits of the account id, under a key per sector. One block of random input needs no
 * mode and no nonce, and the permutation can be inverted by us alone. The secret is never rotated.
 */
export function createSubjects(secret: Buffer): Subjects {
  const keys = new Map<string, KeyObject>();

  function keyOf(sector: string): KeyObject {
    let key = keys.get(sector);
    if (!key) {
      key = createSecretKey(
        Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `pairwise:${sector}`, 32)),
      );
      keys.set(sector, key);
    }
    return key;
  }

  return {
    subjectOf(accountId, sector) {
      if (!idPattern.test(accountId)) throw new Error('an account id is 128 bits in base64url');
      const cipher = createCipheriv('aes-256-ecb', keyOf(sector), null).setAutoPadding(false);
      return cipher.update(accountId, 'base64url').toString('base64url');
    },
    accountOf(subject, sector) {
      if (!idPattern.test(subject)) return undefined;
      const cipher = createDecipheriv('aes-256-ecb', keyOf(sector), null).setAutoPadding(false);
      return cipher.update(subject, 'base64url').toString('base64url');
    },
  };
}
