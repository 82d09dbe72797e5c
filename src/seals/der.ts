import { der as writing } from '../core/index.ts';

/** Writing, for what is read here as well. */
export const {
  element: der,
  sequence,
  setOf,
  octets,
  bits,
  utf8,
  nothing,
  yes,
  context,
  integer,
  oid,
  generalizedTime,
  certificateTime,
} = writing;

/** A fault in bytes that somebody else wrote: never a fault of the program. The message names it for the report. */
export class Malformed extends Error {}

/** One element that was read: `raw` with its header, `value` without; views into the input. */
export interface DerNode {
  tag: number;
  raw: Buffer;
  value: Buffer;
}

/**
 * Reads the one element at the start of `bytes`; what follows it is the caller's business.
 * @throws {Malformed} what DER forbids: long tags, indefinite or overlong lengths, a length beyond the input
 */
export function readFirst(bytes: Buffer): DerNode {
  const tag = bytes[0];
  let length = bytes[1];
  if (tag === undefined || length === undefined || (tag & 0x1f) === 0x1f) throw new Malformed('not DER');
  let header = 2;
  if (length >= 0x80) {
    const size = length & 0x7f;
    if (size === 0 || size > 4 || bytes.length < 2 + size) throw new Malformed('not DER');
    length = bytes.readUIntBE(2, size);
    header += size;
    if (length < 0x80 || length < 256 ** (size - 1)) throw new Malformed('not DER');
  }
  if (header + length > bytes.length) throw new Malformed('not DER');
  return { tag, raw: bytes.subarray(0, header + length), value: bytes.subarray(header, header + length) };
}

/** Reads an element that fills `bytes`. @throws {Malformed} when something follows it */
export function readWhole(bytes: Buffer, tag?: number): DerNode {
  const node = readFirst(bytes);
  if (node.raw.length !== bytes.length) throw new Malformed('bytes after the end');
  return tag === undefined ? node : expectTag(node, tag);
}

/** The elements inside a constructed one. @throws {Malformed} also when there are more than 10,000 */
export function children(node: DerNode | undefined, tag?: number): DerNode[] {
  if (!node || (node.tag & 0x20) === 0 || (tag !== undefined && node.tag !== tag))
    throw new Malformed('another element was expected');
  const found: DerNode[] = [];
  for (let rest = node.value; rest.length > 0; ) {
    const child = readFirst(rest);
    found.push(child);
    rest = rest.subarray(child.raw.length);
    if (found.length > 10_000) throw new Malformed('too many elements');
  }
  return found;
}

/** The element itself, when it is there and has the tag. @throws {Malformed} otherwise */
export function expectTag(node: DerNode | undefined, tag: number): DerNode {
  if (node?.tag !== tag) throw new Malformed('another element was expected');
  return node;
}

/** Dotted form of an OBJECT IDENTIFIER. @throws {Malformed} */
export function readOid(node: DerNode | undefined): string {
  const { value } = expectTag(node, 0x06);
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of value) {
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) throw new Malformed('an identifier is too long');
    if ((byte & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [head = 0, ...rest] = arcs;
  const first = Math.min(2, Math.floor(head / 40));
  return [first, head - first * 40, ...rest].join('.');
}

/** Hex of an INTEGER's bytes without leading zeros, for serial numbers and nonces. @throws {Malformed} */
export function readInteger(node: DerNode | undefined): string {
  return expectTag(node, 0x02)
    .value.toString('hex')
    .replace(/^(00)+(?=..)/, '');
}

/** Bytes of a BIT STRING without unused bits. @throws {Malformed} */
export function readBits(node: DerNode | undefined): Buffer {
  const { value } = expectTag(node, 0x03);
  if (value[0] !== 0) throw new Malformed('a bit string of part of a byte');
  return value.subarray(1);
}

/** Milliseconds since the epoch of a UTCTime or GeneralizedTime in Z. @throws {Malformed} */
export function readTime(node: DerNode | undefined): number {
  const text = node?.value.toString('latin1') ?? '';
  const [, y, mo, d, h, mi, s, fraction] =
    /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text) ?? [];
  const isUtc = node?.tag === 0x17;
  if (!y || (!isUtc && node?.tag !== 0x18) || y.length !== (isUtc ? 2 : 4)) throw new Malformed('not a time');
  const year = isUtc ? Number(y) + (Number(y) < 50 ? 2000 : 1900) : Number(y);
  const at = Date.UTC(year, Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
  return at + Math.floor(Number(fraction ?? 0) * 1000);
}
