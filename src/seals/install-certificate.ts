import { createPublicKey } from 'node:crypto';
import { type Certificate, maySeal, parseCertificate } from './certificate.ts';
import { certificatesOfPem } from './certificate-request.ts';
import { findChain } from './chain.ts';
import { Malformed } from './der.ts';
import type { CertificateFault } from './register-port.ts';
import type { SealRecord } from './store.ts';

/**
 * Reads what a certificate authority answered: the seal's certificate first, then those above it. Nothing is installed
 * that would not validate: a seal whose files nobody believes is worse than none.
 */
export function readChain(
  pem: string,
  expected: {
    publicJwk: Readonly<Record<string, unknown>>;
    anchors: readonly Certificate[];
    installed: readonly string[];
    now: number;
  },
): SealRecord['certificates'][number] | { fault: CertificateFault } {
  const [leaf, ...others] = parseAll(pem) ?? [];
  if (!leaf) return { fault: 'unreadable' };
  if (expected.installed.includes(leaf.sha256)) return { fault: 'already-installed' };
  const ours = createPublicKey({ key: expected.publicJwk, format: 'jwk' });
  if (!leaf.publicKey.equals(ours)) return { fault: 'other-key' };
  if (!maySeal(leaf)) return { fault: 'unfit' };
  const chain = findChain({ leaf, others, anchors: expected.anchors, at: expected.now });
  if (!chain.found) return { fault: chain.reason };
  const { sha256, notBefore, notAfter } = leaf;
  const base64 = ({ der }: Certificate) => der.toString('base64');
  return { sha256, notBefore, notAfter, der: base64(leaf), chain: chain.path.slice(1).map(base64) };
}

function parseAll(pem: string): Certificate[] | undefined {
  try {
    return certificatesOfPem(pem).map(parseCertificate);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
