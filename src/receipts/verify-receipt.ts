import { verify, X509Certificate } from 'node:crypto';
import { type SignedHead, verifyConsistency, verifyHead, verifyInclusion } from '../audit/index.ts';
import { type CertifiedUse, certificateNames } from './authority.ts';
import { claimsSchema, headerSchema, type ReceiptClaims } from './claims.ts';
import {
  headSchema,
  type KeyHistory,
  keyHistorySchema,
  type LogHead,
  proofSchema,
  type ReceiptProof,
} from './wire.ts';

/** One thing that was looked at, in words. */
export interface ReceiptCheck {
  id:
    | 'form'
    | 'certificate'
    | 'signature'
    | 'content'
    | 'proof-form'
    | 'proof-of-this'
    | 'log-key'
    | 'head'
    | 'inclusion'
    | 'before-form'
    | 'before'
    | 'consistency';
  isPassed: boolean;
  text: string;
}

/** What a receipt is checked with, all of it as it was saved. */
export interface ReceiptEvidence {
  receipt: string;
  /** The root to trust: a certificate, PEM or DER. */
  root: X509Certificate;
  /** The published history, for heads of retired keys and the name of the issuer. */
  history?: KeyHistory | undefined;
  /** The answer of the proof's address, as JSON. */
  proof?: unknown;
  /** A head that was seen earlier, or a whole older proof. */
  headBefore?: unknown;
}

/** What became of the check: every step that was taken, up to the first that failed. */
export interface ReceiptVerdict {
  isGenuine: boolean;
  checks: readonly ReceiptCheck[];
  /** What the receipt says; only once its signature was proved. */
  claims?: ReceiptClaims;
}

/** A step that failed ends the check: nothing after it can be believed. */
class Failed extends Error {}

type Note = (id: ReceiptCheck['id'], isPassed: boolean, passed: string, failed: string) => void;

/** Checks a receipt without asking anyone: signature, chain, and with the proof its place in the log. */
export function verifyReceipt(evidence: ReceiptEvidence): ReceiptVerdict {
  const checks: ReceiptCheck[] = [];
  const note: Note = (id, isPassed, passed, failed) => {
    checks.push({ id, isPassed, text: isPassed ? passed : failed });
    if (!isPassed) throw new Failed(failed);
  };
  let claims: ReceiptClaims | undefined;
  try {
    claims = checkReceipt(evidence, note);
    if (evidence.proof !== undefined) checkProof(evidence, claims, note);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
  }
  const isGenuine = checks.every(({ isPassed }) => isPassed);
  return { isGenuine, checks, ...(claims && { claims }) };
}

function checkReceipt({ receipt, root, history }: ReceiptEvidence, note: Note): ReceiptClaims {
  const parts = receipt.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  const read = headerSchema.safeParse(parseJson(header));
  const hasForm =
    parts.length === 3 && parts.every((part) => bytesOf(part)) && bytesOf(signature)?.length === 64;
  note(
    'form',
    hasForm && read.success,
    'This is a receipt: a signed text of the type tongxing-receipt+jwt.',
    'This is not a receipt, or its first or last part was changed: it is no JWS of the type tongxing-receipt+jwt.',
  );
  const { kid, x5c } = headerSchema.parse(read.data);
  const key = keyOf(x5c, 'receipt', root);
  note(
    'certificate',
    key !== undefined,
    `The key ${kid} is certified for receipts by the root you trust (${root.subject.replaceAll('\n', ', ')}).`,
    'The certificate in it was not issued by the root you trust for keys of receipts, or was changed.',
  );
  const signed = Buffer.from(`${header}.${payload}`);
  const isSigned = verify(
    'sha256',
    signed,
    { key: key as never, dsaEncoding: 'ieee-p1363' },
    bytesOf(signature) as Buffer,
  );
  note(
    'signature',
    isSigned,
    'Every byte of it is what that key signed.',
    'It is not what that key signed: something in it was changed.',
  );
  const claims = claimsSchema.safeParse(parseJson(payload));
  const isOurs = claims.success && (!history || claims.data.iss === history.issuer);
  note(
    'content',
    isOurs,
    `It was issued by ${claims.data?.iss} at ${instant(claims.data?.iat)} to ${claims.data?.client} for the case ${claims.data?.case_number}.`,
    'What it says has another form, or another issuer than the keys you trust.',
  );
  return claims.data as ReceiptClaims;
}

function checkProof(evidence: ReceiptEvidence, claims: ReceiptClaims, note: Note): void {
  const read = proofSchema.safeParse(evidence.proof);
  note(
    'proof-form',
    read.success,
    'The proof has the form of one.',
    `The proof was changed or is none: ${faultOf(read.error)}.`,
  );
  const proof = read.data as ReceiptProof;
  note(
    'proof-of-this',
    proof.receipt_id === claims.jti,
    'It is the proof of this receipt.',
    'It is the proof of another receipt.',
  );
  checkHead({ id: 'head', head: proof.head, x5c: proof.x5c, root: evidence.root }, note);
  const leafHash = Buffer.from(claims.event.leaf_hash, 'base64url');
  const [hashes, root] = [decoded(proof.hashes), Buffer.from(proof.head.root, 'base64url')];
  note(
    'inclusion',
    verifyInclusion({ leafHash, leafIndex: proof.leaf_index, size: proof.head.size, root, hashes }),
    `The event of the receipt is number ${proof.leaf_index + 1} of the ${proof.head.size} events in the log.`,
    'The hashes of the proof do not lead from the event of the receipt to the head of the log.',
  );
  if (evidence.headBefore !== undefined) checkBefore(evidence, proof, note);
}

function checkBefore({ headBefore, root, history }: ReceiptEvidence, proof: ReceiptProof, note: Note): void {
  const whole = proofSchema.safeParse(headBefore);
  const read = whole.success ? { success: true, data: whole.data.head } : headSchema.safeParse(headBefore);
  note(
    'before-form',
    read.success,
    'The older head has the form of one.',
    'The older head was changed or is none.',
  );
  const older = read.data as LogHead;
  const x5c =
    whole.data?.x5c ??
    (older.kid === proof.head.kid ? proof.x5c : history?.keys.find(({ kid }) => kid === older.kid)?.x5c);
  checkHead({ id: 'before', head: older, x5c, root }, note);
  const pointOf = ({ size, root: text }: LogHead) => ({ size, root: Buffer.from(text, 'base64url') });
  // Two heads of one size need no hashes: they are one.
  const hashes =
    older.size === proof.head.size
      ? []
      : proof.consistency?.from_size === older.size
        ? decoded(proof.consistency.hashes)
        : undefined;
  note(
    'consistency',
    hashes !== undefined && verifyConsistency({ from: pointOf(older), to: pointOf(proof.head), hashes }),
    `The log of ${older.size} events that you knew is the beginning of this one: nothing in it was changed or taken out.`,
    hashes
      ? `The log of ${older.size} events that you knew is not the beginning of this one. Keep both heads: they show that the log was changed.`
      : `The proof does not say how the log grew from ${older.size} events. Ask for it again with ?since=${older.size}.`,
  );
}

function checkHead(
  input: { id: 'head' | 'before'; head: LogHead; x5c: readonly string[] | undefined; root: X509Certificate },
  note: Note,
): void {
  const { head, x5c, root } = input;
  const key = x5c && keyOf(x5c, 'audit', root);
  note(
    'log-key',
    key !== undefined,
    `The key ${head.kid} is certified for the log by the root you trust.`,
    x5c
      ? 'The certificate of the log was not issued by the root you trust for keys of the log, or was changed.'
      : `There is no certificate for the key ${head.kid} of the older head at hand. Add the saved history of keys by --keys.`,
  );
  const { format: _format, at, ...rest } = head;
  const signed: SignedHead = { ...rest, at: Date.parse(at) };
  const isBefore = input.id === 'before' ? 'The older head' : 'The head';
  note(
    input.id,
    verifyHead(signed, key as never),
    `${isBefore} of the log, ${head.size} events at ${head.at}, is what that key signed.`,
    `${isBefore} of the log is not what that key signed: something in it was changed.`,
  );
}

/** The P-256 key of a chain, where the trusted root certified it for this use; a key for one use counts for no other. */
function keyOf(x5c: readonly string[], use: CertifiedUse, root: X509Certificate) {
  const certificate = certificateOf(x5c[0] ?? '');
  const isTrusted =
    certificate !== undefined &&
    certificateOf(x5c.at(-1) ?? '')?.raw.equals(root.raw) === true &&
    root.ca &&
    !certificate.ca &&
    certificate.checkIssued(root) &&
    certificate.verify(root.publicKey) &&
    certificate.subject.split('\n').includes(`CN=${certificateNames[use]}`);
  const key = isTrusted ? certificate.publicKey : undefined;
  return key?.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
}

function certificateOf(text: string): X509Certificate | undefined {
  const der = Buffer.from(text, 'base64');
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of a part, where the text is the one spelling of them. */
function bytesOf(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return part !== '' && bytes.toString('base64url') === part ? bytes : undefined;
}

function parseJson(part: string): unknown {
  try {
    return JSON.parse(bytesOf(part)?.toString() ?? '');
  } catch {
    return undefined;
  }
}

const decoded = (hashes: readonly string[]): Buffer[] => hashes.map((hash) => Buffer.from(hash, 'base64url'));
const instant = (seconds = 0): string => new Date(seconds * 1000).toISOString();
const faultOf = (error: { issues: readonly { path: readonly PropertyKey[] }[] } | undefined): string =>
  error?.issues.map(({ path }) => path.join('.') || 'the whole').join(', ') ?? '';

/** Reads what the operator published as the keys of receipts. Undefined when it is something else. */
export const parseKeyHistory = (value: unknown): KeyHistory | undefined =>
  keyHistorySchema.safeParse(value).data;
