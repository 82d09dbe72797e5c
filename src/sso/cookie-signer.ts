import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** Signs the provider's cookies, in the shape that its cookie library asks for. */
export interface CookieSigner {
  sign(data: string): string;
  verify(data: string, signature: string): boolean;
  /**
   * 0 when one of the keys made the signature, -1 when none did. Where another number says that it was not the first key, the
   * library signs anew, whatever the cookie's own path is, at `/`: a second signature that other cookies of that name meet.
   */
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

  function verify(data: string, signature: string): boolean {
    const given = Buffer.from(signature);
    return secrets.some((secret) => {
      const expected = Buffer.from(signatureOf(data, secret));
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
  }

  return {
    sign: (data) => signatureOf(data, first),
    verify,
    index: (data, signature) => (verify(data, signature) ? 0 : -1),
  };
}
