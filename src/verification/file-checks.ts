import type { SealCheckId, SealReport, SignatureReport } from '../seals/index.ts';
import { type Finding, failed, unclear } from './check.ts';
import type { ReasonCode } from './reasons.ts';

/** Worst finding over all signatures: one bad seal spoils the file. */
function overAll({ signatures }: SealReport, find: (signature: SignatureReport) => Finding): Finding {
  const findings = signatures.map(find).filter((finding) => finding !== 'passed');
  return findings.find(({ result }) => result === 'failed') ?? findings[0] ?? 'passed';
}

const stateOf = ({ checks }: SignatureReport, id: SealCheckId) =>
  checks.find((check) => check.id === id)?.state ?? 'indeterminate';

/** What the validator says of one of its own checks, in our words. */
function byCheck(signature: SignatureReport, id: SealCheckId, no: ReasonCode, unknown: ReasonCode): Finding {
  const state = stateOf(signature, id);
  if (state === 'passed') return 'passed';
  return state === 'failed' ? failed(no) : unclear(unknown);
}

/** Whether the signed bytes are those of the file, and the key of the certificate signed them. */
export function findIntegrity(report: SealReport): Finding {
  return overAll(report, ({ integrity }) => {
    if (integrity === 'passed') return 'passed';
    return integrity === 'failed' ? failed('seal-broken') : unclear('file-unclear');
  });
}

function certificateOf(signature: SignatureReport): Finding {
  const { state } = signature.revocation;
  if (state === 'revoked') return failed('certificate-revoked-then');
  if (signature.signer?.trust === 'failed') return failed('signer-untrusted');
  if (signature.signer?.trust !== 'passed' || state === 'unknown') return unclear('certificate-unclear');
  return state === 'revoked_after_sealing'
    ? { result: 'passed', code: 'certificate-revoked-since' }
    : 'passed';
}

/** Whether the seals could be trusted when they were made. */
export const findSigners = (report: SealReport): Finding => overAll(report, certificateOf);

/** Whether the seals are those of the authority that was named. */
export const findOwners = (report: SealReport): Finding =>
  overAll(report, (one) => byCheck(one, 'signer-bound', 'seal-of-other-authority', 'signer-not-compared'));

/** Whether the file is what was sealed. */
export function findUnchanged(report: SealReport): Finding {
  if (report.fileChecks.some(({ id, state }) => id === 'has-signatures' && state === 'failed'))
    return failed('not-sealed');
  if (report.fileChecks.some(({ reason }) => reason === 'not-pdf')) return failed('file-no-pdf');
  if (report.fileChecks.some(({ state }) => state === 'failed')) return failed('file-unreadable');
  return overAll(report, ({ changesAfterSigning, integrity }) => {
    if (changesAfterSigning === 'forbidden' || integrity === 'failed') return failed('file-changed');
    return changesAfterSigning === 'unknown' ? unclear('file-unclear') : 'passed';
  });
}
