import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv, hkdfSync } from 'node:crypto';

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
  const ciphers = new Map<string, { encrypt: Cipheriv; decrypt: Decipheriv }>();

  /** Blocks do not depend on each other in ECB, so one pair of ciphers serves a sector for ever. */
  function ciphersOf(sector: string) {
    let pair = ciphers.get(sector);
    if (!pair) {
      const key = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `pairwise:${sector}`, 32));
      pair = {
        encrypt: createCipheriv('aes-256-ecb', key, null).setAutoPadding(false),
        decrypt: createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false),
      };
      ciphers.set(sector, pair);
    }
    return pair;
  }

  return {
    subjectOf(accountId, sector) {
      if (!idPattern.test(accountId)) throw new Error('an account id is 128 bits in base64url');
      return ciphersOf(sector).encrypt.update(accountId, 'base64url').toString('base64url');
    },
    accountOf(subject, sector) {
      if (!idPattern.test(subject)) return undefined;
      return ciphersOf(sector).decrypt.update(subject, 'base64url').toString('base64url');
    },
  };
}
