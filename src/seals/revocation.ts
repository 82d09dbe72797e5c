import { createHash } from 'node:crypto';
import { type Certificate, isSignedBy, readExtensions, type SignedPart, signedPart } from './certificate.ts';
import { readableCertificates } from './chain.ts';
import {
  children,
  type DerNode,
  expectTag,
  Malformed,
  readBits,
  readInteger,
  readOid,
  readTime,
  readWhole,
} from './der.ts';
import { ids } from './oids.ts';

/** What the evidence says of one certificate. */
export type RevocationStatus = { state: 'good' } | { state: 'revoked'; at: number } | { state: 'unknown' };

/** CRLs and OCSP answers, DER. Only those signed by the issuer (or its OCSP responder) and fresh now count. */
export interface RevocationEvidence {
  crls: readonly Buffer[];
  ocspResponses: readonly Buffer[];
}

const clockSkewMs = 300_000;

/** Whether `certificate` was revoked by its issuer. A revocation counts over any number of answers that say good. */
export function findRevocation(input: {
  certificate: Certificate;
  issuer: Certificate;
  evidence: RevocationEvidence;
  now: number;
}): RevocationStatus {
  const answers = [
    ...input.evidence.crls.map((bytes) => unlessMalformed(() => askCrl(bytes, input))),
    ...input.evidence.ocspResponses.map((bytes) => unlessMalformed(() => askOcsp(bytes, input))),
  ];
  const revoked = answers.find((answer) => answer.state === 'revoked');
  return revoked ?? answers.find((answer) => answer.state === 'good') ?? { state: 'unknown' };
}

type Question = Parameters<typeof findRevocation>[0];

/** Evidence that cannot be read says nothing. */
function unlessMalformed(ask: () => RevocationStatus): RevocationStatus {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Malformed) return { state: 'unknown' };
    throw error;
  }
}

/** @see RFC 5280 5.1 */
function askCrl(bytes: Buffer, { certificate, issuer, now }: Question): RevocationStatus {
  const [tbs, algorithm, signature] = children(readWhole(bytes, 0x30));
  const fields = children(tbs, 0x30);
  if (fields[0]?.tag === 0x02) fields.shift();
  const [, name, thisUpdate, nextUpdate, ...rest] = fields;
  const mayList = issuer.keyUsage === undefined || (issuer.keyUsage & 0x02) !== 0;
  const part = signedPart(tbs, algorithm, signature);
  if (!mayList || !expectTag(name, 0x30).raw.equals(issuer.subject) || !isSignedBy(part, issuer.publicKey))
    return { state: 'unknown' };
  // Partial lists (delta, indirect, by reason) carry critical extensions: they prove nothing alone.
  const extensions = readExtensions(rest.find((node) => node.tag === 0xa0));
  if ([...extensions.values()].some(({ isCritical }) => isCritical)) return { state: 'unknown' };
  const list = rest.find((node) => node.tag === 0x30);
  for (const entry of list ? children(list) : []) {
    const [serial, at] = children(entry, 0x30);
    if (readInteger(serial) === certificate.serial) return { state: 'revoked', at: readTime(at) };
  }
  return isFresh(readTime(thisUpdate), nextUpdate, certificate, now)
    ? { state: 'good' }
    : { state: 'unknown' };
}

/** A list made after a certificate has expired need not name it any more, so it proves nothing. */
function isFresh(
  thisUpdate: number,
  nextUpdate: DerNode | undefined,
  certificate: Certificate,
  now: number,
): boolean {
  const isTime = nextUpdate?.tag === 0x17 || nextUpdate?.tag === 0x18;
  const isCurrent = isTime && thisUpdate <= now + clockSkewMs && readTime(nextUpdate) >= now;
  return isCurrent && thisUpdate <= certificate.notAfter;
}

/** @see RFC 6960 4.2 */
function askOcsp(bytes: Buffer, question: Question): RevocationStatus {
  const [status, body] = children(readWhole(bytes, 0x30));
  if (expectTag(status, 0x0a).value[0] !== 0 || !body) return { state: 'unknown' };
  const [type, basic] = children(children(body, 0xa0)[0], 0x30);
  if (readOid(type) !== ids.ocspBasic) return { state: 'unknown' };
  const [data, algorithm, signature, extra] = children(readWhole(expectTag(basic, 0x04).value, 0x30));
  const part = signedPart(data, algorithm, signature);
  const offered = extra ? children(children(extra, 0xa0)[0], 0x30).map((node) => node.raw) : [];
  if (!isAnswerSigned(part, offered, question)) return { state: 'unknown' };
  const list = children(data).find((node) => node.tag === 0x30 && isList(node));
  for (const single of list ? children(list) : []) {
    const [id, state, thisUpdate, next] = children(single, 0x30);
    if (!isAbout(id, question)) continue;
    if (state?.tag === 0xa1) return { state: 'revoked', at: readTime(children(state)[0]) };
    const nextUpdate = next?.tag === 0xa0 ? children(next)[0] : undefined;
    if (state?.tag === 0x80 && isFresh(readTime(thisUpdate), nextUpdate, question.certificate, question.now))
      return { state: 'good' };
  }
  return { state: 'unknown' };
}

/** The list of answers is the one SEQUENCE of SEQUENCEs among the fields of the answer. */
function isList(node: DerNode): boolean {
  return children(node).every((child) => child.tag === 0x30);
}

/** Signed by the issuer itself, or by a responder that the issuer certified for this purpose. */
function isAnswerSigned(part: SignedPart, offered: readonly Buffer[], { issuer, now }: Question): boolean {
  if (isSignedBy(part, issuer.publicKey)) return true;
  return readableCertificates(offered).some(
    (responder) =>
      responder.issuer.equals(issuer.subject) &&
      responder.extendedKeyUsage.includes(ids.ocspSigning) &&
      now >= responder.notBefore &&
      now <= responder.notAfter &&
      isSignedBy(responder.signed, issuer.publicKey) &&
      isSignedBy(part, responder.publicKey),
  );
}

/** The certificate is named by hashes of its issuer's name and key; SHA-1 is only a name here, as RFC 6960 has it. */
function isAbout(id: DerNode | undefined, { certificate, issuer }: Question): boolean {
  const [algorithm, nameHash, keyHash, serial] = children(id, 0x30);
  const digest = { '1.3.14.3.2.26': 'sha1', [ids.sha256]: 'sha256' }[readOid(children(algorithm, 0x30)[0])];
  if (!digest || readInteger(serial) !== certificate.serial) return false;
  const spki = children(readWhole(issuer.publicKey.export({ type: 'spki', format: 'der' })));
  const hash = (bytes: Buffer) => createHash(digest).update(bytes).digest();
  return (
    hash(issuer.subject).equals(expectTag(nameHash, 0x04).value) &&
    hash(readBits(spki[1])).equals(expectTag(keyHash, 0x04).value)
  );
}
