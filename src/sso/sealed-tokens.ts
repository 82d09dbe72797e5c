import { type Adapter, type AdapterPayload, Provider } from 'oidc-provider';
import { type Cipher, isProblem } from '../core/index.ts';

/** What would be longer is stored like any other artefact: a site may ask for many claims by name. */
const greatestLength = 2_048;
/** The provider's own identifiers are shorter than anything sealed. */
const shortestSealed = 64;

/** Payloads as text that nobody can read but us, and that has one spelling. */
export interface SealedPayloads {
  /** The text for a payload, or undefined when it would be too long. */
  seal(payload: object): string | undefined;
  /** Whether this may be such a text: what is not was stored. */
  isSealed(text: string): boolean;
  /** The payload, or undefined when we did not write this. */
  open(text: string): AdapterPayload | undefined;
}

/** Makes them for one purpose, which is bound into each. */
export function createSealedPayloads(cipher: Cipher, purpose: string): SealedPayloads {
  return {
    seal(payload) {
      const text = cipher.encrypt(Buffer.from(JSON.stringify(payload)), purpose).toString('base64url');
      return text.length <= greatestLength ? text : undefined;
    },
    isSealed: (text) => text.length >= shortestSealed && text.length <= greatestLength,
    open(text) {
      const sealed = Buffer.from(text, 'base64url');
      // Decoding forgives other spellings of the same bytes, under which a mark on the text would not be found.
      if (sealed.toString('base64url') !== text) return undefined;
      try {
        return JSON.parse(cipher.decrypt(sealed, purpose).toString());
      } catch (error) {
        if (isProblem(error, 'cipher-cannot-open')) return undefined;
        throw error;
      }
    },
  };
}

/**
 * Access tokens for userinfo that carry their content. Issuing one writes nothing, which is a write less in every login, and
 * none is left to be swept. They are opaque to sites all the same; grant, session, account and client are read at each use, so
 * everything that ends a stored token ends these. `stored` is the adapter of those that are too long, and of the marks on
 * revoked ones.
 */
export function createSealedTokens({ isSealed, open }: SealedPayloads, stored: Adapter): Adapter {
  return {
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
  };
}

export interface SealedCodesDependencies {
  sealed: SealedPayloads;
  /** The adapter of those that are too long. */
  stored: Adapter;
  /** Notes the use; false for everybody but the first. `exp` in seconds since the epoch: no code is good for longer. */
  isFirstUse(code: string, exp: number): Promise<boolean>;
  /** Somebody came with a used one. @throws always */
  refuse(payload: AdapterPayload | undefined): Promise<never>;
}

/**
 * Authorization codes that carry their content. What is written is the use, once: an insert that one of any number wins, on any
 * number of processes, where a stored code is written, read and written again.
 * @see RFC 6749 4.1.2 (used once; what was issued on it is revoked when it comes again)
 */
export function createSealedCodes({ sealed, stored, isFirstUse, refuse }: SealedCodesDependencies): Adapter {
  /** What this request opened, so that consuming it does not open it again. */
  const opened = new WeakMap<object, { code: string; payload: AdapterPayload | undefined }>();

  function open(code: string): AdapterPayload | undefined {
    const { ctx } = Provider;
    const known = ctx && opened.get(ctx);
    if (known?.code === code) return known.payload;
    const payload = sealed.open(code);
    if (ctx) opened.set(ctx, { code, payload });
    return payload;
  }

  return {
    ...stored,
    async find(code) {
      if (!sealed.isSealed(code)) return stored.find(code);
      const payload = open(code);
      return payload && { ...payload, jti: code };
    },
    async consume(code) {
      if (!sealed.isSealed(code)) return stored.consume(code);
      const payload = open(code);
      if (!payload || !(await isFirstUse(code, payload.exp ?? 0))) await refuse(payload);
    },
  };
}
