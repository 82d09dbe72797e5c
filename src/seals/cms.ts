import { createHash } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { context, integer, nothing, octets, oid, sequence, setOf } from './der.ts';
import { ids } from './oids.ts';
import type { SealAlgorithm } from './port.ts';

const sha256Algorithm = sequence(oid(ids.sha256));

/** Attribute of CMS: an identifier and a set of one value. */
const attribute = (id: string, value: Uint8Array): Buffer => sequence(oid(id), setOf(value));

/**
 * The signed attributes of a PAdES baseline signature as the DER SET that is signed: contentType, messageDigest and
 * signing-certificate-v2. No signing-time: the file says it in /M, and the time that counts is the time stamp's.
 * @see ETSI EN 319 142-1 6.3, RFC 5652 5.4, RFC 5035
 */
export function signedAttributes(digest: Uint8Array, certificateDer: Uint8Array): Buffer {
  const hash = createHash('sha256').update(certificateDer).digest();
  return setOf(
    attribute(ids.contentType, oid(ids.data)),
    attribute(ids.messageDigest, octets(digest)),
    attribute(ids.signingCertificateV2, sequence(sequence(sequence(octets(hash))))),
  );
}

/** A detached CMS SignedData with one signer, its chain, and the time stamp over the signature value if there is one. */
export function buildCms(parts: {
  attributes: Buffer;
  algorithm: SealAlgorithm;
  signature: Uint8Array;
  certificate: Certificate;
  chain: readonly Uint8Array[];
  timeStampToken?: Uint8Array | undefined;
}): Buffer {
  const { certificate } = parts;
  const method =
    parts.algorithm === 'ES256' ? sequence(oid(ids.ecdsaSha256)) : sequence(oid(ids.rsaSha256), nothing);
  const unsigned = parts.timeStampToken
    ? [context(1, attribute(ids.timeStampToken, parts.timeStampToken))]
    : [];
  const signerInfo = sequence(
    integer(1),
    sequence(certificate.issuer, integer(Buffer.from(padded(certificate.serial), 'hex'))),
    sha256Algorithm,
    retagged(parts.attributes),
    method,
    octets(parts.signature),
    ...unsigned,
  );
  const signedData = sequence(
    integer(1),
    setOf(sha256Algorithm),
    sequence(oid(ids.data)),
    context(0, ...[certificate.der, ...parts.chain].sort(Buffer.compare)),
    setOf(signerInfo),
  );
  return sequence(oid(ids.signedData), context(0, signedData));
}

/** The SET of attributes as it stands in a signerInfo: [0] IMPLICIT, the same bytes otherwise. */
function retagged(set: Buffer): Buffer {
  const copy = Buffer.from(set);
  copy[0] = 0xa0;
  return copy;
}

const padded = (hex: string): string => (hex.length % 2 ? `0${hex}` : hex);
