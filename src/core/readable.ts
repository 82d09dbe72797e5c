/** Crockford's base 32: no letter that a reader or a scanner could take for a digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Random bytes as something to read aloud or to scan: one digit or upper-case letter a byte, for five of its bits. */
export const readableOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => alphabet[byte & 31]).join('');
