import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * The one text of a JSON value that hashes and signatures are taken over: members sorted by UTF-16 code units, no white
 * space, numbers as ECMAScript prints them. Members whose value is undefined are left out, as JSON.stringify does.
 * @throws {Error} for what JSON cannot say: undefined, functions, NaN, infinities, lone surrogates
 * @see RFC 8785
 */
export function canonicalJson(value: unknown): string {
  // JSON.stringify prints whatever is plain as RFC 8785 does but for the order of members, and in a third of the time.
  const ordered = isInOrder(value) ? value : inOrder(value);
  const text = ordered === unplain ? canonicalize(value) : JSON.stringify(ordered);
  if (text === undefined) throw new TypeError('this value has no JSON text');
  return text;
}

/** Stands for a value that holds more than plain objects, arrays, finite numbers, whole characters, booleans and null. */
const unplain = Symbol('unplain');

/** Names that an object lists before all others or that are no members of it: indices, and the name of its prototype. */
const nameWithPlace = /^(?:\d|__proto__$)/;

/** Strings of whole characters, finite numbers, booleans and null. */
function isPlainLeaf(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'boolean' || value === null;
}

const isPlainName = (name: string): boolean => name.isWellFormed() && !nameWithPlace.test(name);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isPlainObject = (value: object): value is Record<string, unknown> =>
  Object.getPrototypeOf(value) === Object.prototype;

/** Whether a value is plain and has its members in order already: most have, and need no copy. */
function isInOrder(value: unknown): boolean {
  if (!isObject(value)) return isPlainLeaf(value);
  if (Array.isArray(value)) return value.every(isInOrder);
  if (!isPlainObject(value)) return false;
  let before = '';
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (name <= before || !isPlainName(name) || !(member === undefined || isInOrder(member))) return false;
    before = name;
  }
  return true;
}

/** The same value with the members of each object in order; `unplain` when it cannot be had this way. */
function inOrder(value: unknown): unknown {
  if (!isObject(value)) return isPlainLeaf(value) ? value : unplain;
  if (Array.isArray(value)) {
    const items = value.map(inOrder);
    return items.includes(unplain) ? unplain : items;
  }
  if (!isPlainObject(value)) return unplain;
  const ordered: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member === undefined) continue;
    const inside = inOrder(member);
    if (inside === unplain || !isPlainName(name)) return unplain;
    ordered[name] = inside;
  }
  return ordered;
}

/** SHA-256 of bytes, or of a string's UTF-8 bytes, in base64url. */
export function sha256Base64url(data: Uint8Array | string): string {
  return hash('sha256', data, 'base64url');
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}
