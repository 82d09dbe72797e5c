import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import type { KeyRecord, Random } from '../core/index.ts';
import { canonicalJson } from '../core/index.ts';
import type { KeyringMode } from './master-key.ts';

const ivBytes = 12;
const tagBytes = 16;

/** The parts of a record that its wrapping vouches for. Its state is not one: it changes without unwrapping. */
export type WrappedFacts = Pick<KeyRecord, 'kid' | 'purpose' | 'publicJwk'>;

/** Wraps secrets for the store and opens them again, under a key derived from the master key. */
export interface Wrapping {
  /** iv | ciphertext | tag as base64url. */
  wrap(facts: WrappedFacts, secret: Uint8Array): string;
  /** Undefined when the master key is another one, or anything of the record was changed. */
  unwrap(record: WrappedFacts & Pick<KeyRecord, 'wrapped'>): Buffer | undefined;
}

/** Makes the wrapping of a mode. The mode is part of the key, so relabelling the file of a demo key opens nothing. */
export function createWrapping(masterKey: Buffer, mode: KeyringMode, random: Random): Wrapping {
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', `tongxing wrapping ${mode}`, 32));
  return {
    wrap(facts, secret) {
      const iv = random.bytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(vouchedFor(facts));
      const sealed = [iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('base64url');
    },
    unwrap(record) {
      const sealed = Buffer.from(record.wrapped, 'base64url');
      if (sealed.length < ivBytes + tagBytes) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(vouchedFor(record)).setAuthTag(sealed.subarray(-tagBytes));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}

// With the public key in it, nobody who writes to the database can put another one there to forge old signatures.
function vouchedFor({ kid, purpose, publicJwk }: WrappedFacts): Buffer {
  const publicPart = createHash('sha256')
    .update(canonicalJson(publicJwk ?? null))
    .digest('base64url');
  return Buffer.from(`${kid}|${purpose}|${publicPart}`);
}
