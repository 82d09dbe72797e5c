import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import type { Random } from '../core/index.ts';
import type { OriginCookies } from './cookies.ts';
import { stateOf } from './request-state.ts';

/** Name of the hidden field of every form. */
export const csrfField = '_csrf';

/** Proves that a form was drawn by us for this browser. */
export interface CsrfGuard {
  /** The token for a form in this response; sets the browser's cookie when it has none. */
  tokenFor(ctx: Context): string;
  /** Whether the request comes from a page of this origin, as far as the browser says. */
  isSameOrigin(ctx: Context): boolean;
  /** Whether the token belongs to this browser. */
  isGenuine(ctx: Context, token: string | undefined): boolean;
}

const cookie = 'csrf';

/**
 * Makes the guard: a random cookie, and in the form its HMAC, so that somebody who can plant a cookie still cannot make the
 * token. The Origin check stands beside it, not instead: old browsers send neither Origin nor Sec-Fetch-Site.
 * @see OWASP ASVS 5.0 3.5.1 (clause not checked)
 */
export function createCsrfGuard(deps: {
  key: Buffer;
  issuer: string;
  random: Random;
  cookies: OriginCookies;
}): CsrfGuard {
  const key = createSecretKey(deps.key);
  const sign = (secret: string) => createHmac('sha256', key).update(`csrf:${secret}`).digest('base64url');
  return {
    tokenFor(ctx) {
      const state = stateOf(ctx);
      if (state.csrfToken) return state.csrfToken;
      let secret = deps.cookies.get(ctx, cookie);
      if (!secret || !/^[\w-]{22}$/.test(secret)) {
        secret = deps.random.id();
        deps.cookies.set(ctx, cookie, secret);
      }
      state.csrfToken = sign(secret);
      return state.csrfToken;
    },
    isSameOrigin(ctx) {
      const { origin, 'sec-fetch-site': site } = ctx.req.headers;
      // same-site is a foreign origin too: another port of localhost, a sibling domain.
      if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
      return origin === undefined || origin === deps.issuer;
    },
    isGenuine(ctx, token) {
      const secret = deps.cookies.get(ctx, cookie);
      if (!secret || !token) return false;
      const [expected, given] = [Buffer.from(sign(secret)), Buffer.from(token)];
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
  };
}
