/** Options of one outgoing request. */
export interface OutboundOptions {
  /** What the request is for, as the metrics show it: `police-population`, `sms`. One of a handful of words. */
  kind?: string;
  method?: 'GET' | 'POST' | 'PUT';
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Whole request, all hops; default 3,000. */
  timeoutMs?: number;
  /** Redirects followed, each hop guarded again; default 0. */
  redirects?: number;
  /** Largest response body; default 256 KiB. */
  maxBytes?: number;
  signal?: AbortSignal;
}

/** An answer with its body read within the limit. */
export interface OutboundResponse {
  status: number;
  headers: Headers;
  body: Buffer;
  /** Where the answer came from in the end, after redirects. */
  url: string;
}

/**
 * The only way out of this system. Each hop's address is resolved, checked against special-use ranges, and pinned, so that
 * a name cannot change between check and use. Hosts on the allow-list (host:port) pass unchecked.
 */
export interface Outbound {
  /**
   * Sends and reads the whole answer. Any status is an answer; a redirect too, unless `redirects` allows to follow it.
   * @throws {Problem} outbound-refused (address not allowed) | outbound-failed (no answer, too long, too large); both
   * name the `reason` in their extensions
   */
  request(url: string | URL, options?: OutboundOptions): Promise<OutboundResponse>;
  /** The same guard in the shape of the web's fetch, for libraries that fetch themselves (oidc-provider). */
  fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

/** A message to another system that must arrive even if it or we are down now. */
export interface Notice {
  /** Recognises the notice: enqueueing the same id again is a no-op. */
  id: string;
  /** Short kind for metrics: `backchannel-logout`. */
  kind: string;
  url: string;
  contentType: string;
  body: string;
  /** Given up after this instant (milliseconds since the epoch). */
  until: number;
}

/** Durable retry queue over the store; several processes may run it, each notice is claimed by one at a time. */
export interface Notices {
  enqueue(notice: Notice): Promise<void>;
  /** Delivers what is due now; answers how many were tried. Also runs by itself after start(). */
  deliverDue(): Promise<number>;
  start(): void;
  close(): Promise<void>;
}
