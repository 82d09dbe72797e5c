import { createHash } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { findChain } from './chain.ts';
import {
  children,
  expectTag,
  integer,
  Malformed,
  nothing,
  octets,
  oid,
  readInteger,
  readOid,
  readTime,
  readWhole,
  sequence,
  yes,
} from './der.ts';
import { digests, ids } from './oids.ts';
import { findSignatureFault, parseSignedData } from './signed-data.ts';

/** A request for a time stamp over a SHA-256 digest; asks for the certificate. @see RFC 3161 2.4.1 */
export function buildTimeStampRequest(digest: Uint8Array, nonce: Uint8Array): Buffer {
  const imprint = sequence(sequence(oid(ids.sha256), nothing), octets(digest));
  return sequence(integer(1), imprint, integer(nonce), yes);
}

/** The token of a granted answer. @throws {Malformed} when it was refused or is not an answer @see RFC 3161 2.4.2 */
export function readTimeStampResponse(bytes: Buffer): Buffer {
  const [status, token] = children(readWhole(bytes, 0x30));
  const granted = readInteger(children(status, 0x30)[0]);
  if ((granted !== '00' && granted !== '01') || !token) throw new Malformed('the time stamp was not granted');
  return token.raw;
}

/** Why a time stamp does not count. */
export type TimeStampFault =
  | 'malformed'
  | 'imprint'
  | 'nonce'
  | 'signature'
  | 'purpose'
  | 'untrusted'
  | 'not-in-time'
  | 'unfit';

/** What a time stamp says, once it is believed. */
export type TimeStampVerdict =
  | { ok: true; at: number; path: readonly Certificate[]; anchor: Certificate }
  | { ok: false; fault: TimeStampFault };

/**
 * Verifies a token: made over `stamped`, well signed, by a certificate whose one and critical purpose is time stamping,
 * under a pinned anchor, valid both at the time it states and now.
 * @see RFC 3161 2.3, 2.4.2
 */
export function verifyTimeStamp(input: {
  token: Buffer;
  /** The bytes that were stamped, or only their SHA-256 digest where the caller has no more. */
  stamped: Uint8Array | { sha256: Uint8Array };
  nonce?: Uint8Array;
  anchors: readonly Certificate[];
  now: number;
}): TimeStampVerdict {
  try {
    return verifyToken(input);
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, fault: 'malformed' };
    throw error;
  }
}

/** The time that a verified token states. @throws {Malformed} */
export function timeOf(token: Buffer): number {
  const { content } = parseSignedData(token);
  if (!content) throw new Malformed('a time stamp without content');
  return readInfo(content).at;
}

function verifyToken(input: Parameters<typeof verifyTimeStamp>[0]): TimeStampVerdict {
  const refused = (fault: TimeStampFault): TimeStampVerdict => ({ ok: false, fault });
  const data = parseSignedData(input.token);
  if (data.contentType !== ids.timeStampInfo || !data.content) return refused('malformed');
  const info = readInfo(data.content);
  const digest = digests.get(info.algorithm);
  if (!digest || !info.imprint.equals(imprintOf(input.stamped, digest))) return refused('imprint');
  if (input.nonce && info.nonce !== readInteger(readWhole(integer(input.nonce)))) return refused('nonce');
  if (!data.signer || findSignatureFault(data, [data.content])) return refused('signature');
  const { signer } = data;
  const isOnlyPurpose =
    signer.extendedKeyUsage.length === 1 && signer.extendedKeyUsage[0] === ids.timeStamping;
  if (!isOnlyPurpose || !signer.isExtendedKeyUsageCritical) return refused('purpose');
  // A clock ahead of ours by minutes is tolerated, a time stamp from the future is not.
  if (info.at > input.now + 300_000) return refused('not-in-time');
  const chain = findChain({ leaf: signer, others: data.certificates, anchors: input.anchors, at: info.at });
  if (!chain.found) return refused(chain.reason);
  const today = Math.max(input.now, info.at);
  const isStillValid = [...chain.path, chain.anchor].every(({ notAfter }) => today <= notAfter);
  return isStillValid
    ? { ok: true, at: info.at, path: chain.path, anchor: chain.anchor }
    : refused('not-in-time');
}

function imprintOf(stamped: Uint8Array | { sha256: Uint8Array }, digest: string): Uint8Array {
  if (!('sha256' in stamped)) return createHash(digest).update(stamped).digest();
  return digest === 'sha256' ? stamped.sha256 : Buffer.alloc(0);
}

function readInfo(content: Buffer): {
  algorithm: string;
  imprint: Buffer;
  at: number;
  nonce: string | undefined;
} {
  const [version, , imprint, , at, ...rest] = children(readWhole(content, 0x30));
  if (readInteger(version) !== '01') throw new Malformed('an unknown version of a time stamp');
  const [algorithm, hash] = children(imprint, 0x30);
  const nonce = rest.find((node) => node.tag === 0x02);
  return {
    algorithm: readOid(children(algorithm, 0x30)[0]),
    imprint: expectTag(hash, 0x04).value,
    at: readTime(at),
    nonce: nonce ? readInteger(nonce) : undefined,
  };
}
