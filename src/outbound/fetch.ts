import { Problem } from '../core/index.ts';
import type { Outbound, OutboundOptions } from './port.ts';

const bodilessStatuses = new Set([101, 204, 205, 304]);
const methods = new Set(['GET', 'POST', 'PUT']);
const followedRedirects = 5;

/**
 * The web's fetch over the guarded request. Libraries may hand in a dispatcher or agent of their own: it is ignored, since
 * it would be a way round the guard. Rejects with our problems instead of TypeError.
 * @throws {Problem} outbound-refused | outbound-failed
 */
export function fetchThrough(request: Outbound['request']): typeof globalThis.fetch {
  return async (input, init) => {
    const { method, headers, body, redirect, signal } = init ?? {};
    const wanted = new Request(input, {
      ...(method !== undefined && { method }),
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
      ...(redirect !== undefined && { redirect }),
      ...(signal !== undefined && { signal }),
    });
    if (!methods.has(wanted.method)) {
      throw new Problem('outbound-refused', { extensions: { reason: 'method' } });
    }
    const answer = await request(wanted.url, {
      kind: 'fetch',
      method: wanted.method as NonNullable<OutboundOptions['method']>,
      headers: Object.fromEntries(wanted.headers),
      ...(wanted.body && { body: new Uint8Array(await wanted.arrayBuffer()) }),
      redirects: wanted.redirect === 'follow' ? followedRedirects : 0,
      signal: wanted.signal,
    });
    if (wanted.redirect === 'error' && answer.status >= 300 && answer.status < 400) {
      throw new Problem('outbound-failed', { extensions: { reason: 'redirected' } });
    }
    const response = new Response(bodilessStatuses.has(answer.status) ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: answer.headers,
    });
    return Object.defineProperty(response, 'url', { value: answer.url });
  };
}
