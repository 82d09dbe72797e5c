import type { Context } from 'koa';

/** Reads and writes the cookies of this origin under the strictest names that the origin allows. */
export interface OriginCookies {
  /** The full name: `__Host-` on https, where a sibling domain cannot plant one; plain on http://localhost. */
  nameOf(name: string): string;
  get(ctx: Context, name: string): string | undefined;
  /** Not readable by scripts, Lax, for the whole origin; for the browser session unless `maxAgeSeconds` is given. */
  set(ctx: Context, name: string, value: string, maxAgeSeconds?: number): void;
  clear(ctx: Context, name: string): void;
}

/** Makes the cookie names and attributes of an issuer. @see RFC 6265bis 4.1.3.2 */
export function createOriginCookies(issuer: string): OriginCookies {
  const secure = issuer.startsWith('https:');
  const nameOf = (name: string) => `${secure ? '__Host-' : ''}tongxing_${name}`;
  // Signing is the business of whoever reads the value.
  const options = {
    signed: false,
    httpOnly: true,
    secure,
    sameSite: 'lax',
    path: '/',
    overwrite: true,
  } as const;
  return {
    nameOf,
    // Koa makes a reader before it looks; systems send no cookies at all.
    get: (ctx, name) =>
      ctx.req.headers.cookie === undefined ? undefined : ctx.cookies.get(nameOf(name), { signed: false }),
    set: (ctx, name, value, maxAgeSeconds) => {
      ctx.cookies.set(nameOf(name), value, {
        ...options,
        ...(maxAgeSeconds && { maxAge: maxAgeSeconds * 1000 }),
      });
    },
    clear: (ctx, name) => {
      ctx.cookies.set(nameOf(name), null, options);
    },
  };
}
