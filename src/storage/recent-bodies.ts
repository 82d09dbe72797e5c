/** Bodies that this process sealed or opened lately, so that reading them again costs a comparison instead of a decryption. */
export interface RecentBodies {
  /** What is behind these very bytes at this place; undefined when it is not known. */
  find(place: string, sealed: Uint8Array): RecentBody | undefined;
  keep(place: string, sealed: Uint8Array, json: string): void;
  /** What `find` answers, forgotten from now on. */
  take(place: string, sealed: Uint8Array): RecentBody | undefined;
}

/** A body that was sealed or opened lately. */
export interface RecentBody {
  readonly json: string;
  /** The value that readers of a hot collection share, once one of them asked for it. */
  shared?: unknown;
}

interface Body extends RecentBody {
  readonly tag: string;
}

/** Sealed bytes end with the tag that authenticates all of them. */
const tagBytes = 16;

/** The tag, a byte a character: compared as fast, and no piece of a buffer pool is held for it. */
function tagOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  const size = Math.min(tagBytes, byteLength);
  return Buffer.from(buffer, byteOffset + byteLength - size, size).toString('latin1');
}

/**
 * Makes the memory. A login reads the same few documents a dozen times, and compares here the tag of what the store answers:
 * whatever was written meanwhile, by this process or another, was sealed under another nonce and is not found.
 *
 * At most about four times `maxBytes` are held, in two generations: what is not used while the younger one fills is forgotten.
 */
export function createRecentBodies(maxBytes = 1024 * 1024): RecentBodies {
  let young = new Map<string, Body>();
  let old = new Map<string, Body>();
  let youngBytes = 0;

  function add(place: string, body: Body): void {
    if (body.json.length > maxBytes / 16) return;
    youngBytes += body.json.length;
    young.set(place, body);
    if (youngBytes <= maxBytes) return;
    old = young;
    young = new Map();
    youngBytes = 0;
  }

  function find(place: string, sealed: Uint8Array): Body | undefined {
    const body = young.get(place) ?? old.get(place);
    return body?.tag === tagOf(sealed) ? body : undefined;
  }

  return {
    find(place, sealed) {
      const body = find(place, sealed);
      if (body && !young.has(place)) add(place, body);
      return body;
    },
    take(place, sealed) {
      const body = find(place, sealed);
      if (body) for (const generation of [young, old]) generation.delete(place);
      return body;
    },
    keep(place, sealed, json) {
      add(place, { tag: tagOf(sealed), json });
    },
  };
}
