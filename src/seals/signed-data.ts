import { createHash } from 'node:crypto';
import { type Certificate, verifySignature } from './certificate.ts';
import { readableCertificates } from './chain.ts';
import { children, type DerNode, expectTag, Malformed, readFirst, readInteger, readOid } from './der.ts';
import { digests, ids } from './oids.ts';

type Attributes = ReadonlyMap<string, readonly DerNode[]>;

/** A CMS SignedData of exactly one signer. */
export interface SignedData {
  contentType: string;
  /** Absent when the signature is detached. */
  content: Buffer | undefined;
  certificates: readonly Certificate[];
  /** The certificate that issuer and serial name. */
  signer: Certificate | undefined;
  digestAlgorithm: string;
  /** The signed attributes as they are hashed: the original bytes under the tag of SET. */
  attributeBytes: Buffer;
  attributes: Attributes;
  signatureAlgorithm: string;
  signature: Buffer;
  unsigned: Attributes;
}

/**
 * Reads a SignedData at the start of `bytes`; only zeros may follow, which fill the placeholder of a PDF.
 * @throws {Malformed} also when there is another number of signers than one, or an attribute comes twice
 * @see RFC 5652 5.1
 */
export function parseSignedData(bytes: Buffer): SignedData {
  const outer = readFirst(bytes);
  if (bytes.subarray(outer.raw.length).some((byte) => byte !== 0)) throw new Malformed('bytes after the end');
  const [type, wrapped] = children(outer, 0x30);
  if (readOid(type) !== ids.signedData) throw new Malformed('not signed data');
  const fields = children(children(wrapped, 0xa0)[0], 0x30);
  const [eContentType, eContent] = children(fields[2], 0x30);
  const signerInfos = children(fields.at(-1), 0x31);
  if (signerInfos.length !== 1) throw new Malformed('not exactly one signer');
  const certificateSet = fields.find((field) => field.tag === 0xa0);
  const certificates = readableCertificates(
    certificateSet ? children(certificateSet).map((node) => node.raw) : [],
  );
  const info = readSignerInfo(signerInfos[0]);
  return {
    contentType: readOid(eContentType),
    content: eContent ? expectTag(children(eContent, 0xa0)[0], 0x04).value : undefined,
    certificates,
    signer: certificates.find((one) => one.issuer.equals(info.issuer) && one.serial === info.serial),
    ...info,
  };
}

function readSignerInfo(node: DerNode | undefined) {
  const fields = children(node, 0x30);
  const [, signerId, digestAlgorithm, signed, algorithm, signature, unsigned] = fields;
  const [issuer, serial] = children(signerId, 0x30);
  const set = expectTag(signed, 0xa0);
  const attributeBytes = Buffer.from(set.raw);
  attributeBytes[0] = 0x31;
  return {
    issuer: expectTag(issuer, 0x30).raw,
    serial: readInteger(serial),
    digestAlgorithm: readOid(children(digestAlgorithm, 0x30)[0]),
    attributeBytes,
    attributes: readAttributes(set),
    signatureAlgorithm: readOid(children(algorithm, 0x30)[0]),
    signature: expectTag(signature, 0x04).value,
    unsigned: unsigned ? readAttributes(expectTag(unsigned, 0xa1)) : new Map(),
  };
}

function readAttributes(set: DerNode): Map<string, DerNode[]> {
  const found = new Map<string, DerNode[]>();
  for (const attribute of children(set)) {
    const [id, values] = children(attribute, 0x30);
    const name = readOid(id);
    if (found.has(name)) throw new Malformed('an attribute comes twice');
    found.set(name, children(values, 0x31));
  }
  return found;
}

/** The one value of an attribute; undefined when it is absent or has several. */
export function onlyValue(attributes: Attributes, id: string): DerNode | undefined {
  const values = attributes.get(id);
  return values?.length === 1 ? values[0] : undefined;
}

/** How the signature of a SignedData fails, in the order of the checks; `undefined` when it stands. */
export type SignatureFault =
  | 'digest-not-allowed'
  | 'content-type'
  | 'message-digest'
  | 'no-certificate'
  | 'signing-certificate'
  | 'signature';

/** Verifies attributes and signature over `content`, strictly. Trust in the certificate is another question. */
export function findSignatureFault(
  data: SignedData,
  content: readonly Uint8Array[],
): SignatureFault | undefined {
  const digest = digests.get(data.digestAlgorithm);
  if (!digest) return 'digest-not-allowed';
  const type = onlyValue(data.attributes, ids.contentType);
  if (!type || readOid(type) !== data.contentType) return 'content-type';
  const hash = createHash(digest);
  for (const part of content) hash.update(part);
  const claimed = onlyValue(data.attributes, ids.messageDigest);
  if (!claimed || !expectTag(claimed, 0x04).value.equals(hash.digest())) return 'message-digest';
  if (!data.signer) return 'no-certificate';
  if (!namesCertificate(data.attributes, data.signer.der)) return 'signing-certificate';
  const isGood = verifySignature({
    content: data.attributeBytes,
    algorithm: data.signatureAlgorithm,
    signature: data.signature,
    key: data.signer.publicKey,
    digest,
  });
  return isGood ? undefined : 'signature';
}

/**
 * The attribute signing-certificate-v2 (or, in older time stamps, signing-certificate) must name the signer's certificate
 * by hash: otherwise a certificate of the same issuer and serial could be put in its place.
 * @see RFC 5035
 */
function namesCertificate(attributes: Attributes, certificate: Buffer): boolean {
  const second = onlyValue(attributes, ids.signingCertificateV2);
  const attribute = second ?? onlyValue(attributes, ids.signingCertificate);
  if (!attribute) return false;
  const fields = children(children(children(attribute, 0x30)[0], 0x30)[0], 0x30);
  const named = second && fields[0]?.tag === 0x30 ? readOid(children(fields[0])[0]) : undefined;
  const digest = second ? (named ? digests.get(named) : 'sha256') : 'sha1';
  const hash = fields.find((field) => field.tag === 0x04)?.value;
  return (
    digest !== undefined && hash !== undefined && createHash(digest).update(certificate).digest().equals(hash)
  );
}
