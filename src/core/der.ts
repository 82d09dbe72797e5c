/**
 * What writes DER: certificates, requests, signatures and time stamps are made of these. Reading what others wrote, which is
 * where the danger lies, is with the seals.
 */

/** One DER element: tag, shortest length, the parts one after another. @see X.690 10.1 */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const size: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 | size.length, ...size];
  return Buffer.concat([Buffer.from(header), ...parts], header.length + length);
}

/** SEQUENCE. */
export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(0x30, ...parts);
/** SET OF: DER sorts the encodings. @see X.690 11.6 */
export const setOf = (...parts: readonly Uint8Array[]): Buffer =>
  element(0x31, ...[...parts].sort(Buffer.compare));
/** OCTET STRING. */
export const octets = (bytes: Uint8Array): Buffer => element(0x04, bytes);
/** BIT STRING of whole bytes, or with `unused` bits at the end. */
export const bits = (bytes: Uint8Array, unused = 0): Buffer => element(0x03, Buffer.of(unused), bytes);
/** UTF8String. */
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text));
/** NULL. */
export const nothing: Buffer = Buffer.of(0x05, 0x00);
/** BOOLEAN true; false is left out where it is the default. */
export const yes: Buffer = Buffer.of(0x01, 0x01, 0xff);
/** Context tag around whole elements: [n] EXPLICIT, or [n] IMPLICIT of a constructed type whose content is given. */
export const context = (number: number, ...parts: readonly Uint8Array[]): Buffer =>
  element(0xa0 | number, ...parts);

/** INTEGER from a number, or from unsigned big-endian bytes. */
export function integer(value: number | Uint8Array): Buffer {
  let bytes: Uint8Array = typeof value === 'number' ? Buffer.from(hexOf(value), 'hex') : value;
  let zeros = 0;
  while (zeros < bytes.length - 1 && bytes[zeros] === 0) zeros += 1;
  bytes = bytes.subarray(zeros);
  return ((bytes[0] ?? 0) & 0x80) !== 0 ? element(0x02, Buffer.of(0), bytes) : element(0x02, bytes);
}

function hexOf(value: number): string {
  const hex = value.toString(16);
  return hex.length % 2 ? `0${hex}` : hex;
}

const oids = new Map<string, Buffer>();

/** OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const known = oids.get(dotted);
  if (known) return known;
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      septets.unshift(0x80 | (left % 128));
    return septets;
  });
  const made = element(0x06, Buffer.from(bytes));
  oids.set(dotted, made);
  return made;
}

/** 20261122103000Z */
const timeText = (at: number): string => `${new Date(at).toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`;

/** GeneralizedTime to the second, UTC, as RFC 3161 and OCSP write it. */
export const generalizedTime = (at: number): Buffer => element(0x18, Buffer.from(timeText(at)));

/** A time in a certificate: up to 2049 with two digits for the year. @see RFC 5280 4.1.2.5 */
export function certificateTime(at: number): Buffer {
  const text = timeText(at);
  return text < '2050' ? element(0x17, Buffer.from(text.slice(2))) : generalizedTime(at);
}
