import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { type Cipher, Problem } from '../../src/core/index.ts';

/**
 * A real cipher over one secret, for tests of rooms below the keyring: the same algorithms, no rotation. `blindVersions`
 * are the versions of its look-up key, newest first: two while an index is made anew.
 */
export function createTestCipher(
  secret: Uint8Array = Buffer.alloc(32, 7),
  { blindVersions = [1] }: { blindVersions?: readonly number[] } = {},
): Cipher {
  const subkey = (info: string) => Buffer.from(hkdfSync('sha256', secret, '', info, 32));
  const bodyKey = subkey('body');
  const blindKeys = new Map<string, Buffer>();
  return {
    encrypt(plain, context) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', bodyKey, iv);
      cipher.setAAD(Buffer.from(context));
      return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    decrypt(sealed, context) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', bodyKey, sealed.subarray(0, 12));
        decipher.setAAD(Buffer.from(context));
        decipher.setAuthTag(sealed.subarray(-16));
        return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
      } catch (cause) {
        throw new Problem('cipher-cannot-open', { cause });
      }
    },
    blind(purpose, value) {
      return blindVersions.map((version) => {
        const name = `blind|${version}|${purpose}`;
        const key = blindKeys.get(name) ?? subkey(name);
        blindKeys.set(name, key);
        return `${version}.${createHmac('sha256', key).update(value).digest().subarray(0, 16).toString('base64url')}`;
      });
    },
  };
}
