import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * The one text of a JSON value that hashes and signatures are taken over: members sorted by UTF-16 code units, no white
 * space, numbers as ECMAScript prints them. Members whose value is undefined are left out, as JSON.stringify does.
 * @throws {Error} for what JSON cannot say: undefined, functions, NaN, infinities, lone surrogates
 * @see RFC 8785
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this value has no JSON text');
  return text;
}

/** SHA-256 of bytes, or of a string's UTF-8 bytes. */
export function sha256(data: Uint8Array | string): Buffer {
  return hash('sha256', data, 'buffer');
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}
