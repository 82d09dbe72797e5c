import { type Certificate, isSignedBy, parseCertificate } from './certificate.ts';

/** A path from a certificate to an anchor that was pinned, or why there is none. */
export type ChainResult =
  | { found: true; path: readonly Certificate[]; anchor: Certificate }
  | { found: false; reason: 'untrusted' | 'not-in-time' | 'unfit' };

const greatestDepth = 4;

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
  const path: Certificate[] = [input.leaf];
  const anchor = climb(path, input.others, input.anchors);
  if (!anchor) return { found: false, reason: 'untrusted' };
  const whole = [...path, anchor];
  if (whole.some((one, index) => !isFitAt(one, index))) return { found: false, reason: 'unfit' };
  if (whole.some((one) => input.at < one.notBefore || input.at > one.notAfter))
    return { found: false, reason: 'not-in-time' };
  return { found: true, path, anchor };
}

/** Lengthens `path` until an anchor issued its last certificate; takes back what led nowhere. */
function climb(
  path: Certificate[],
  others: readonly Certificate[],
  anchors: readonly Certificate[],
): Certificate | undefined {
  const last = path.at(-1);
  if (!last || path.length > greatestDepth) return undefined;
  const issued = (by: Certificate) => by.subject.equals(last.issuer) && isSignedBy(last.signed, by.publicKey);
  const anchor = anchors.find(issued);
  if (anchor) return anchor;
  for (const next of others) {
    if (path.includes(next) || !issued(next)) continue;
    path.push(next);
    const found = climb(path, others, anchors);
    if (found) return found;
    path.pop();
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

/** Reads certificates, leaving out what cannot be read: a damaged extra certificate proves nothing either way. */
export function readableCertificates(list: readonly Buffer[]): Certificate[] {
  return list.flatMap((bytes) => {
    try {
      return [parseCertificate(bytes)];
    } catch {
      return [];
    }
  });
}
