import { createHash, createPublicKey } from 'node:crypto';
import { der } from '../core/index.ts';
import type { Signer } from './port.ts';

const { bits, certificateTime, context, element, integer, octets, oid, sequence, setOf, utf8, yes } = der;

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
    context(0, integer(2)),
    integer(spec.serial),
    ecdsaWithSha256,
    nameOf(issuer.name),
    sequence(certificateTime(spec.notBefore), certificateTime(spec.notAfter)),
    nameOf(subject),
    key,
    context(
      3,
      sequence(
        extension('2.5.29.19', true, isAuthority ? sequence(yes, integer(0)) : sequence()),
        extension('2.5.29.15', true, isAuthority ? bits(Buffer.of(0x04), 2) : bits(Buffer.of(0x80), 7)),
        extension('2.5.29.14', false, octets(keyIdentifier(key))),
        extension(
          '2.5.29.35',
          false,
          sequence(element(0x80, keyIdentifier(spkiOf(issuer.signer.publicJwk)))),
        ),
      ),
    ),
  );
  const signature = await issuer.signer.sign(content);
  return sequence(content, ecdsaWithSha256, bits(derSignature(signature)));
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

function nameOf({ organisation, commonName }: CertificateName): Buffer {
  const part = (id: string, text: string) => setOf(sequence(oid(id), utf8(text)));
  return sequence(part('2.5.4.10', organisation), part('2.5.4.3', commonName));
}

const extension = (id: string, isCritical: boolean, value: Uint8Array): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes] : []), octets(value));

const spkiOf = (jwk: Readonly<Record<string, unknown>>): Buffer =>
  createPublicKey({ key: { ...jwk }, format: 'jwk' }).export({ type: 'spki', format: 'der' });

/** Leftmost 160 bits of the SHA-256 of the key. @see RFC 7093 2 (4) */
const keyIdentifier = (spki: Buffer): Buffer => createHash('sha256').update(spki).digest().subarray(0, 20);

/** r and s as X.509 wants them. @see RFC 5480 2.2.3 */
const derSignature = (signature: Buffer): Buffer =>
  sequence(integer(signature.subarray(0, 32)), integer(signature.subarray(32)));
