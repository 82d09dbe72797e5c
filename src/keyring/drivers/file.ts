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
    if (algorithm === 'ES256')
      return async (data) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
    return (data) => signInPool('sha256', data, { key });
  },
};
