import { createHash, createPublicKey } from 'node:crypto';
import type { Signer } from './port.ts';

/** Whom a certificate names. */
export interface CertificateName {
  organisation: string;
  commonName: string;
}

/** What a certificate is to say. */
export interface CertificateSpec {
  subject: CertificateName;
  publicJwk: Readonly<Record<string, unknown>>;
  /** Who vouches: the subject itself for a root. An ES256 key. */
  issuer: { name: CertificateName; signer: Pick<Signer, 'sign' | 'publicJwk'> };
  /** 8 to 20 random bytes. */
  serial: Uint8Array;
  /** Milliseconds since the epoch, to the second. */
  notBefore: number;
  notAfter: number;
  /** May sign certificates, directly and no further down, and nothing else; without it, may sign anything else. */
  isAuthority: boolean;
}

/** Makes an X.509 certificate for a public key, as DER. @see RFC 5280 4.1 */
export async function issueCertificate(spec: CertificateSpec): Promise<Buffer> {
  const { subject, issuer, isAuthority } = spec;
  const key = spkiOf(spec.publicJwk);
  const content = sequence(
    element(0xa0, integer(Buffer.of(2))),
    integer(spec.serial),
    ecdsaWithSha256,
    nameOf(issuer.name),
    sequence(timeOf(spec.notBefore), timeOf(spec.notAfter)),
    nameOf(subject),
    key,
    element(
      0xa3,
      sequence(
        extension('551d13', true, isAuthority ? sequence(yes, integer(Buffer.of(0))) : sequence()),
        extension(
          '551d0f',
          true,
          isAuthority ? element(0x03, Buffer.of(2, 0x04)) : element(0x03, Buffer.of(7, 0x80)),
        ),
        extension('551d0e', false, element(0x04, keyIdentifier(key))),
        extension('551d23', false, sequence(element(0x80, keyIdentifier(spkiOf(issuer.signer.publicJwk))))),
      ),
    ),
  );
  const signature = await issuer.signer.sign(content);
  return sequence(content, ecdsaWithSha256, bits(derSignature(signature)));
}

/** One DER element: tag, shortest length, content. @see X.690 10.1 */
function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length.toString(16);
  const bytes = Buffer.from(size.length % 2 ? `0${size}` : size, 'hex');
  const length = content.length < 0x80 ? bytes : Buffer.concat([Buffer.of(0x80 | bytes.length), bytes]);
  return Buffer.concat([Buffer.of(tag), length, content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => element(0x30, ...parts);
const bits = (content: Uint8Array): Buffer => element(0x03, Buffer.of(0), content);
const yes = element(0x01, Buffer.of(0xff));
const oid = (hex: string): Buffer => element(0x06, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));

/** An unsigned big-endian number: no needless zeros, one where the first bit would make it negative. */
function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte, at) => byte !== 0 || at === bytes.length - 1);
  const short = bytes.subarray(first);
  return (short[0] as number) & 0x80 ? element(0x02, Buffer.of(0), short) : element(0x02, short);
}

function nameOf({ organisation, commonName }: CertificateName): Buffer {
  const part = (id: string, text: string) =>
    element(0x31, sequence(oid(id), element(0x0c, Buffer.from(text))));
  return sequence(part('55040a', organisation), part('550403', commonName));
}

/** Times up to 2049 have two digits for the year. @see RFC 5280 4.1.2.5 */
function timeOf(at: number): Buffer {
  const text = `${new Date(at).toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`;
  return text < '2050' ? element(0x17, Buffer.from(text.slice(2))) : element(0x18, Buffer.from(text));
}

const extension = (id: string, isCritical: boolean, value: Uint8Array): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes] : []), element(0x04, value));

const spkiOf = (jwk: Readonly<Record<string, unknown>>): Buffer =>
  createPublicKey({ key: { ...jwk }, format: 'jwk' }).export({ type: 'spki', format: 'der' });

/** Leftmost 160 bits of the SHA-256 of the key. @see RFC 7093 2 (4) */
const keyIdentifier = (spki: Buffer): Buffer => createHash('sha256').update(spki).digest().subarray(0, 20);

/** r and s as X.509 wants them. @see RFC 5480 2.2.3 */
const derSignature = (signature: Buffer): Buffer =>
  sequence(integer(signature.subarray(0, 32)), integer(signature.subarray(32)));
