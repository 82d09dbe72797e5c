import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import type { Cipher, Random } from '../core/index.ts';
import { Problem } from '../core/index.ts';
import type { KeyTable } from './key-table.ts';
import { allKeys, keysOf } from './key-table.ts';

// algorithm (1 byte) | sequence of the body key (2) | iv (12) | ciphertext | tag (16)
const aes256Gcm = 1;
const headBytes = 3;
const ivBytes = 12;
const tagBytes = 16;
const blindBytes = 16;
const maxSubkeys = 4096;

/** Bytes that encryption adds to a body. */
export const sealOverheadBytes = headBytes + ivBytes + tagBytes;

/** Makes the cipher over the keys that `keys` answers at each call, so that it follows rotations by itself. */
export function createCipher({ keys, random }: { keys: () => KeyTable; random: Random }): Cipher {
  const nextIv = createIvSource(random);
  const bodyKeys = createSubkeys('body', keys);
  const blindKeys = createSubkeys('blind', keys);

  return {
    encrypt(plain, context) {
      const { sequence } = keysOf(keys(), 'body').active;
      const key = bodyKeys(sequence, placeOf(context));
      if (!key) throw new Error('the active body key is not held');
      return seal(plain, { key, sequence, context, iv: nextIv() });
    },
    decrypt(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < sealOverheadBytes || bytes[0] !== aes256Gcm) throw new Problem('cipher-cannot-open');
      const key = bodyKeys(bytes.readUInt16BE(1), placeOf(context));
      if (!key) throw new Problem('cipher-cannot-open', { cause: new Error('unknown body key') });
      return unseal(bytes, key, context);
    },
    blind(purpose, value) {
      return allKeys(keysOf(keys(), 'blind')).map(({ sequence }) => {
        const key = blindKeys(sequence, purpose);
        if (!key) throw new Error('a blind key is not held');
        const token = createHmac('sha256', key).update(value).digest().subarray(0, blindBytes);
        return `${sequence.toString(36)}.${token.toString('base64url')}`;
      });
    },
  };
}

function seal(
  plain: Uint8Array,
  { key, sequence, context, iv }: { key: KeyObject; sequence: number; context: string; iv: Buffer },
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  const sealed = Buffer.allocUnsafe(sealOverheadBytes + plain.byteLength);
  sealed.writeUInt8(aes256Gcm, 0);
  sealed.writeUInt16BE(sequence, 1);
  iv.copy(sealed, headBytes);
  cipher.update(plain).copy(sealed, headBytes + ivBytes);
  cipher.final();
  cipher.getAuthTag().copy(sealed, sealed.length - tagBytes);
  return sealed;
}

function unseal(bytes: Buffer, key: KeyObject, context: string): Buffer {
  const iv = bytes.subarray(headBytes, headBytes + ivBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, iv);
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-tagBytes));
  const plain = decipher.update(bytes.subarray(headBytes + ivBytes, -tagBytes));
  try {
    decipher.final();
  } catch (cause) {
    throw new Problem('cipher-cannot-open', { cause });
  }
  return plain;
}

/**
 * The place within a context (`accounts|<key>`): each has a subkey of its own, which keeps the number of random ivs under
 * one key far below the limit of GCM.
 * @see NIST SP 800-38D 8.3
 */
function placeOf(context: string): string {
  const bar = context.indexOf('|');
  return bar < 0 ? '' : context.slice(0, bar);
}

/** Subkeys by key and place, derived once. Undefined when no key has that sequence. */
function createSubkeys(purpose: string, keys: () => KeyTable) {
  const cache = new Map<string, KeyObject>();
  return (sequence: number, place: string): KeyObject | undefined => {
    const id = `${sequence}|${place}`;
    const cached = cache.get(id);
    if (cached) return cached;
    const parent = allKeys(keysOf(keys(), purpose)).find((key) => key.sequence === sequence);
    if (!parent) return undefined;
    const subkey = deriveKey(parent.secret, `tongxing ${purpose} ${place}`);
    // Places are the program's own few; the bound is there for the day when one of them is not.
    if (cache.size >= maxSubkeys) cache.clear();
    cache.set(id, subkey);
    return subkey;
  };
}

/** 32 bytes by HKDF-SHA-256 (RFC 5869) as a key object, which the cipher takes faster than bytes. */
function deriveKey(secret: Buffer, info: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', info, 32)));
}

/** Random ivs, taken from the system some eighty at a time: one call each would cost as much as the encryption. */
function createIvSource(random: Random): () => Buffer {
  let pool: Buffer = Buffer.alloc(0);
  return () => {
    if (pool.length < ivBytes) pool = random.bytes(ivBytes * 85);
    const iv = pool.subarray(0, ivBytes);
    pool = pool.subarray(ivBytes);
    return iv;
  };
}
