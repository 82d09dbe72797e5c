import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type Certificate, parseCertificate } from '../../../src/seals/certificate.ts';
import {
  bits,
  certificateTime,
  children,
  context,
  der,
  generalizedTime,
  integer,
  nothing,
  octets,
  oid,
  readBits,
  readWhole,
  sequence,
  setOf,
  utf8,
  yes,
} from '../../../src/seals/der.ts';
import { ids } from '../../../src/seals/oids.ts';

/**
 * A public key infrastructure small enough to read: certificates, lists and answers about revocation, time stamps. For the
 * demo world and for tests; a real one is somebody else's, with keys in hardware.
 */

/** A certificate with its key, as only a test or the demo has both. */
export interface Holder {
  certificate: Certificate;
  key: KeyObject;
  /** Its issuers up to, not with, the root. */
  chain: readonly Buffer[];
}

/** What a certificate is made for. */
export interface CertificateSpec {
  /** Common name; the rest of the subject is the demo province's. */
  name: string;
  /** A whole subject, DER, instead. */
  subject?: Buffer;

  issuer?: Holder;
  kind?: 'P-256' | 'RSA';
  /** root, issuing: may sign certificates; seal: may sign; tsa, ocsp: their one purpose. */
  use: 'root' | 'issuing' | 'seal' | 'tsa' | 'ocsp';
  notBefore: number;
  notAfter: number;
  /** Overrides what the use would have. */
  keyUsage?: number;
  isPurposeCritical?: boolean;
}

/** Positive, not guessable, new in every process. */
const newSerial = (): Buffer => Buffer.concat([Buffer.of(0x40), randomBytes(15)]);

const algorithmOf = (key: KeyObject): Buffer =>
  key.asymmetricKeyType === 'ec' ? sequence(oid(ids.ecdsaSha256)) : sequence(oid(ids.rsaSha256), nothing);

/** A signed structure: content, algorithm, signature. */
function signed(content: Buffer, key: KeyObject, ...more: Buffer[]): Buffer {
  return sequence(content, algorithmOf(key), bits(sign('sha256', content, key)), ...more);
}

/** Makes a key and a certificate for it. */
export function makeHolder(spec: CertificateSpec): Holder {
  const keys =
    spec.kind === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return certify(spec, keys);
}

/** Certifies a key. @throws {Malformed} */
export function certify(
  spec: CertificateSpec,
  keys: { publicKey: KeyObject; privateKey: KeyObject },
): Holder {
  const der = certificateOf(spec, keys);
  return {
    certificate: parseCertificate(der),
    key: keys.privateKey,
    chain: spec.issuer ? chainOf(spec.issuer) : [],
  };
}

/** A certificate over a public key, DER. `privateKey` signs where there is no issuer: a root. */
export function certificateOf(
  spec: CertificateSpec,
  keys: { publicKey: KeyObject; privateKey?: KeyObject },
): Buffer {
  const { issuer, use } = spec;
  const isAuthority = use === 'root' || use === 'issuing';
  const subject =
    spec.subject ??
    sequence(
      setOf(sequence(oid('2.5.4.6'), der(0x13, Buffer.from('CN')))),
      setOf(sequence(oid('2.5.4.10'), utf8('Demo Province'))),
      setOf(sequence(oid('2.5.4.3'), utf8(spec.name))),
    );
  const usage = spec.keyUsage ?? (isAuthority ? 0x06 : 0xc0);
  const purpose = use === 'tsa' ? ids.timeStamping : use === 'ocsp' ? ids.ocspSigning : undefined;
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
  const keyId = (bytes: Buffer) =>
    createHash('sha1')
      .update(readBits(children(readWhole(bytes))[1]))
      .digest();
  const issuerSpki = issuer?.certificate.publicKey.export({ type: 'spki', format: 'der' }) ?? spki;
  const extension = (id: string, isCritical: boolean, value: Buffer) =>
    sequence(oid(id), ...(isCritical ? [yes] : []), octets(value));
  const extensions = [
    extension(ids.basicConstraints, true, isAuthority ? sequence(yes) : sequence()),
    extension(ids.keyUsage, true, bits(Buffer.of(usage), usage === 0x06 ? 1 : 6)),
    extension('2.5.29.14', false, octets(keyId(spki))),
    extension('2.5.29.35', false, sequence(der(0x80, keyId(issuerSpki)))),
  ];
  if (purpose)
    extensions.push(extension(ids.extendedKeyUsage, spec.isPurposeCritical ?? true, sequence(oid(purpose))));
  if (use === 'ocsp') extensions.push(extension(ids.ocspNoCheck, false, nothing));
  const signingKey = issuer?.key ?? keys.privateKey;
  if (!signingKey) throw new Error('nobody signs this certificate');
  const tbs = sequence(
    context(0, integer(2)),
    integer(newSerial()),
    algorithmOf(signingKey),
    issuer?.certificate.subject ?? subject,
    sequence(certificateTime(spec.notBefore), certificateTime(spec.notAfter)),
    subject,
    spki,
    context(3, sequence(...extensions)),
  );
  return signed(tbs, signingKey);
}

/** What stands between a certificate of this issuer and the root. */
export function chainOf(issuer: Holder): readonly Buffer[] {
  const isRoot = issuer.certificate.issuer.equals(issuer.certificate.subject);
  return isRoot ? [] : [issuer.certificate.der, ...issuer.chain];
}

/** A list of revoked certificates of an issuer. */
export function makeCrl(
  issuer: Holder,
  revoked: readonly { serial: string; at: number }[],
  { thisUpdate, nextUpdate }: { thisUpdate: number; nextUpdate: number },
): Buffer {
  const entries = revoked.map(({ serial, at }) =>
    sequence(integer(Buffer.from(serial, 'hex')), certificateTime(at)),
  );
  const tbs = sequence(
    integer(1),
    algorithmOf(issuer.key),
    issuer.certificate.subject,
    certificateTime(thisUpdate),
    certificateTime(nextUpdate),
    ...(entries.length ? [sequence(...entries)] : []),
    context(0, sequence(sequence(oid('2.5.29.20'), octets(integer(1))))),
  );
  return signed(tbs, issuer.key);
}

/** An OCSP answer about a certificate, signed by its issuer or by a responder. */
export function makeOcsp(
  about: { serial: string },
  issuer: Holder,
  times: { thisUpdate: number; nextUpdate: number },
  { responder = issuer, revokedAt }: { responder?: Holder; revokedAt?: number | undefined } = {},
): Buffer {
  const spki = children(readWhole(issuer.certificate.publicKey.export({ type: 'spki', format: 'der' })));
  const hash = (bytes: Buffer) => createHash('sha1').update(bytes).digest();
  const id = sequence(
    sequence(oid('1.3.14.3.2.26'), nothing),
    octets(hash(issuer.certificate.subject)),
    octets(hash(readBits(spki[1]))),
    integer(Buffer.from(about.serial, 'hex')),
  );
  const state = revokedAt === undefined ? der(0x80) : context(1, generalizedTime(revokedAt));
  const single = sequence(
    id,
    state,
    generalizedTime(times.thisUpdate),
    context(0, generalizedTime(times.nextUpdate)),
  );
  const data = sequence(
    context(1, responder.certificate.subject),
    generalizedTime(times.thisUpdate),
    sequence(single),
  );
  const extra = responder === issuer ? [] : [context(0, sequence(responder.certificate.der))];
  const basic = signed(data, responder.key, ...extra);
  return sequence(der(0x0a, Buffer.of(0)), context(0, sequence(oid(ids.ocspBasic), octets(basic))));
}

/** The time of a stamp, and what a time-stamping authority is told to get wrong. */
export interface TokenFaults {
  at: number;
  status?: number;
  imprint?: Buffer;
  nonce?: Buffer;
}

/** A whole RFC 3161 answer to a request. */
export function answerTimeStamp(tsa: Holder, request: Buffer, faults: TokenFaults): Buffer {
  const [, imprint, nonce] = children(readWhole(request, 0x30));
  if (faults.status) return sequence(sequence(integer(faults.status)));
  const asked = children(imprint)[1]?.value ?? Buffer.alloc(0);
  const token = makeToken(tsa, faults.imprint ?? asked, { ...faults, nonce: faults.nonce ?? nonce?.value });
  return sequence(sequence(integer(0)), token);
}

/** A token over a SHA-256 digest. @see RFC 3161 2.4.2 */
export function makeToken(
  tsa: Holder,
  digest: Buffer,
  { at, nonce }: { at: number; nonce?: Buffer | undefined },
): Buffer {
  const sha256 = sequence(oid(ids.sha256));
  const info = sequence(
    integer(1),
    oid('1.2.3.4.1'),
    sequence(sequence(oid(ids.sha256), nothing), octets(digest)),
    integer(newSerial()),
    generalizedTime(at),
    ...(nonce ? [der(0x02, nonce)] : []),
  );
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
  const attribute = (id: string, value: Buffer) => sequence(oid(id), setOf(value));
  const attributes = setOf(
    attribute(ids.contentType, oid(ids.timeStampInfo)),
    attribute(ids.messageDigest, octets(hash(info))),
    attribute(ids.signingCertificateV2, sequence(sequence(sequence(octets(hash(tsa.certificate.der)))))),
  );
  const implicit = Buffer.from(attributes);
  implicit[0] = 0xa0;
  const signerInfo = sequence(
    integer(1),
    sequence(tsa.certificate.issuer, integer(Buffer.from(tsa.certificate.serial, 'hex'))),
    sha256,
    implicit,
    algorithmOf(tsa.key),
    octets(sign('sha256', attributes, tsa.key)),
  );
  const signedData = sequence(
    integer(3),
    setOf(sha256),
    sequence(oid(ids.timeStampInfo), context(0, octets(info))),
    context(0, ...[tsa.certificate.der, ...tsa.chain].sort(Buffer.compare)),
    setOf(signerInfo),
  );
  return sequence(oid(ids.signedData), context(0, signedData));
}
