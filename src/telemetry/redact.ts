import { types } from 'node:util';

const redacted = '[redacted]';

/** Members that never reach a log, whatever their depth; compared in lower case without `_` and `-`. */
const secretKeys = new Set(
  [
    'name familyName givenName realName username accountName holderName',
    'idNumber identifier identifiers socialSecurityNumber cardNumber creditCode licenceNumber',
    'phone phoneNumber mobile email loginHint',
    'password passwordHash secret clientSecret otp smsCode',
    'token accessToken refreshToken idToken assertion clientAssertion codeVerifier privateKey',
    'authorization proxyAuthorization cookie cookies setCookie csrf',
    'body form',
  ]
    .join(' ')
    .toLowerCase()
    .split(' '),
);

const maxDepth = 6;
const maxItems = 50;
const maxLength = 4000;

/** The runtime quotes the beginning of what it could not parse, cut anywhere: a name, half a number. */
const quotedJson = /(?<=\bUnexpected token ).*?(?= is not valid JSON)/gs;

/**
 * Texts lose what the runtime quotes of a JSON text, and long ones their end, at a place where no number or token is cut in two
 * and thereby hidden from scrubLine.
 */
function cut(text: string): string {
  const said = text.replace(quotedJson, redacted);
  return said.length <= maxLength ? said : `${said.slice(0, maxLength).replace(/[\w.-]+$/, '')}[cut]`;
}

/**
 * A copy of log fields without personal data and secrets, found by the names of members at any depth. Errors become plain
 * objects with their causes. Depth and length are bounded, because a log line must not grow with what a caller sent.
 */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0);
}

function redactObject(object: object, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    result[key] = secretKeys.has(key.replace(/[-_]/g, '').toLowerCase())
      ? redacted
      : redactValue(value, key, depth + 1);
  }
  return result;
}

function redactValue(value: unknown, key: string, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  // Queries carry codes, states and hints; the path says enough.
  if (typeof value === 'string')
    return cut(/url|uri|path|href/i.test(key) ? (value.split('?', 1)[0] ?? '') : value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxDepth) return '[deep]';
  if (types.isNativeError(value)) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => redactValue(item, key, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return redactValue(value.toJSON(), key, depth + 1);
  return redactObject(value, depth);
}

// Only members that we know: libraries hang whole requests and configurations on their errors.
function redactError(error: Error & { code?: unknown }, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: cut(error.message),
    ...(error.code !== undefined && { code: String(error.code) }),
    ...(error.stack !== undefined && { stack: cut(error.stack) }),
    ...(error.cause !== undefined && { cause: redactValue(error.cause, 'cause', depth + 1) }),
  };
}

// One alternation, so that a line is scanned once. Order matters: longest first.
const personalPattern = new RegExp(
  [
    /eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/, // a JSON web token
    /(?<!\d)[1-9]\d{16}[\dXx](?!\d)/, // 18 characters: ID number, residence permit, all-digit credit code
    /(?<!\d)[1-8]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)/, // the 15-digit ID number
    /(?<!\d)(?:(?:00)?86)?1[3-9]\d{9}(?!\d)/, // a mobile number
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
);

/**
 * Takes tokens and what looks like an ID or mobile number out of a finished line, wherever it hid: in a message, in the
 * text of a library's error, in a stack. A random hexadecimal number may lose digits to it; a log can bear that.
 */
export function scrubLine(line: string): string {
  return line.replace(personalPattern, redacted);
}
