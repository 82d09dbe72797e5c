import { createHash } from 'node:crypto';
import { isProblem, Problem } from '../core/index.ts';
import { verifySignature } from './certificate.ts';
import { buildCms, signedAttributes } from './cms.ts';
import { ids } from './oids.ts';
import type { SealSigner, TimeStamper } from './port.ts';
import { completeSeal, placeholderBytes, prepareSeal, type SealRequest } from './prepare-seal.ts';
import { signerCertificate } from './seal-signer.ts';

/**
 * Makes the CMS over the digest of a prepared file: PAdES baseline B-T, or B-B where the caller says `'none'` outright.
 * The signature is verified before it is used: a key that does not belong to its certificate shows here, not years later.
 * @throws {Problem} seal-signer-unfit | time-stamp-unavailable | time-stamp-refused
 * @see ETSI EN 319 142-1 6
 */
export async function signSeal(input: {
  digest: Buffer;
  signer: SealSigner;
  timeStamper: TimeStamper | 'none';
}): Promise<Buffer> {
  const { digest, signer, timeStamper } = input;
  const certificate = signerCertificate(signer.certificateDer);
  const attributes = signedAttributes(digest, signer.certificateDer);
  const signature = await signer.sign(attributes);
  const algorithm = signer.algorithm === 'ES256' ? ids.ecdsaSha256 : ids.rsaSha256;
  const proof = { content: attributes, algorithm, signature, key: certificate.publicKey, digest: 'sha256' };
  if (!verifySignature(proof)) throw new Problem('seal-signer-unfit');
  const timeStampToken =
    timeStamper === 'none'
      ? undefined
      : await timeStamper.stamp(createHash('sha256').update(signature).digest());
  const { algorithm: kind, chain } = signer;
  return buildCms({ attributes, algorithm: kind, signature, certificate, chain, timeStampToken });
}

type Sealing = SealRequest & { signer: SealSigner; timeStamper: TimeStamper | 'none' };

/**
 * Seals a file: prepare, sign, complete. Each step can also be called alone, where the key is elsewhere.
 * @throws {Problem} pdf-not-sealable | seal-too-large | seal-signer-unfit | time-stamp-unavailable | time-stamp-refused
 */
export async function sealFile(request: Sealing): Promise<Buffer> {
  const room = request.room ?? usualRoom(request);
  try {
    return await sealWithin({ ...request, room });
  } catch (error) {
    // A time stamp with an unusual chain: once more, with all the room there is.
    if (!isProblem(error, 'seal-too-large') || room >= placeholderBytes) throw error;
    return sealWithin({ ...request, room: placeholderBytes });
  }
}

async function sealWithin(request: Sealing): Promise<Buffer> {
  const prepared = await prepareSeal(request);
  const cms = await signSeal({ ...request, digest: prepared.digest });
  return completeSeal(prepared, cms);
}

/** Bytes for the signature with its attributes, and for the token of an authority that sends two or three certificates. */
const usual = { signature: 1_024, timeStamp: 6_144 };

function usualRoom({ signer: { certificateDer, chain }, timeStamper }: Sealing): number {
  const certificates = chain.reduce((sum, { length }) => sum + length, certificateDer.length);
  const room = certificates + usual.signature + (timeStamper === 'none' ? 0 : usual.timeStamp);
  return Math.min(room, placeholderBytes);
}
