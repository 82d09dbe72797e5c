import { createHmac, createSecretKey } from 'node:crypto';
import { type Random, readableOf } from '../core/index.ts';

const prefix = 'TXS';
const codeLength = 26;

/** A new code of 130 random bits: upper case and digits only, which a QR code packs densest. */
export const makeShowingCode = (random: Random): string => prefix + readableOf(random.bytes(codeLength));

/** The code in what a scanner typed or a person pasted; undefined when it is none, which is no secret. */
export function parseShowingCode(text: string): string | undefined {
  if (text.length > 100) return undefined;
  // A scanner is a keyboard: an input method that stands on full width widens what it types.
  const code = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '');
  return code.length === prefix.length + codeLength && code.startsWith(prefix) ? code : undefined;
}

/** Six random digits, all equally likely. */
export function makeDeskCode(random: Random): string {
  for (;;) {
    const number = random.bytes(4).readUInt32BE();
    // What lies beyond the last whole million would make low numbers likelier.
    if (number < 4_294_000_000) return String(number % 1_000_000).padStart(6, '0');
  }
}

/** The six digits in what a person typed, full-width ones and blanks included. */
export function parseDeskCode(text: string): string | undefined {
  const digits = text.slice(0, 40).normalize('NFKC').replace(/[\s-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : undefined;
}

/** Makes the keyed hash under which codes are stored: six digits would be guessed from a plain one. */
export function createCodeHash(secret: Buffer): (kind: 'showing' | 'desk', code: string) => string {
  const key = createSecretKey(secret);
  return (kind, code) => createHmac('sha256', key).update(`${kind}:${code}`).digest('base64url');
}
