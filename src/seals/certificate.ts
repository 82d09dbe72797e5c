import { type KeyObject, verify, X509Certificate } from 'node:crypto';
import { sha256Hex } from '../core/index.ts';
import {
  children,
  type DerNode,
  expectTag,
  Malformed,
  readInteger,
  readOid,
  readTime,
  readWhole,
} from './der.ts';
import { ids, signatureAlgorithms } from './oids.ts';

/** What this room needs of an X.509 certificate, read strictly. Names are compared by their bytes. */
export interface Certificate {
  der: Buffer;
  /** SHA-256 of the certificate, hex: how a seal is known in the register. */
  sha256: string;
  /** Serial number, hex. */
  serial: string;
  issuer: Buffer;
  subject: Buffer;
  /** The common name, for people. */
  name: string;
  notBefore: number;
  notAfter: number;
  publicKey: KeyObject;
  isAuthority: boolean;
  pathLength: number | undefined;
  /** First bits of keyUsage: 0x80 digitalSignature, 0x40 contentCommitment, 0x04 keyCertSign, 0x02 cRLSign. */
  keyUsage: number | undefined;
  extendedKeyUsage: readonly string[];
  isExtendedKeyUsageCritical: boolean;
  hasUnknownCritical: boolean;
  signed: SignedPart;
}

/** The outer shape that certificates, CRLs and OCSP answers share. */
export interface SignedPart {
  content: Buffer;
  algorithm: string;
  signature: Buffer;
}

const understood: ReadonlySet<string> = new Set([
  ids.keyUsage,
  ids.basicConstraints,
  ids.certificatePolicies,
  ids.extendedKeyUsage,
]);

/** Reads a certificate. @throws {Malformed} */
export function parseCertificate(bytes: Buffer): Certificate {
  const [tbs, algorithm, signature] = children(readWhole(bytes, 0x30));
  const fields = children(tbs, 0x30);
  if (fields[0]?.tag !== 0xa0) throw new Malformed('not an X.509 version 3 certificate');
  const [, serial, , issuer, validity, subject, , ...rest] = fields;
  const [notBefore, notAfter] = children(validity, 0x30);
  const extensions = readExtensions(rest.find((field) => field.tag === 0xa3));
  const usage = extensions.get(ids.keyUsage);
  const constraints = extensions.get(ids.basicConstraints);
  const limits = constraints ? children(readWhole(constraints.value, 0x30)) : [];
  const extended = extensions.get(ids.extendedKeyUsage);
  const depth = limits.find((node) => node.tag === 0x02);
  return {
    der: bytes,
    sha256: sha256Hex(bytes),
    serial: readInteger(serial),
    issuer: expectTag(issuer, 0x30).raw,
    subject: expectTag(subject, 0x30).raw,
    name: commonName(expectTag(subject, 0x30)),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    publicKey: publicKeyOf(bytes),
    isAuthority: limits[0]?.tag === 0x01 && limits[0].value[0] === 0xff,
    pathLength: depth ? Number.parseInt(readInteger(depth), 16) : undefined,
    keyUsage: usage ? (readWhole(usage.value, 0x03).value[1] ?? 0) : undefined,
    extendedKeyUsage: extended ? children(readWhole(extended.value, 0x30)).map(readOid) : [],
    isExtendedKeyUsageCritical: extended?.isCritical ?? false,
    hasUnknownCritical: [...extensions].some(([id, { isCritical }]) => isCritical && !understood.has(id)),
    signed: signedPart(tbs, algorithm, signature),
  };
}

/** Content, algorithm and signature of a signed structure. @throws {Malformed} */
export function signedPart(
  content: DerNode | undefined,
  algorithm: DerNode | undefined,
  signature: DerNode | undefined,
): SignedPart {
  const { value } = expectTag(signature, 0x03);
  return {
    content: expectTag(content, 0x30).raw,
    algorithm: readOid(children(algorithm, 0x30)[0]),
    signature: value.subarray(1),
  };
}

/** Extensions by identifier. @throws {Malformed} also when one comes twice */
export function readExtensions(
  holder: DerNode | undefined,
): Map<string, { isCritical: boolean; value: Buffer }> {
  const found = new Map<string, { isCritical: boolean; value: Buffer }>();
  if (!holder) return found;
  for (const extension of children(children(holder)[0], 0x30)) {
    const [id, ...rest] = children(extension, 0x30);
    const isCritical = rest[0]?.tag === 0x01 && rest[0].value[0] === 0xff;
    const name = readOid(id);
    if (found.has(name)) throw new Malformed('an extension comes twice');
    found.set(name, { isCritical, value: expectTag(rest.at(-1), 0x04).value });
  }
  return found;
}

/** Whether the key made the signature, by an algorithm that counts and that fits the key. */
export function isSignedBy(part: SignedPart, key: KeyObject): boolean {
  return verifySignature({ ...part, key, digest: undefined });
}

/** Verifies one signature strictly: allow-listed algorithm, fitting key, RSA of 2048 bits or more, P-256 or P-384. */
export function verifySignature(input: SignedPart & { key: KeyObject; digest: string | undefined }): boolean {
  const known = signatureAlgorithms.get(input.algorithm);
  const digest = known?.digest ?? input.digest;
  if (!known || !digest || input.key.asymmetricKeyType !== known.key) return false;
  const { modulusLength = 0, namedCurve = '' } = input.key.asymmetricKeyDetails ?? {};
  const isStrong = known.key === 'rsa' ? modulusLength >= 2048 : /^(prime256v1|secp384r1)$/.test(namedCurve);
  if (!isStrong || (input.digest && known.digest && known.digest !== input.digest)) return false;
  return verify(digest, input.content, input.key, input.signature);
}

function publicKeyOf(bytes: Buffer): KeyObject {
  try {
    return new X509Certificate(bytes).publicKey;
  } catch (cause) {
    throw new Malformed('the certificate has no readable key', { cause });
  }
}

/** Anybody may write anything into a certificate of their own, and it is shown beside what was found. */
const nameOf = (text: string): string => text.slice(0, 200).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');

/** The common name within a distinguished name, for people; empty when there is none. */
export function commonName(subject: DerNode): string {
  for (const relative of children(subject))
    for (const attribute of children(relative, 0x31)) {
      const [id, value] = children(attribute, 0x30);
      if (readOid(id) === '2.5.4.3') return nameOf(value?.value.toString('utf8') ?? '');
    }
  return '';
}

/** Seals need keyUsage digitalSignature or contentCommitment, said outright, and are no authorities. */
export function maySeal(certificate: Certificate): boolean {
  return !certificate.isAuthority && ((certificate.keyUsage ?? 0) & 0xc0) !== 0;
}
