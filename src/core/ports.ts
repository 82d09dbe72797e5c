/** Source of the current time. Every room takes one, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. */
  now(): number;
}

/** Source of cryptographically strong randomness. */
export interface Random {
  /** `size` random bytes, from 1 to 1024. */
  bytes(size: number): Buffer;
  /** A new 128-bit identifier as 22 characters of base64url, the first of which is no hyphen. */
  id(): string;
}

/**
 * Encryption and blind indexing of data at rest. All calls are synchronous: they sit on every read and write.
 * The keyring implements it; storage only uses it.
 */
export interface Cipher {
  /**
   * AES-256-GCM under the active body key. `context` is authenticated, so that a body cannot be moved to another place.
   * It is written `place|rest`; the place (a collection, one of the program's own few) has a subkey of its own.
   */
  encrypt(plain: Uint8Array, context: string): Buffer;
  /** Reverses encrypt. @throws {Problem} cipher-cannot-open when the key is unknown, the bytes or the context differ. */
  decrypt(sealed: Uint8Array, context: string): Buffer;
  /**
   * Look-up tokens of a value: the first 128 bits of HMAC-SHA-256 under a subkey of `purpose` (collection and field),
   * prefixed by the key's version. Newest first; two during a re-index. Write all of them, look up by any.
   */
  blind(purpose: string, value: string): readonly string[];
}

/** Life of a key: published ahead, in use, kept only to verify or open what it once made. */
export type KeyState = 'next' | 'active' | 'retired';

/** One key as the store keeps it: the secret part only ever wrapped by the master key. */
export interface KeyRecord {
  /** Key id, unique, URL-safe. */
  kid: string;
  /** What the key is for: `sign:token:ES256`, `sign:audit:ES256`, `cookie`, `body`, `blind`, `permanent`, ... */
  purpose: string;
  state: KeyState;
  /** AES-256-GCM by the master key over the secret, base64url. */
  wrapped: string;
  /** Public part as JWK JSON, for asymmetric keys. */
  publicJwk?: Record<string, unknown> | undefined;
  createdAt: number;
  activatedAt?: number | undefined;
  retiredAt?: number | undefined;
  /** Conditional writes compare it; 1 at insert. */
  version: number;
}

/** Where the keyring keeps its records: in the store, outside all encryption but its own wrapping. */
export interface KeyRecords {
  list(): Promise<KeyRecord[]>;
  /** False when a record with that kid is already there. */
  insert(record: KeyRecord): Promise<boolean>;
  /** Writes `record` with version expectedVersion + 1; false when the stored version is another one. */
  replace(record: KeyRecord, expectedVersion: number): Promise<boolean>;
  remove(kid: string): Promise<void>;
}

/** The answer of a rate counter. */
export interface RateVerdict {
  allowed: boolean;
  /** Uses left in this window, never below 0. */
  remaining: number;
  /** Milliseconds since the epoch at which the window ends. */
  resetAt: number;
}

/** A limit on one kind of act: `max` acts within `windowSeconds`. */
export interface RateLimit {
  max: number;
  windowSeconds: number;
}

/** Counts acts per key, shared by all processes of a store and surviving a restart. */
export interface RateCounter {
  /** Counts one act under `key` (hash personal data first) and says whether it is within the limit. */
  take(key: string, limit: RateLimit): Promise<RateVerdict>;
  /** The verdict without counting. */
  peek(key: string, limit: RateLimit): Promise<RateVerdict>;
}

/** The answer to a request, as it is given again to its repeats. */
export interface KeptAnswer {
  status: number;
  /** JSON text. */
  body: string;
  headers: Readonly<Record<string, string>>;
}

/**
 * Remembers requests that carry an Idempotency-Key, for all processes, for 24 hours. Keys and digests are hashes.
 * Where a process died over a request, its repeat runs it again seconds later: what the request does must then recognise
 * what it has already written, by the token that the guard gives it.
 */
export interface RepeatRecords {
  begin(
    key: string,
    digest: string,
  ): Promise<
    | { outcome: 'begun' }
    /** The same request is under way. */
    | { outcome: 'running' }
    /** The key was used for another request. */
    | { outcome: 'other' }
    | { outcome: 'done'; answer: KeptAnswer }
  >;
  /** Keeps the answer of a request that was begun. */
  finish(key: string, answer: KeptAnswer): Promise<void>;
  /** Forgets a request that was refused or failed: its repeat is a new request. */
  abandon(key: string): Promise<void>;
}

/**
 * A consequence of a business operation that rides in the document that the operation writes and is relayed afterwards,
 * at least once and recognised by its id: an audit event, a notice, a status bit.
 */
export interface PendingEvent {
  /** 22 characters, from Random.id(). */
  id: string;
  /** `room.thing.happened`, from the catalogue of the room. */
  type: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** JSON; random ids only, never personal data. */
  data: Readonly<Record<string, unknown>>;
}
