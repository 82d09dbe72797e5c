import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Certificate, parseCertificate } from '../../src/seals/certificate.ts';
import {
  bits,
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
} from '../../src/seals/der.ts';
import { createSealSigner, type SealSigner, type TimeStamper } from '../../src/seals/index.ts';
import { ids } from '../../src/seals/oids.ts';

/** A certificate with its key, as only a test or the demo has both. */
export interface Holder {
  certificate: Certificate;
  key: KeyObject;
  /** Its issuers up to, not with, the root. */
  chain: readonly Buffer[];
}

interface CertificateSpec {
  name: string;
  issuer?: Holder;
  kind?: 'P-256' | 'RSA';
  /** root, issuing: may sign certificates; seal: may sign; tsa, ocsp: their one purpose. */
  use: 'root' | 'issuing' | 'seal' | 'tsa' | 'ocsp';
  notBefore?: number;
  notAfter?: number;
  /** Overrides what the use would have. */
  keyUsage?: number;
  isPurposeCritical?: boolean;
}

/** The present of this public key infrastructure. */
export const pkiNow = Date.UTC(2026, 5, 1, 8);
export const dayMs = 86_400_000;
let serials = 0x10;

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

function certify(spec: CertificateSpec, keys: { publicKey: KeyObject; privateKey: KeyObject }): Holder {
  const { issuer, use } = spec;
  const isAuthority = use === 'root' || use === 'issuing';
  const subject = sequence(
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
  serials += 1;
  const signingKey = issuer?.key ?? keys.privateKey;
  const tbs = sequence(
    context(0, integer(2)),
    integer(serials),
    algorithmOf(signingKey),
    issuer?.certificate.subject ?? subject,
    sequence(
      generalizedOrUtc(spec.notBefore ?? pkiNow - 365 * dayMs),
      generalizedOrUtc(spec.notAfter ?? pkiNow + 730 * dayMs),
    ),
    subject,
    spki,
    context(3, sequence(...extensions)),
  );
  return {
    certificate: parseCertificate(signed(tbs, signingKey)),
    key: keys.privateKey,
    chain: issuer?.certificate && issuer.chain ? chainOf(issuer) : [],
  };
}

/** X.509 writes years up to 2049 in two digits. */
function generalizedOrUtc(at: number): Buffer {
  const full = generalizedTime(at);
  return new Date(at).getUTCFullYear() < 2050 ? der(0x17, full.subarray(4)) : full;
}

function chainOf(issuer: Holder): readonly Buffer[] {
  const isRoot = issuer.certificate.issuer.equals(issuer.certificate.subject);
  return isRoot ? [] : [issuer.certificate.der, ...issuer.chain];
}

/** A signer over the key of a holder. */
export function signerOf(holder: Holder): SealSigner {
  return createSealSigner({
    privateKey: holder.key,
    certificateDer: holder.certificate.der,
    chain: holder.chain,
  });
}

/** A list of revoked certificates of an issuer. */
export function makeCrl(
  issuer: Holder,
  revoked: readonly { holder: Holder; at: number }[] = [],
  { thisUpdate = pkiNow - dayMs, nextUpdate = pkiNow + 7 * dayMs } = {},
): Buffer {
  const entries = revoked.map(({ holder, at }) =>
    sequence(integer(Buffer.from(holder.certificate.serial, 'hex')), generalizedOrUtc(at)),
  );
  const tbs = sequence(
    integer(1),
    algorithmOf(issuer.key),
    issuer.certificate.subject,
    generalizedOrUtc(thisUpdate),
    generalizedOrUtc(nextUpdate),
    ...(entries.length ? [sequence(...entries)] : []),
    context(0, sequence(sequence(oid('2.5.29.20'), octets(integer(1))))),
  );
  return signed(tbs, issuer.key);
}

/** An OCSP answer about a certificate, signed by its issuer or by a responder. */
export function makeOcsp(
  about: Holder,
  issuer: Holder,
  { responder = issuer, revokedAt }: { responder?: Holder; revokedAt?: number } = {},
): Buffer {
  const spki = children(readWhole(issuer.certificate.publicKey.export({ type: 'spki', format: 'der' })));
  const hash = (bytes: Buffer) => createHash('sha1').update(bytes).digest();
  const id = sequence(
    sequence(oid('1.3.14.3.2.26'), nothing),
    octets(hash(issuer.certificate.subject)),
    octets(hash(readBits(spki[1]))),
    integer(Buffer.from(about.certificate.serial, 'hex')),
  );
  const state = revokedAt === undefined ? der(0x80) : context(1, generalizedTime(revokedAt));
  const single = sequence(
    id,
    state,
    generalizedTime(pkiNow - dayMs),
    context(0, generalizedTime(pkiNow + dayMs)),
  );
  const data = sequence(
    context(1, responder.certificate.subject),
    generalizedTime(pkiNow - dayMs),
    sequence(single),
  );
  const extra = responder === issuer ? [] : [context(0, sequence(responder.certificate.der))];
  const basic = signed(data, responder.key, ...extra);
  return sequence(der(0x0a, Buffer.of(0)), context(0, sequence(oid(ids.ocspBasic), octets(basic))));
}

/** What a time-stamping authority is told to get wrong. */
export interface TokenFaults {
  at?: number;
  status?: number;
  imprint?: Buffer;
  nonce?: Buffer;
}

/** A whole RFC 3161 answer to a request. */
export function answerTimeStamp(tsa: Holder, request: Buffer, faults: TokenFaults = {}): Buffer {
  const [, imprint, nonce] = children(readWhole(request, 0x30));
  if (faults.status) return sequence(sequence(integer(faults.status)));
  const asked = children(imprint)[1]?.value ?? Buffer.alloc(0);
  const token = makeToken(tsa, faults.imprint ?? asked, { ...faults, nonce: faults.nonce ?? nonce?.value });
  return sequence(sequence(integer(0)), token);
}

function makeToken(
  tsa: Holder,
  digest: Buffer,
  { at = pkiNow, nonce }: { at?: number; nonce?: Buffer | undefined },
): Buffer {
  serials += 1;
  const sha256 = sequence(oid(ids.sha256));
  const info = sequence(
    integer(1),
    oid('1.2.3.4.1'),
    sequence(sequence(oid(ids.sha256), nothing), octets(digest)),
    integer(serials),
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

/** A time stamper without a network, for what is not about the network. */
export function stamperOf(tsa: Holder, faults: TokenFaults = {}): TimeStamper {
  return {
    stamp: async (digest) => makeToken(tsa, faults.imprint ?? digest, { at: faults.at ?? pkiNow - dayMs }),
  };
}

/** A province's worth of certificates: all that a test of seals needs. */
export function makePki() {
  const root = makeHolder({ name: 'Demo Root', use: 'root' });
  const issuing = makeHolder({ name: 'Demo Issuing CA', use: 'issuing', issuer: root });
  const seal = (name: string, more: Partial<CertificateSpec> = {}) =>
    makeHolder({ name, use: 'seal', issuer: issuing, ...more });
  const timeRoot = makeHolder({ name: 'Demo Time Root', use: 'root' });
  const expired = { notBefore: pkiNow - 800 * dayMs, notAfter: pkiNow - 10 * dayMs };
  return {
    root,
    issuing,
    timeRoot,
    seal: seal('Demo Bureau Seal'),
    rsaSeal: seal('Demo Bureau Seal RSA', { kind: 'RSA' }),
    otherSeal: seal('Other Bureau Seal'),
    expiredSeal: seal('Expired Seal', expired),
    revokedSeal: seal('Revoked Seal'),
    wrongUseSeal: seal('Certificate Signing Only', { keyUsage: 0x06 }),
    strangerSeal: makeHolder({
      name: 'Demo Bureau Seal',
      use: 'seal',
      issuer: makeHolder({ name: 'Demo Root', use: 'root' }),
    }),
    tsa: makeHolder({ name: 'Demo TSA', use: 'tsa', issuer: timeRoot }),
    sloppyTsa: makeHolder({ name: 'Sloppy TSA', use: 'tsa', issuer: timeRoot, isPurposeCritical: false }),
    strangerTsa: makeHolder({ name: 'Demo TSA', use: 'tsa', issuer: makeHolder({ name: 'X', use: 'root' }) }),
    responder: makeHolder({ name: 'Demo OCSP', use: 'ocsp', issuer: issuing }),
  };
}
