import { type Certificate, isSignedBy, parseCertificate } from './certificate.ts';

/** A path from a certificate to an anchor that was pinned, or why there is none. */
export type ChainResult =
  | { found: true; path: readonly Certificate[]; anchor: Certificate }
  | { found: false; reason: 'untrusted' | 'not-in-time' | 'unfit' };

const greatestDepth = 4;
/** More than this no file needs: its signer's chain, and that of its time stamp. */
const mostOthers = 20;

/**
 * Looks for a path to one of the anchors, each certificate valid at `at`. `path` starts with the leaf and leaves the
 * anchor out; whatever else lies in the file can lengthen a path but never be an anchor.
 */
export function findChain(input: {
  leaf: Certificate;
  others: readonly Certificate[];
  anchors: readonly Certificate[];
  at: number;
}): ChainResult {
  const climbed = climb(input.leaf, input.others.slice(0, mostOthers), input.anchors);
  if (!climbed) return { found: false, reason: 'untrusted' };
  const { path, anchor } = climbed;
  const whole = [...path, anchor];
  if (whole.some((one, index) => !isFitAt(one, index))) return { found: false, reason: 'unfit' };
  if (whole.some((one) => input.at < one.notBefore || input.at > one.notAfter))
    return { found: false, reason: 'not-in-time' };
  return { found: true, path, anchor };
}

/**
 * The shortest way up to an anchor. Each certificate is stepped on once: a stranger's may all vouch for each other, and
 * trying every way through those takes for ever.
 */
function climb(
  leaf: Certificate,
  others: readonly Certificate[],
  anchors: readonly Certificate[],
): { path: readonly Certificate[]; anchor: Certificate } | undefined {
  const seen = new Set([leaf]);
  const paths: Certificate[][] = [[leaf]];
  for (const path of paths) {
    const last = path.at(-1) as Certificate;
    const issued = (by: Certificate) => by.subject.equals(last.issuer) && hasSigned(by, last);
    const anchor = anchors.find(issued);
    if (anchor) return { path, anchor };
    if (path.length === greatestDepth) continue;
    for (const next of others) {
      if (seen.has(next) || !issued(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

/** Issuers must be certificate authorities with the usage and the depth for it. */
function isFitAt(certificate: Certificate, index: number): boolean {
  if (certificate.hasUnknownCritical) return false;
  if (index === 0) return !certificate.isAuthority;
  const maySign = certificate.keyUsage === undefined || (certificate.keyUsage & 0x04) !== 0;
  return certificate.isAuthority && maySign && (certificate.pathLength ?? greatestDepth) >= index - 1;
}

const signers = new WeakMap<Certificate, WeakSet<Certificate>>();

/** Whether an issuer's key signed a certificate. Neither ever changes, so what was verified once stays verified. */
function hasSigned(issuer: Certificate, certificate: Certificate): boolean {
  if (signers.get(certificate)?.has(issuer)) return true;
  if (!isSignedBy(certificate.signed, issuer.publicKey)) return false;
  const proven = signers.get(certificate) ?? new WeakSet();
  signers.set(certificate, proven.add(issuer));
  return true;
}

/** Reads certificates, leaving out what cannot be read: a damaged extra certificate proves nothing either way. */
export function readableCertificates(list: readonly Buffer[]): Certificate[] {
  return list.flatMap((bytes) => {
    try {
      return [readOnce(bytes)];
    } catch {
      return [];
    }
  });
}

const recent = new Map<string, Certificate>();
// Bounds of what strangers' files can make this process keep.
const [mostRecent, greatestKept] = [256, 8_192];

/** The same few certificates stand in every file and every time stamp. Known by all their bytes. @throws {Malformed} */
function readOnce(bytes: Buffer): Certificate {
  if (bytes.length > greatestKept) return parseCertificate(bytes);
  const name = bytes.toString('latin1');
  const known = recent.get(name);
  if (known) return known;
  // A copy: the certificate's parts are views, and would keep the whole file that it came in.
  const certificate = parseCertificate(Buffer.from(bytes));
  for (const oldest of recent.keys()) {
    if (recent.size < mostRecent) break;
    recent.delete(oldest);
  }
  recent.set(name, certificate);
  return certificate;
}
