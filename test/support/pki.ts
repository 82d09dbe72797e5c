import * as pki from '../../scripts/demo/authority/pki.ts';
import { dayMs } from '../../src/core/index.ts';
import { createSealSigner, type SealSigner, type TimeStamper } from '../../src/seals/index.ts';

export type { Holder } from '../../scripts/demo/authority/pki.ts';

/** The present of these certificates. */
export const pkiNow = Date.UTC(2026, 5, 1, 8);

type Spec = Omit<pki.CertificateSpec, 'notBefore' | 'notAfter'> & { notBefore?: number; notAfter?: number };

/** Makes a key and a certificate for it, from a year ago to two years ahead when nothing else is said. */
export const makeHolder = (spec: Spec): pki.Holder =>
  pki.makeHolder({ notBefore: pkiNow - 365 * dayMs, notAfter: pkiNow + 730 * dayMs, ...spec });

/** A signer over the key of a holder. */
export function signerOf(holder: pki.Holder): SealSigner {
  return createSealSigner({
    privateKey: holder.key,
    certificateDer: holder.certificate.der,
    chain: holder.chain,
  });
}

/** A list of revoked certificates of an issuer. */
export function makeCrl(
  issuer: pki.Holder,
  revoked: readonly { holder: pki.Holder; at: number }[] = [],
  times: { thisUpdate?: number; nextUpdate?: number } = {},
): Buffer {
  const entries = revoked.map(({ holder, at }) => ({ serial: holder.certificate.serial, at }));
  return pki.makeCrl(issuer, entries, {
    thisUpdate: pkiNow - dayMs,
    nextUpdate: pkiNow + 7 * dayMs,
    ...times,
  });
}

/** An OCSP answer about a certificate, signed by its issuer or by a responder. */
export function makeOcsp(
  about: pki.Holder,
  issuer: pki.Holder,
  more: { responder?: pki.Holder; revokedAt?: number } = {},
): Buffer {
  const times = { thisUpdate: pkiNow - dayMs, nextUpdate: pkiNow + dayMs };
  return pki.makeOcsp(about.certificate, issuer, times, more);
}

/** What a time-stamping authority is told to get wrong. */
export type TokenFaults = Partial<pki.TokenFaults>;

/** A whole RFC 3161 answer to a request. */
export const answerTimeStamp = (tsa: pki.Holder, request: Buffer, faults: TokenFaults = {}): Buffer =>
  pki.answerTimeStamp(tsa, request, { at: pkiNow, ...faults });

/** A time stamper without a network, for what is not about the network. */
export function stamperOf(tsa: pki.Holder, faults: TokenFaults = {}): TimeStamper {
  return {
    stamp: async (digest) =>
      pki.makeToken(tsa, faults.imprint ?? digest, { at: faults.at ?? pkiNow - dayMs }),
  };
}

/** A province's worth of certificates: all that a test of seals needs. */
export function makePki() {
  const root = makeHolder({ name: 'Demo Root', use: 'root' });
  const issuing = makeHolder({ name: 'Demo Issuing CA', use: 'issuing', issuer: root });
  const seal = (name: string, more: Partial<Spec> = {}) =>
    makeHolder({ name, use: 'seal', issuer: issuing, ...more });
  const timeRoot = makeHolder({ name: 'Demo Time Root', use: 'root' });
  const expired = { notBefore: pkiNow - 800 * dayMs, notAfter: pkiNow - 10 * dayMs };
  return {
    root,
    issuing,
    timeRoot,
    seal: seal('Demo Bureau Seal'),
    rsaSeal: seal('Demo Bureau Seal RSA', { kind: 'RSA' }),
    otherSeal: seal('Other Bureau Seal'),
    expiredSeal: seal('Expired Seal', expired),
    revokedSeal: seal('Revoked Seal'),
    wrongUseSeal: seal('Certificate Signing Only', { keyUsage: 0x06 }),
    strangerSeal: makeHolder({
      name: 'Demo Bureau Seal',
      use: 'seal',
      issuer: makeHolder({ name: 'Demo Root', use: 'root' }),
    }),
    tsa: makeHolder({ name: 'Demo TSA', use: 'tsa', issuer: timeRoot }),
    sloppyTsa: makeHolder({ name: 'Sloppy TSA', use: 'tsa', issuer: timeRoot, isPurposeCritical: false }),
    strangerTsa: makeHolder({ name: 'Demo TSA', use: 'tsa', issuer: makeHolder({ name: 'X', use: 'root' }) }),
    responder: makeHolder({ name: 'Demo OCSP', use: 'ocsp', issuer: issuing }),
  };
}
