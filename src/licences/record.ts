import { z } from 'zod';
import { canonicalJson, type IdentifierType, identifierTypes, sha256Hex } from '../core/index.ts';
import type { Licence, LicenceVersion } from './port.ts';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const instant = z.int();
const id = z.string().length(22);
const sha256 = z.string().length(64);

const holderSchema = z.strictObject({
  idType: z.enum(Object.keys(identifierTypes) as [IdentifierType, ...IdentifierType[]]),
  idNumber: z.string(),
  name: z.string(),
});

const versionSchema = z.strictObject({
  version: z.int().min(1).max(999),
  typeVersion: z.int().min(1),
  identifier: z.string(),
  holders: z.array(holderSchema).min(1),
  issuedOn: day,
  validFrom: day,
  validUntil: day.nullable(),
  areaCode: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
  caseNumber: z.string().optional(),
  serviceItemCode: z.string().optional(),
  photo: sha256.optional(),
  recordedAt: instant,
  recordedBy: z.string(),
  statusToken: id,
  hash: sha256,
  file: z
    .strictObject({
      sha256,
      sizeBytes: z.int(),
      sealId: z.string(),
      certificateSha256: z.string(),
      sealedAt: instant,
    })
    .optional(),
  /** Recognises a repeated request whose first answer was lost: see http, Idempotency-Key. */
  request: z.string().optional(),
});

/** States that an issuer says; the others are computed. */
export const recordedStatuses = [
  'valid',
  'suspended',
  'revoked',
  'rescinded',
  'cancelled',
  'transferred',
  'other',
] as const;

const transitionSchema = z.strictObject({
  to: z.enum(recordedStatuses),
  effectiveAt: instant,
  recordedAt: instant,
  by: z.string(),
  reason: z.string().optional(),
  request: z.string().optional(),
});

/** A licence as it is stored: all that the port shows, and the keys by which it is found. */
export const licenceRecordSchema = z.strictObject({
  id,
  typeCode: z.string(),
  issuerCode: z.string(),
  jointIssuerCodes: z.array(z.string()),
  number: z.string(),
  versions: z.array(versionSchema).min(1),
  transitions: z.array(transitionSchema).min(1),
  predecessorId: id.optional(),
  disputed: z.strictObject({ objectionId: z.string(), since: instant }).optional(),
  createdAt: instant,
  /** `type|number` of each present holder. */
  holderKeys: z.array(z.string()),
  /** Last day of validity of the present version; absent when it has no end. */
  lastDay: day.optional(),
});

export type LicenceRecord = z.infer<typeof licenceRecordSchema>;
export type VersionRecord = z.infer<typeof versionSchema>;

/** How a holder is looked up. */
export const holderKey = (idType: string, idNumber: string): string => `${idType}|${idNumber}`;

/** A record with its look-up keys as its present version has them. */
export function withKeys({ lastDay: _, ...record }: Omit<LicenceRecord, 'holderKeys'>): LicenceRecord {
  const { holders = [], validUntil: lastDay = null } = record.versions.at(-1) ?? {};
  const holderKeys = holders.map(({ idType, idNumber }) => holderKey(idType, idNumber));
  return { ...record, holderKeys, ...(lastDay !== null && { lastDay }) };
}

/** Every authority that issued a licence: the one whose seal it carries, then those of a joint issue. */
export const issuersOf = ({
  issuerCode,
  jointIssuerCodes,
}: Pick<Licence, 'issuerCode' | 'jointIssuerCodes'>): string[] => [issuerCode, ...jointIssuerCodes];

/** What other rooms see of a record: none of our look-up keys and request digests. */
export function toLicence({ holderKeys: _, lastDay: __, ...record }: LicenceRecord): Licence {
  return {
    ...record,
    versions: record.versions.map(({ request: _request, ...version }) => version),
    transitions: record.transitions.map(({ request: _request, ...transition }) => transition),
  };
}

/**
 * What a receipt names: SHA-256 over the canonical JSON of what the version says. Neither the file nor who recorded it when is
 * in it, so that the same statement has the same hash wherever it is kept.
 */
export function versionHash(
  licence: Pick<Licence, 'typeCode' | 'issuerCode' | 'jointIssuerCodes' | 'number'>,
  version: Omit<LicenceVersion, 'hash' | 'file' | 'recordedAt' | 'recordedBy' | 'statusToken'>,
): string {
  const { typeCode, issuerCode, jointIssuerCodes, number } = licence;
  const said = {
    identifier: version.identifier,
    version: version.version,
    holders: version.holders,
    issuedOn: version.issuedOn,
    validFrom: version.validFrom,
    validUntil: version.validUntil,
    areaCode: version.areaCode,
    data: version.data,
    photo: version.photo,
  };
  return sha256Hex(canonicalJson({ typeCode, issuerCode, jointIssuerCodes, number, ...said }));
}
