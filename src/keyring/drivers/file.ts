import { createPrivateKey, generateKeyPair, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyDriver } from './port.ts';

const generate = promisify(generateKeyPair);
const signInPool = promisify(sign);

/** Keys as PKCS #8 bytes that lie wrapped in the store and sign in this process. */
export const fileDriver: KeyDriver = {
  name: 'file',
  async generate(algorithm) {
    const { privateKey, publicKey } =
      algorithm === 'ES256'
        ? await generate('ec', { namedCurve: 'P-256' })
        : await generate('rsa', { modulusLength: 2048 });
    return {
      secret: privateKey.export({ type: 'pkcs8', format: 'der' }),
      publicJwk: { ...publicKey.export({ format: 'jwk' }) },
    };
  },
  open(secret, algorithm) {
    const key = createPrivateKey({ key: secret, type: 'pkcs8', format: 'der' });
    // A P-256 signature costs less than handing it to another thread; an RSA one would hold the loop for a millisecond.
    if (algorithm === 'ES256') return async (data) => toJose(sign('sha256', data, key));
    return (data) => signInPool('sha256', data, { key });
  },
};

/**
 * r||s of an ECDSA-Sig-Value on P-256. Asking Node for this form outright costs more than the signature itself: options
 * beside a bare key are read anew at every call.
 * @see RFC 7518 3.4, RFC 3279 2.2.3
 */
function toJose(der: Buffer): Buffer {
  const raw = Buffer.alloc(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] as number;
    const from = at + 2;
    // An integer has a zero in front when its highest bit is set, and lacks the zeros that 32 bytes have in front.
    const digits = der.subarray(from + Math.max(0, length - 32), from + length);
    digits.copy(raw, end - digits.length);
    at = from + length;
  }
  return raw;
}
