import type { Cipher } from '../core/index.ts';

/** Signature algorithms of our own keys. */
export type SigningAlgorithm = 'ES256' | 'RS256';

/**
 * A private key that can sign, wherever it lives (wrapped in the store, or in a hardware module by PKCS#11). No other room
 * ever holds key material that signs outside this port, except the token keys that oidc-provider must hold itself.
 */
export interface Signer {
  kid: string;
  algorithm: SigningAlgorithm;
  /** Public key as JWK (RFC 7517) with kid, alg and use. */
  publicJwk: Readonly<Record<string, unknown>>;
  /** Signs the bytes; ES256 answers r||s of 64 bytes (RFC 7518 3.4). */
  sign(data: Uint8Array): Promise<Buffer>;
}

/** What `keys list` shows of a key: never secret material. */
export interface KeySummary {
  kid: string;
  purpose: string;
  state: 'next' | 'active' | 'retired';
  createdAt: number;
  activatedAt?: number | undefined;
  retiredAt?: number | undefined;
}

/** The custody of all keys of an installation. */
export interface Keyring {
  readonly cipher: Cipher;
  /** Active signer for a purpose, to be asked for at each use, since rotations change it: `token` (OIDC tokens), `audit` (log batches), `receipt`, ... Created at first use. `seal:{id}`, the key of one seal, is never rotated. */
  signer(purpose: string, algorithm?: SigningAlgorithm): Promise<Signer>;
  /** Every public key of a purpose by kid, retired ones included: to verify what was signed years ago. */
  publicKeys(purpose: string): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>>;
  /** Private JWKs of the token keys for oidc-provider: active first, then next and retired (published, not used). */
  tokenKeySet(): { keys: Record<string, unknown>[] };
  /**
   * Secrets for cookies: sign with the first, accept all (the next one too: another process may already sign with it).
   * Ask again after onChange.
   */
  cookieKeys(): readonly string[];
  /** 32 bytes derived for a purpose from a key that is never rotated (pairwise subjects). */
  permanentSecret(purpose: string): Buffer;
  /** 32 bytes for a purpose that all processes share and that rotates with nothing (CSRF, OTP, look-up hashes). */
  derive(purpose: string): Buffer;
  list(): KeySummary[];
  /**
   * Moves every rotatable purpose one step: next becomes active, active becomes retired, a new next is published.
   * Retired keys are removed once nothing made with them can still be alive. However many processes rotate at once, each
   * step is made by one. Waits, at most twice the refresh time, until every process must have read the next keys.
   */
  rotate(): Promise<KeySummary[]>;
  /** Re-reads the records when another process rotated; called on a timer and answers whether anything changed. */
  refresh(): Promise<boolean>;
  /** Called after keys changed in this process's view: sso swaps its provider. */
  onChange(listener: () => void): void;
  /** Ends the regular reading and waits for the one under way, which needs the store. */
  close(): Promise<void>;
}
