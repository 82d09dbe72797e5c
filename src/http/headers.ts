import type { Context } from 'koa';

/** What a page may do beyond the default policy. */
export interface PolicyExtras {
  /** Origins that a form of this page may end at after redirects (Chrome checks every hop). */
  formAction?: readonly string[];
}

/**
 * The content security policy of a page. There is no inline script or style anywhere; `data:` images are Pico's icons.
 * script-src is spelled out, because oidc-provider appends the hash of its own auto-submit script to it.
 * @see CSP Level 3 6.1, 6.3, 6.4
 */
export function contentPolicy({ formAction = [] }: PolicyExtras = {}): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    `form-action ${["'self'", ...formAction].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** Replaces the policy of this response; before `next()` for pages that oidc-provider writes itself. */
export function setPolicy(ctx: Context, extras: PolicyExtras): void {
  ctx.set('Content-Security-Policy', contentPolicy(extras));
}

/** The headers that every response carries, errors included. Written once, because every token request pays for them. */
export function securityHeaders(issuer: string): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [
    ['Content-Security-Policy', contentPolicy()],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    // no-referrer would turn the Origin of our own form posts into null.
    ['Referrer-Policy', 'same-origin'],
    [
      'Permissions-Policy',
      'publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['Cache-Control', 'no-store'],
  ];
  if (issuer.startsWith('https:')) headers.push(['Strict-Transport-Security', 'max-age=63072000']);
  return headers;
}
