import { sha256Hex } from '../core/index.ts';
import { readableCertificates } from './chain.ts';
import { checkSignature } from './check-signature.ts';
import type { SealCheckId, SealReason } from './checks.ts';
import { Malformed } from './der.ts';
import { openRevision, type PdfRevision, UnreadableFile } from './pdf-file.ts';
import type { SealCheck, SealReport, ValidationRequest } from './port.ts';
import { findSignatureFields, hasActiveContent } from './signature-fields.ts';

/** Largest file that is looked at. */
export const greatestFileBytes = 20 * 1024 * 1024;

const greatestSignatures = 8;

/**
 * Validates every signature of a file. Whatever the bytes are, the answer is a report; only a fault of the program throws.
 * Synchronous and heavy: run by the worker.
 */
export function validateFile(request: ValidationRequest, now: number): SealReport {
  const bytes = Buffer.from(request.file.buffer, request.file.byteOffset, request.file.byteLength);
  const refused = (id: SealCheckId, reason: SealReason) => reportOf(bytes, [{ id, state: 'failed', reason }]);
  if (bytes.length > greatestFileBytes) return refused('readable', 'too-large');
  try {
    return checkFile(bytes, openRevision(bytes), request, now);
  } catch (error) {
    if (error instanceof UnreadableFile) return refused('readable', error.fault);
    if (error instanceof Malformed) return refused('readable', 'structure');
    throw error;
  }
}

function checkFile(bytes: Buffer, file: PdfRevision, request: ValidationRequest, now: number): SealReport {
  const { fields, hasForm } = findSignatureFields(file);
  const isActive = hasForm || hasActiveContent(file);
  const passed: SealCheck = { id: 'readable', state: 'passed' };
  const count: SealReason | undefined =
    fields.length === 0
      ? 'no-signature'
      : fields.length > greatestSignatures
        ? 'too-many-signatures'
        : undefined;
  if (count) return reportOf(bytes, [passed, { id: 'has-signatures', state: 'failed', reason: count }]);
  const { trust } = request;
  const buffers = (list: readonly Uint8Array[] | undefined) => (list ?? []).map((item) => Buffer.from(item));
  const context = {
    file,
    anchors: readableCertificates(buffers(trust.anchors)),
    timeAnchors: readableCertificates(buffers(trust.timeAnchors)),
    evidence: { crls: buffers(trust.crls), ocspResponses: buffers(trust.ocspResponses) },
    sealCertificates: request.sealCertificates ? new Set(request.sealCertificates) : undefined,
    now,
  };
  return reportOf(
    bytes,
    [
      passed,
      { id: 'has-signatures', state: 'passed' },
      isActive
        ? { id: 'no-active-content', state: 'failed', reason: 'active-content' }
        : { id: 'no-active-content', state: 'passed' },
    ],
    fields.map((field) => checkSignature(field, context)),
  );
}

/** A report of checks on the file as a whole. */
export function reportOf(
  bytes: Uint8Array,
  fileChecks: SealReport['fileChecks'],
  signatures: SealReport['signatures'] = [],
): SealReport {
  return { sha256: sha256Hex(bytes), sizeBytes: bytes.length, fileChecks, signatures };
}
