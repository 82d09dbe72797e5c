import { issuersOf } from '../licences/index.ts';
import { type SealReport, sealStatusAt } from '../seals/index.ts';
import type { Case, Subject } from './case.ts';
import { type Check, type Finding, failed, unclear } from './check.ts';
import { findIntegrity, findOwners, findSigners, findUnchanged } from './file-checks.ts';

function findRegistered({ licence, version, seal }: Subject): Finding {
  if (!seal) return failed('seal-unknown');
  const { ownerCode, typeCodes } = seal.seal;
  if (!issuersOf(licence).includes(ownerCode)) return failed('seal-of-other-authority');
  if (!typeCodes.includes(licence.typeCode)) return failed('seal-not-for-type');
  const sealedAt = version.file?.sealedAt ?? 0;
  return sealStatusAt(seal.seal, sealedAt) === 'active' ? 'passed' : failed('seal-not-active-then');
}

function findCertificate({ version: { file }, seal }: Subject, { at }: Case): Finding {
  if (!seal || !file) return unclear('certificate-unclear');
  const certificate = seal.seal.certificates.find(({ sha256 }) => sha256 === file.certificateSha256);
  if (!certificate) return failed('certificate-unknown');
  const { sealedAt } = file;
  if (sealedAt < certificate.notBefore || sealedAt > certificate.notAfter)
    return failed('certificate-not-valid-then');
  const { certificateRevokedAt: revokedAt } = seal;
  if (revokedAt !== undefined && revokedAt <= sealedAt) return failed('certificate-revoked-then');
  // The time stamp proves that the seal is older than what ended its certificate.
  if (revokedAt !== undefined) return { result: 'passed', code: 'certificate-revoked-since' };
  return at > certificate.notAfter ? { result: 'passed', code: 'certificate-expired-since' } : 'passed';
}

const isSealed = (c: Case): boolean => c.subject?.version.file !== undefined;

/** An uploaded file that the library does not know, with at least one signature. */
const isForeign = ({ report }: Case): boolean => (report?.signatures.length ?? 0) > 0;

/** A check of the registered seal of a licence of ours, or of the seals on a file that the library does not know. */
const ofSeal = (
  ours: (subject: Subject, c: Case) => Finding,
  foreign: (report: SealReport) => Finding,
): Pick<Check, 'applies' | 'run'> => ({
  applies: (c) => isSealed(c) || isForeign(c),
  run: (c) => (c.subject ? ours(c.subject, c) : foreign(c.report as SealReport)),
});

/**
 * Checks of seals and files. What was sealed here is known by its hash and lies under it, so its bytes are not validated again:
 * what can change is what the registers say of its seal. Any other file is validated whole. A licence that is data so far
 * has no seal to check.
 */
export const sealChecks = [
  {
    id: 'seal-integrity',
    clause: 'ETSI EN 319 142-1 6.3; RFC 5652 5',
    passed: { zh: '电子印章校验通过', en: 'The e-seal verifies' },
    applies: (c) => c.by === 'file' && (isSealed(c) || isForeign(c)),
    run: ({ report }) => (report ? findIntegrity(report) : 'passed'),
  },
  {
    id: 'seal-registered',
    clause: 'GB/T 33481-2016 (clause unchecked)',
    passed: { zh: '印章为该机构登记的印章', en: 'The seal is registered for the authority' },
    ...ofSeal(findRegistered, findOwners),
  },
  {
    id: 'seal-certificate',
    clause: 'RFC 5280 6; ETSI EN 319 102-1 5.6',
    passed: { zh: '印章证书在盖章时有效', en: 'The certificate was valid when it sealed' },
    ...ofSeal(findCertificate, findSigners),
  },
] as const satisfies readonly Check[];

/** Whether an uploaded file is what was sealed. */
export const fileCheck = {
  id: 'file-unchanged',
  clause: 'ISO 32000-1 12.8.2.2',
  passed: { zh: '文件自盖章后未改动', en: 'The file is unchanged since it was sealed' },
  applies: (c) => c.by === 'file',
  run: ({ report }) => (report ? findUnchanged(report) : 'passed'),
} as const satisfies Check;
