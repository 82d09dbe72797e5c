import type { Adapter, AdapterPayload } from 'oidc-provider';
import { type Cipher, isProblem } from '../core/index.ts';

/** A token that would be longer is stored like any other artefact: a site may ask for many claims by name. */
const greatestLength = 2_048;
/** The provider's own identifiers are shorter than anything sealed. */
const shortestSealed = 64;

const context = 'sso.opaque-access-token';

/**
 * Access tokens for userinfo that carry their content, readable by nobody but us. Issuing one writes nothing, which is a write
 * less in every login, and none is left to be swept. They are opaque to sites all the same; grant, session, account
 * and client are read at each use, so everything that ends a stored token ends these.
 */
export interface SealedTokens {
  /** The token for a payload, or undefined when it would be too long. */
  seal(payload: object): string | undefined;
  adapter: Adapter;
}

/** Makes them; `stored` is the adapter of those that are too long, and of the marks on revoked ones. */
export function createSealedTokens(cipher: Cipher, stored: Adapter): SealedTokens {
  function open(token: string): AdapterPayload | undefined {
    const sealed = Buffer.from(token, 'base64url');
    // Decoding forgives other spellings of the same bytes, under which a revoked token would not be found marked.
    if (sealed.toString('base64url') !== token) return undefined;
    try {
      return JSON.parse(cipher.decrypt(sealed, context).toString());
    } catch (error) {
      if (isProblem(error, 'cipher-cannot-open')) return undefined;
      throw error;
    }
  }

  const isSealed = (token: string) => token.length >= shortestSealed && token.length <= greatestLength;

  return {
    seal(payload) {
      const token = cipher.encrypt(Buffer.from(JSON.stringify(payload)), context).toString('base64url');
      return token.length <= greatestLength ? token : undefined;
    },
    adapter: {
      ...stored,
      async find(token) {
        if (!isSealed(token)) return stored.find(token);
        const payload = open(token);
        if (!payload) return undefined;
        const isRevoked = (await stored.find(token)) !== undefined;
        return isRevoked ? undefined : { ...payload, jti: token };
      },
      async destroy(token) {
        const payload = isSealed(token) ? open(token) : undefined;
        if (!payload) return stored.destroy(token);
        const remaining = (payload.exp ?? 0) - (payload.iat ?? 0);
        await stored.upsert(token, { kind: 'revoked' }, remaining);
      },
    },
  };
}
