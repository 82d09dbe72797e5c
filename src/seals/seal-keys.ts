import { Problem } from '../core/index.ts';
import type { Keyring, Signer } from '../keyring/index.ts';
import { integer, sequence } from './der.ts';
import type { SealSigner } from './port.ts';
import type { SealRecord } from './store.ts';

/** The keys of seals, each under the id of its seal in the keyring. They are made there and never leave. */
export interface SealKeys {
  /** The public key as JWK; made when there is none yet. @throws {Problem} seal-key-unavailable */
  publicJwk(seal: KeyOf): Promise<Readonly<Record<string, unknown>>>;
  /** Signs as CMS carries it. @throws {Problem} seal-key-unavailable */
  sign(seal: KeyOf, bytes: Uint8Array): Promise<Buffer>;
  /** A signer over the newest certificate. @throws {Problem} seal-not-available without one */
  signerOf(seal: SealRecord): SealSigner;
}

type KeyOf = Pick<SealRecord, 'id' | 'algorithm'>;

/** Makes the access to the keys. */
export function createSealKeys(keyring: Pick<Keyring, 'signer'>): SealKeys {
  const signers = new Map<string, SealSigner>();

  async function reach<T>(seal: KeyOf, use: (signer: Signer) => T | Promise<T>): Promise<T> {
    try {
      return await use(await keyring.signer(`seal:${seal.id}`, seal.algorithm));
    } catch (cause) {
      throw new Problem('seal-key-unavailable', { cause });
    }
  }

  const sign = (seal: KeyOf, bytes: Uint8Array): Promise<Buffer> =>
    reach(seal, async (signer) => {
      const signature = await signer.sign(bytes);
      return seal.algorithm === 'ES256' ? ecdsaValue(signature) : signature;
    });

  return {
    publicJwk: (seal) => reach(seal, ({ publicJwk }) => publicJwk),
    sign,
    signerOf(seal) {
      const [newest] = seal.certificates;
      if (!newest) throw new Problem('seal-not-available');
      const known = signers.get(newest.sha256);
      if (known) return known;
      const { id, algorithm } = seal;
      const signer: SealSigner = {
        algorithm,
        certificateDer: Buffer.from(newest.der, 'base64'),
        chain: newest.chain.map((one) => Buffer.from(one, 'base64')),
        sign: (bytes) => sign({ id, algorithm }, bytes),
      };
      signers.set(newest.sha256, signer);
      return signer;
    },
  };
}

/** r||s as the ECDSA-Sig-Value that X.509 and CMS carry. @see RFC 3279 2.2.3 */
const ecdsaValue = (raw: Buffer): Buffer =>
  sequence(integer(raw.subarray(0, raw.length / 2)), integer(raw.subarray(raw.length / 2)));
