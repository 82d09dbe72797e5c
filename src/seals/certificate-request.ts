import { createPublicKey } from 'node:crypto';
import { bits, context, der, integer, nothing, octets, oid, sequence, setOf, utf8 } from './der.ts';
import { ids } from './oids.ts';
import type { SealAlgorithm } from './port.ts';

/** What a certificate request says, and the key that signs it. */
export interface RequestSubject {
  ownerName: string;
  /** Credit code, as organizationIdentifier. */
  ownerCode: string;
  /** Name of the seal. */
  name: string;
}

const countryName = '2.5.4.6';
const organizationName = '2.5.4.10';
const organizationIdentifier = '2.5.4.97';
const commonName = '2.5.4.3';
const extensionRequest = '1.2.840.113549.1.9.14';

/**
 * A request for a seal's certificate, DER: the key stays where it is and signs that it wants one for sealing.
 * @see RFC 2986 4
 */
export async function buildCertificateRequest(input: {
  subject: RequestSubject;
  algorithm: SealAlgorithm;
  publicJwk: Readonly<Record<string, unknown>>;
  /** Signs as CMS has it: DER for ECDSA. */
  sign(bytes: Uint8Array): Promise<Buffer>;
}): Promise<Buffer> {
  const { subject, algorithm, publicJwk } = input;
  const part = (id: string, value: Buffer) => setOf(sequence(oid(id), value));
  const name = sequence(
    part(countryName, der(0x13, Buffer.from('CN'))),
    part(organizationName, utf8(subject.ownerName)),
    part(organizationIdentifier, utf8(subject.ownerCode)),
    part(commonName, utf8(`${subject.ownerName}${subject.name}`)),
  );
  const spki = createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'der' });
  // digitalSignature and contentCommitment.
  const usage = sequence(oid(ids.keyUsage), Buffer.of(1, 1, 0xff), octets(bits(Buffer.of(0xc0), 6)));
  const attributes = context(0, sequence(oid(extensionRequest), setOf(sequence(usage))));
  const info = sequence(integer(0), name, spki, attributes);
  const method =
    algorithm === 'ES256' ? sequence(oid(ids.ecdsaSha256)) : sequence(oid(ids.rsaSha256), nothing);
  return sequence(info, method, bits(await input.sign(info)));
}

/** DER as PEM. @see RFC 7468 */
export function toPem(label: 'CERTIFICATE' | 'CERTIFICATE REQUEST', bytes: Uint8Array): string {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** The certificates of a PEM file, DER, in their order; whatever else stands in it is passed over. */
export function certificatesOfPem(text: string): Buffer[] {
  const found = text.matchAll(/-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----/g);
  return [...found].map(([, body = '']) => Buffer.from(body, 'base64'));
}
