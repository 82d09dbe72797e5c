import { X509Certificate } from 'node:crypto';
import { type Clock, dayMs, isProblem, type Random } from '../core/index.ts';
import { issueCertificate, type Keyring } from '../keyring/index.ts';
import type { Certificates } from './store.ts';

/** Keys that the authority certifies: those that sign receipts, and those that sign heads of the log. */
export type CertifiedUse = 'receipt' | 'audit';

/** A certified key of the published history. */
export interface CertifiedKey {
  kid: string;
  use: CertifiedUse;
  /** The certificate of the key, then the root: base64 DER. @see RFC 7515 4.1.6 */
  x5c: string[];
}

/** The authority of this installation: one root for decades, and certificates of the keys that rotate below it. */
export interface Authority {
  /** The certificates of one key. @throws {Error} when the installation has no such key: a fault of the program */
  chainOf(use: CertifiedUse, kid: string): Promise<string[]>;
  /** Every key there is or was, with those that come next. */
  history(): Promise<CertifiedKey[]>;
}

const uses: readonly CertifiedUse[] = ['receipt', 'audit'];
const rootPurpose = 'receipt-root';
/** Common names, by which a reader tells for what a key is certified. */
export const certificateNames: Readonly<Record<CertifiedUse | 'root', string>> = {
  root: 'Tongxing receipt root',
  receipt: 'Tongxing receipts',
  audit: 'Tongxing log',
};

/**
 * Every certificate ends with the root. A key is replaced by rotation; a date on which receipts suddenly stop to verify
 * would only be one more thing to forget.
 */
const rootYears = 60;
const yearMs = 365.25 * dayMs;
/** Clocks of those who check may be behind ours. */
const slackMs = 3600 * 1000;

const endOf = (certificate: string): number =>
  Date.parse(new X509Certificate(Buffer.from(certificate, 'base64')).validTo);

/** Makes the authority. However many processes make a certificate at once, the first that is stored counts for all. */
export function createAuthority(dependencies: {
  certificates: Certificates;
  keyring: Pick<Keyring, 'signer' | 'publicKeys'>;
  clock: Clock;
  random: Random;
  /** Whom the certificates name: the issuer of the receipts. */
  issuer: string;
}): Authority {
  const { certificates, keyring, clock, random, issuer } = dependencies;
  const known = new Map<string, string>();

  async function certify(what: CertifiedUse | 'root', kid: string, above?: string): Promise<string> {
    const signer = await keyring.signer(rootPurpose);
    const publicJwk = what === 'root' ? signer.publicJwk : (await keyring.publicKeys(what)).get(kid);
    if (!publicJwk) throw new Error(`there is no ${what} key ${kid}`);
    const nameOf = (name: CertifiedUse | 'root') => ({
      organisation: issuer,
      commonName: certificateNames[name],
    });
    const notBefore = clock.now() - slackMs;
    const der = await issueCertificate({
      subject: nameOf(what),
      publicJwk,
      issuer: { name: nameOf('root'), signer },
      serial: random.bytes(16),
      notBefore,
      notAfter: above ? endOf(above) : notBefore + rootYears * yearMs,
      isAuthority: what === 'root',
    });
    return der.toString('base64');
  }

  /** The stored certificate of a key, made where there is none yet. */
  async function certificateOf(what: CertifiedUse | 'root', kid: string, above?: string): Promise<string> {
    const held = known.get(kid) ?? (await certificates.get(kid))?.value.der ?? (await add(what, kid, above));
    known.set(kid, held);
    return held;
  }

  async function add(what: CertifiedUse | 'root', kid: string, above?: string): Promise<string> {
    const der = await certify(what, kid, above);
    try {
      await certificates.insert({ kid, der });
      return der;
    } catch (error) {
      const first = isProblem(error, 'already-exists') ? await certificates.get(kid) : undefined;
      if (!first) throw error;
      return first.value.der;
    }
  }

  async function chainOf(use: CertifiedUse, kid: string): Promise<string[]> {
    const root = await keyring.signer(rootPurpose);
    const above = await certificateOf('root', root.kid);
    return [await certificateOf(use, kid, above), above];
  }

  return {
    chainOf,
    async history() {
      const found: CertifiedKey[] = [];
      for (const use of uses) {
        await keyring.signer(use);
        for (const kid of (await keyring.publicKeys(use)).keys())
          found.push({ kid, use, x5c: await chainOf(use, kid) });
      }
      return found;
    },
  };
}
