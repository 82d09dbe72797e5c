import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** Signs the provider's cookies, in the shape that its cookie library asks for. */
export interface CookieSigner {
  sign(data: string): string;
  verify(data: string, signature: string): boolean;
  /** Which key made the signature, -1 when none did: a cookie of an older key is signed anew. */
  index(data: string, signature: string): number;
}

/**
 * HMAC-SHA-256 under the first key, accepted under all. The library's own signer uses SHA-1 and spends fifteen times as long
 * on a comparison in constant time, for which the runtime has a function.
 */
export function createCookieSigner(keys: readonly string[]): CookieSigner {
  const secrets = keys.map((key) => createSecretKey(Buffer.from(key)));
  const signatureOf = (data: string, secret: (typeof secrets)[number]) =>
    createHmac('sha256', secret).update(data).digest('base64url');
  const [first] = secrets;
  if (!first) throw new Error('there is no key to sign cookies with');

  function index(data: string, signature: string): number {
    const given = Buffer.from(signature);
    return secrets.findIndex((secret) => {
      const expected = Buffer.from(signatureOf(data, secret));
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
  }

  return {
    sign: (data) => signatureOf(data, first),
    verify: (data, signature) => index(data, signature) >= 0,
    index,
  };
}
