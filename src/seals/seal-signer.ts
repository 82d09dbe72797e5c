import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { Problem } from '../core/index.ts';
import { type Certificate, maySeal, parseCertificate } from './certificate.ts';
import { Malformed } from './der.ts';
import type { SealAlgorithm, SealSigner } from './port.ts';

const signInPool = promisify(sign);

/**
 * A signer over a private key in memory. RSA signs beside the event loop.
 * @throws {Problem} seal-signer-unfit unless the key is P-256, or RSA of 2048 bits or more, and the certificate is for it
 */
export function createSealSigner(parts: {
  privateKey: KeyObject;
  certificateDer: Buffer;
  chain: readonly Buffer[];
}): SealSigner {
  const { privateKey, certificateDer, chain } = parts;
  signerCertificate(certificateDer);
  const algorithm = algorithmOf(privateKey);
  return {
    algorithm,
    certificateDer,
    chain,
    // A P-256 signature costs less than handing it to another thread. The bare key: options are read anew at every call.
    sign: async (bytes) =>
      algorithm === 'ES256' ? sign('sha256', bytes, privateKey) : signInPool('sha256', bytes, privateKey),
  };
}

function algorithmOf(key: KeyObject): SealAlgorithm {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256';
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) return 'RS256';
  throw new Problem('seal-signer-unfit');
}

const known = new WeakMap<Buffer, Certificate>();

/** The certificate of a signer, read once. @throws {Problem} seal-signer-unfit when it is none that may sign */
export function signerCertificate(bytes: Buffer): Certificate {
  const already = known.get(bytes);
  if (already) return already;
  try {
    const certificate = parseCertificate(bytes);
    if (!maySeal(certificate)) throw new Problem('seal-signer-unfit');
    known.set(bytes, certificate);
    return certificate;
  } catch (cause) {
    if (cause instanceof Malformed) throw new Problem('seal-signer-unfit', { cause });
    throw cause;
  }
}
