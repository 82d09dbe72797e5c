import { normaliseIdentifier } from './characters.ts';
import { mod37Check36 } from './check-characters.ts';
import { isAuthorityCode, parseCreditCode } from './credit-code.ts';
import type { Parsed } from './parsed.ts';

const root = '1.2.156.3005.2';

/** Root, type, issuer, serial, version and, where it was not left out, the check character. */
const shape =
  /^1\.2\.156\.(3005|3003)\.2\.([0-9A-Z]{6,24})\.([0-9A-Z]{6,24})\.([0-9A-Z]{1,32})\.(\d{1,3})(?:\.([0-9A-Z]))?$/;

/** What a licence identifier is made of. */
export interface LicenceIdentifierParts {
  /** 21 characters: credit code of the authority that defines the type, and three digits. */
  typeCode: string;
  /** Credit code of the issuing authority; imported ones also area codes and local ids of 6 to 24 characters. */
  issuerCode: string;
  /** 1 to 32 letters and digits. */
  serial: string;
  /** From 1; written with three digits, grows with every reissue or change. */
  version: number;
}

/** A licence identifier (电子证照标识). */
export interface LicenceIdentifier extends LicenceIdentifierParts {
  /** The identifier as we write it: standard root, three-digit version, right check character. */
  identifier: string;
  /** What was read, unchanged; differs from `identifier` where another library writes identifiers in its own way. */
  sourceIdentifier: string;
}

/** The part of a new identifier that breaks the rules. */
export type LicenceIdentifierIssueReason = 'type-code' | 'issuer-code' | 'serial' | 'version';

/** Why a text is no licence identifier: nothing given; another root; not four or five parts; a part out of shape. */
export type LicenceIdentifierReason = 'empty' | 'root' | 'parts' | 'characters';

/** What an imported identifier does in its own way. `check-failed` is the only one that may mean a wrong identifier. */
export type LicenceIdentifierWarning = 'check-failed' | 'check-missing' | 'foreign-root' | 'version-width';

/**
 * Makes the identifier of a licence that we issue; strict about every part.
 * @see GB/T 36904-2018 (clause unchecked)
 */
export function issueLicenceIdentifier(
  parts: LicenceIdentifierParts,
): Parsed<LicenceIdentifier, LicenceIdentifierIssueReason> {
  const { typeCode, issuerCode, serial, version } = parts;
  if (!/^.{18}\d{3}$/.test(typeCode) || !isCreditCode(typeCode.slice(0, 18)))
    return { ok: false, reason: 'type-code' };
  if (!isCreditCode(issuerCode)) return { ok: false, reason: 'issuer-code' };
  if (!/^[0-9A-Z]{1,32}$/.test(serial)) return { ok: false, reason: 'serial' };
  if (!Number.isInteger(version) || version < 1 || version > 999) return { ok: false, reason: 'version' };
  const identifier = formatIdentifier(parts);
  return { ok: true, value: { ...parts, identifier, sourceIdentifier: identifier } };
}

/**
 * Reads an identifier of any library: also one under the root 1.2.156.3003.2, with a version of two digits, or with a
 * missing or wrong check character. `identifier` is then what it should have been.
 */
export function parseLicenceIdentifier(
  text: string,
): Parsed<LicenceIdentifier, LicenceIdentifierReason, LicenceIdentifierWarning> {
  const source = normaliseIdentifier(text);
  if (source === '') return { ok: false, reason: 'empty' };
  const found = shape.exec(source);
  if (!found) return { ok: false, reason: reasonOf(source) };
  const [, under, typeCode = '', issuerCode = '', serial = '', version = '', check] = found;
  const parts = { typeCode, issuerCode, serial, version: Number(version) };
  // The check covers the parts as they were written, so a two-digit version is checked as two digits.
  const expected = mod37Check36(typeCode + issuerCode + serial + version);
  const isWhole = under === '3005' && check === expected && version.length === 3;
  return {
    ok: true,
    value: { ...parts, identifier: isWhole ? source : formatIdentifier(parts), sourceIdentifier: text },
    warning: isWhole ? undefined : warningOf({ check, expected, isForeign: under === '3003', version }),
  };
}

/** What keeps a text from having the shape. */
function reasonOf(source: string): LicenceIdentifierReason {
  const found = /^1\.2\.156\.300[35]\.2\.(.+)$/.exec(source);
  if (!found) return 'root';
  const { length } = (found[1] ?? '').split('.');
  return length === 4 || length === 5 ? 'characters' : 'parts';
}

function warningOf(written: {
  check: string | undefined;
  expected: string;
  isForeign: boolean;
  version: string;
}): LicenceIdentifierWarning | undefined {
  if (written.check === undefined) return 'check-missing';
  if (written.check !== written.expected) return 'check-failed';
  if (written.isForeign) return 'foreign-root';
  return written.version.length === 3 ? undefined : 'version-width';
}

function formatIdentifier({ typeCode, issuerCode, serial, version }: LicenceIdentifierParts): string {
  const digits = String(version).padStart(3, '0');
  // The check is taken over the parts alone: without root, without dots.
  const check = mod37Check36(typeCode + issuerCode + serial + digits);
  return [root, typeCode, issuerCode, serial, digits, check].join('.');
}

function isCreditCode(text: string): boolean {
  const parsed = parseCreditCode(text);
  return parsed.ok && parsed.value.number === text;
}

/** Whether a text is the code of a type of licences: the code of the body that defined it, and three digits. */
export const isLicenceTypeCode = (text: unknown): text is string =>
  typeof text === 'string' && /^.{18}\d{3}$/.test(text) && isAuthorityCode(text.slice(0, 18));
