import { type Agent, request as send } from 'undici';
import { Problem } from '../core/index.ts';
import { type AllowList, refuseUrl } from './address-guard.ts';
import type { OutboundOptions, OutboundResponse } from './port.ts';

const defaultMaxBytes = 256 * 1024;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Why there was no usable answer; the `reason` of outbound-failed. */
export type Failure = 'timeout' | 'unreachable' | 'too-large' | 'aborted';

/** An outbound-failed with its reason. */
export const failed = (reason: Failure, cause?: unknown): Problem =>
  new Problem('outbound-failed', { extensions: { reason }, cause });

/** One hop: method, place and what is sent. */
export interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
}

/** Sends a request over the agent's guarded connections, hop by hop, each URL judged anew. */
export function createHops(
  agent: Agent,
  allowed: AllowList,
): (first: Hop, options: OutboundOptions, signal: AbortSignal) => Promise<OutboundResponse> {
  async function sendHop(hop: Hop, signal: AbortSignal, maxBytes: number): Promise<OutboundResponse> {
    const reason = refuseUrl(hop.url, allowed);
    if (reason) throw new Problem('outbound-refused', { extensions: { reason } });
    const answer = await send(hop.url, {
      dispatcher: agent,
      method: hop.method as 'GET',
      headers: hop.headers,
      body: hop.body,
      signal,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Leaving the loop destroys the stream and its connection.
      if (size > maxBytes) throw failed('too-large');
      chunks.push(chunk);
    }
    return {
      status: answer.statusCode,
      headers: toHeaders(answer.headers),
      body: Buffer.concat(chunks),
      url: hop.url.href,
    };
  }

  return async function follow(
    first: Hop,
    options: OutboundOptions,
    signal: AbortSignal,
  ): Promise<OutboundResponse> {
    let hop = first;
    for (let left = options.redirects ?? 0; ; left--) {
      const answer = await sendHop(hop, signal, options.maxBytes ?? defaultMaxBytes);
      const location = answer.headers.get('location');
      if (left <= 0 || !redirectStatuses.has(answer.status) || !location) return answer;
      if (!URL.canParse(location, hop.url)) throw failed('unreachable');
      hop = nextHop(hop, new URL(location, hop.url), answer.status);
    }
  };
}

/** What a browser would send next. Secrets for one origin are never carried to another. @see Fetch 4.4 (HTTP-redirect fetch) */
function nextHop(hop: Hop, url: URL, status: number): Hop {
  const becomesGet = status === 303 || (hop.method === 'POST' && (status === 301 || status === 302));
  const dropped = new Set([
    ...(url.origin === hop.url.origin ? [] : ['authorization', 'cookie', 'proxy-authorization']),
    ...(becomesGet ? ['content-type', 'content-length'] : []),
  ]);
  return {
    url,
    method: becomesGet ? 'GET' : hop.method,
    headers: Object.fromEntries(
      Object.entries(hop.headers).filter(([name]) => !dropped.has(name.toLowerCase())),
    ),
    body: becomesGet ? null : hop.body,
  };
}

function toHeaders(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}
