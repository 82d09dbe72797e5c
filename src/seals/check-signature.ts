import { type Certificate, maySeal } from './certificate.ts';
import { findChain } from './chain.ts';
import { type Changes, findChanges } from './changes.ts';
import type { SealCheckId, SealReason } from './checks.ts';
import { Malformed } from './der.ts';
import { ids } from './oids.ts';
import { nameIn, openRevision, type PdfRevision, UnreadableFile } from './pdf-file.ts';
import type { CheckState, SealCheck, SignatureReport } from './port.ts';
import { findRevocation, type RevocationEvidence, type RevocationStatus } from './revocation.ts';
import type { SignatureField } from './signature-fields.ts';
import {
  findSignatureFault,
  onlyValue,
  parseSignedData,
  type SignatureFault,
  type SignedData,
} from './signed-data.ts';
import { type TimeStampVerdict, verifyTimeStamp } from './time-stamp.ts';

/** What the checks of a signature believe in, parsed once per file. */
export interface CheckContext {
  file: PdfRevision;
  anchors: readonly Certificate[];
  timeAnchors: readonly Certificate[];
  evidence: RevocationEvidence;
  sealCertificates: ReadonlySet<string> | undefined;
  now: number;
}

const faultChecks: Record<SignatureFault, SealCheckId> = {
  'digest-not-allowed': 'signed-attributes',
  'content-type': 'signed-attributes',
  'no-certificate': 'signed-attributes',
  'signing-certificate': 'signed-attributes',
  'message-digest': 'content-digest',
  signature: 'signature-value',
};

/** Checks one signature by the table of checks; each later check needs the earlier ones. */
export function checkSignature(field: SignatureField, context: CheckContext): SignatureReport {
  const checks: SealCheck[] = [];
  const note = (id: SealCheckId, reason?: SealReason, state: CheckState = reason ? 'failed' : 'passed') => {
    checks.push(reason ? { id, state, reason } : { id, state });
    return state === 'passed';
  };
  const range = attempt(() => readRange(field, context.file));
  const changes: SignatureReport['changesAfterSigning'] = range
    ? (attempt(() => changesAfter(range.end, context.file)) ?? 'forbidden')
    : 'unknown';
  const data = range && attempt(() => parseSignedData(range.contents));
  const report = {
    field: field.name,
    checks,
    changesAfterSigning: changes,
    coversWholeFile: range?.end === context.file.bytes.length,
  };
  note('byte-range', range ? undefined : 'not-covering');
  const isFormed = note('signature-form', data && hasKnownForm(field, data) ? undefined : 'unknown-form');
  const fault = range && isFormed && data ? faultOf(data, range.signed) : 'unknown';
  for (const id of ['signed-attributes', 'content-digest', 'signature-value'] as const) {
    if (fault === 'unknown') note(id, 'unknown', 'indeterminate');
    else note(id, fault && faultChecks[fault] === id ? fault : undefined);
  }
  if (changes === 'unknown') note('changes', 'unknown', 'indeterminate');
  else note('changes', changes === 'forbidden' ? 'forbidden-change' : undefined);
  const integrity: CheckState = checks.every((check) => check.state === 'passed') ? 'passed' : 'failed';
  if (!data?.signer || fault) return { ...report, integrity, ...unknownSigner(context.now) };
  return { ...report, integrity, ...checkSigner(data, data.signer, context, note) };
}

type Note = (id: SealCheckId, reason?: SealReason, state?: CheckState) => boolean;

/** Time, trust, usage, revocation and binding of a signature that is whole. */
function checkSigner(data: SignedData, signer: Certificate, context: CheckContext, note: Note) {
  const stamp = checkTimeStamp(data, context, note);
  const at = stamp?.ok ? stamp.at : context.now;
  const chain = findChain({ leaf: signer, others: data.certificates, anchors: context.anchors, at });
  note('signer-trust', chain.found ? undefined : chain.reason);
  note('signer-usage', maySeal(signer) ? undefined : 'unfit');
  const revocation = chain.found ? revocationOf([...chain.path, chain.anchor], at, context) : noWord;
  const isRevoked = revocation.state === 'revoked';
  const isOpen = revocation.state === 'unknown';
  note(
    'revocation',
    isRevoked ? 'revoked' : isOpen ? 'no-evidence' : undefined,
    isOpen ? 'indeterminate' : undefined,
  );
  if (!context.sealCertificates) note('signer-bound', 'not-asked', 'indeterminate');
  else note('signer-bound', context.sealCertificates.has(signer.sha256) ? undefined : 'other-seal');
  return {
    signer: {
      name: signer.name,
      certificateSha256: signer.sha256,
      trust: (chain.found ? 'passed' : 'failed') as CheckState,
      notBefore: signer.notBefore,
      notAfter: signer.notAfter,
    },
    time: { source: stamp?.ok ? ('time_stamp' as const) : ('now' as const), at },
    revocation,
  };
}

/** Without a time stamp the present counts, and the check stays open; a bad one fails, since somebody made it bad. */
function checkTimeStamp(data: SignedData, context: CheckContext, note: Note): TimeStampVerdict | undefined {
  const token = onlyValue(data.unsigned, ids.timeStampToken);
  if (!token) {
    const isOdd = data.unsigned.has(ids.timeStampToken);
    note('time-stamp', isOdd ? 'time-stamp-refused' : 'no-time-stamp', isOdd ? 'failed' : 'indeterminate');
    return undefined;
  }
  const { timeAnchors: anchors, now } = context;
  const verdict = verifyTimeStamp({ token: token.raw, stamped: data.signature, anchors, now });
  const isRevoked =
    verdict.ok && revocationOf([...verdict.path, verdict.anchor], verdict.at, context).state === 'revoked';
  note('time-stamp', verdict.ok && !isRevoked ? undefined : 'time-stamp-refused');
  return isRevoked ? { ok: false, fault: 'untrusted' } : verdict;
}

const noWord: SignatureReport['revocation'] = { state: 'unknown' };

/** The worst word on a path of certificates, each judged by its issuer; a revocation after `at` does not reach back. */
function revocationOf(
  path: readonly Certificate[],
  at: number,
  { evidence, now }: CheckContext,
): SignatureReport['revocation'] {
  let worst: SignatureReport['revocation'] = { state: 'good' };
  for (const [index, certificate] of path.slice(0, -1).entries()) {
    const issuer = path[index + 1];
    const found: RevocationStatus = issuer
      ? findRevocation({ certificate, issuer, evidence, now })
      : { state: 'unknown' };
    if (found.state === 'revoked' && found.at <= at) return { state: 'revoked', revokedAt: found.at };
    if (found.state === 'unknown') worst = noWord;
    else if (found.state === 'revoked' && worst.state === 'good')
      worst = { state: 'revoked_after_sealing', revokedAt: found.at };
  }
  return worst;
}

function unknownSigner(now: number): Pick<SignatureReport, 'time' | 'revocation'> {
  return { time: { source: 'now', at: now }, revocation: noWord };
}

function hasKnownForm(field: SignatureField, data: SignedData): boolean {
  const form = nameIn(field.dictionary, 'SubFilter');
  const isKnown = form === 'ETSI.CAdES.detached' || form === 'adbe.pkcs7.detached';
  return isKnown && data.contentType === ids.data && data.content === undefined;
}

function faultOf(data: SignedData, signed: readonly Buffer[]): SignatureFault | undefined {
  try {
    return findSignatureFault(data, signed);
  } catch (error) {
    if (error instanceof Malformed) return 'signing-certificate';
    throw error;
  }
}

/**
 * The signed range: two parts around exactly the hexadecimal string of /Contents, from the first byte to an %%EOF.
 * @throws {Malformed}
 */
function readRange(field: SignatureField, { bytes }: PdfRevision) {
  const contents = field.dictionary.entries.get('Contents');
  const range = field.dictionary.entries.get('ByteRange');
  if (contents?.kind !== 'string' || !contents.isHex || range?.kind !== 'array' || range.items.length !== 4)
    throw new Malformed('no byte range');
  const [start, length, next, rest] = range.items.map((item) => (item.kind === 'number' ? item.value : -1));
  const isSafe = [start, length, next, rest].every(
    (value) => Number.isSafeInteger(value) && (value ?? -1) >= 0,
  );
  if (!isSafe || start !== 0 || length !== contents.start || next !== contents.end)
    throw new Malformed('the byte range is not around the contents');
  const end = contents.end + (rest ?? 0);
  if (end > bytes.length || !/%%EOF(\r\n|\r|\n)?$/.test(bytes.toString('latin1', end - 8, end)))
    throw new Malformed('the byte range does not end at the end of a revision');
  return { contents: contents.bytes, end, signed: [bytes.subarray(0, length), bytes.subarray(next, end)] };
}

function changesAfter(end: number, file: PdfRevision): Changes {
  return findChanges(openRevision(file.bytes.subarray(0, end)), file);
}

/** What another's bytes allow; nothing when they are not what they should be. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed || error instanceof UnreadableFile) return undefined;
    throw error;
  }
}
