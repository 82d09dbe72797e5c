import type { SigningAlgorithm } from '../port.ts';

/** Names of the places where signing keys can live. */
export type KeyDriverName = 'file' | 'pkcs11';

/**
 * Where signing keys live and sign. `secret` is whatever the driver needs to find its key again; it is stored wrapped by
 * the master key: the key itself for `file` (PKCS #8), a reference for a hardware module (an RFC 7512 URI).
 */
export interface KeyDriver {
  readonly name: KeyDriverName;
  /** Makes a key pair; `publicJwk` has only the members of the key type. */
  generate(
    algorithm: SigningAlgorithm,
  ): Promise<{ secret: Buffer; publicJwk: Readonly<Record<string, unknown>> }>;
  /** The signing function of a key; ES256 answers r||s of 64 bytes. */
  open(secret: Buffer, algorithm: SigningAlgorithm): (data: Uint8Array) => Promise<Buffer>;
}
