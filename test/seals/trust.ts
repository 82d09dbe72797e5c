import type { SealReport, ValidationRequest } from '../../src/seals/index.ts';
import { validateFile } from '../../src/seals/validate-file.ts';
import { makeCrl, makePki, pkiNow, signerOf, stamperOf } from '../support/pki.ts';
import { makePdf, sealPdf } from '../support/sealed-pdf.ts';

/** The certificates of these tests, and what a verifier of the demo bureau's licences believes. */
export const pki = makePki();

/** Lists that revoke the one seal that is revoked, ten days before the present. */
export const crls = [
  makeCrl(pki.root),
  makeCrl(pki.issuing, [{ holder: pki.revokedSeal, at: pkiNow - 10 * 86_400_000 }]),
  makeCrl(pki.timeRoot),
];

export const trusting = (file: Uint8Array, more: Partial<ValidationRequest> = {}): ValidationRequest => ({
  file,
  trust: {
    anchors: [pki.root.certificate.der],
    timeAnchors: [pki.timeRoot.certificate.der],
    crls,
  },
  sealCertificates: [pki.seal.certificate.sha256],
  ...more,
});

/** Makes a licence under the bureau's seal, with a time stamp of yesterday. */
export const makeSealed = (): Promise<Buffer> => sealPdf(makePdf(), signerOf(pki.seal), stamperOf(pki.tsa));

export const validate = (file: Uint8Array, more?: Partial<ValidationRequest>): SealReport =>
  validateFile(trusting(file, more), pkiNow);

/** `check: reason` of everything that did not pass, with `?` where it stayed open; that of the first signature if there are more. */
export function faultsOf(report: SealReport): string[] {
  return [...report.fileChecks, ...(report.signatures[0]?.checks ?? [])]
    .filter((check) => check.state !== 'passed')
    .map((check) => `${check.id}: ${check.reason}${check.state === 'indeterminate' ? '?' : ''}`);
}
