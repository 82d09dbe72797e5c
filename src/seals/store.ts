import { z } from 'zod';
import { defineCollection } from '../storage/index.ts';

/** Every status of a seal. */
const sealStatuses = ['applied', 'approved', 'active', 'suspended', 'revoked'] as const;

const certificate = z.object({
  sha256: z.string(),
  notBefore: z.number(),
  notAfter: z.number(),
  /** DER, base64. */
  der: z.string(),
  /** Between it and its anchor, DER, base64. */
  chain: z.array(z.string()),
});

/** The register of seals. Nothing in it is personal or secret: the key of a seal lies in the keyring under its id. */
export const sealCollection = defineCollection({
  name: 'seals',
  schema: z.object({
    id: z.string(),
    ownerCode: z.string(),
    ownerName: z.string(),
    name: z.object({ zh: z.string(), en: z.string() }),
    kind: z.enum(['official', 'licence']),
    diameterMm: z.union([z.literal(38), z.literal(40), z.literal(42), z.literal(45)]),
    codeNumber: z.string(),
    /** The code number as long as it is taken: an application that was refused gives it back. */
    takenCode: z.string().optional(),
    typeCodes: z.array(z.string()),
    algorithm: z.enum(['ES256', 'RS256']),
    status: z.enum(sealStatuses),
    appliedAt: z.number(),
    appliedBy: z.string(),
    approvedBy: z.string().optional(),
    /** Newest first. */
    certificates: z.array(certificate),
    /** SHA-256 of each, to find the seal of a signature. */
    certificateHashes: z.array(z.string()),
    history: z.array(
      z.object({
        status: z.enum(sealStatuses),
        at: z.number(),
        by: z.string(),
        reason: z.string().optional(),
      }),
    ),
    /** What is put on files, as it was when the seal was applied for: drawing operators, deflated, base64. */
    picture: z.object({ size: z.number(), content: z.string() }),
  }),
  key: (seal) => seal.id,
  indexes: [
    { name: 'owner', path: ['ownerCode', 'appliedAt'] },
    { name: 'applied', path: 'appliedAt' },
    { name: 'code', path: 'takenCode', unique: true },
    { name: 'certificate', path: 'certificateHashes' },
  ],
});

/** A seal as it is kept. */
export type SealRecord = z.infer<typeof sealCollection.schema>;

/** Uses of seals, one document each, keyed by the event that told of it: delivered twice, it is there once. */
export const useCollection = defineCollection({
  name: 'seal-uses',
  schema: z.object({
    id: z.string(),
    sealId: z.string(),
    at: z.number(),
    licenceId: z.string(),
    version: z.number(),
    typeCode: z.string(),
    fileSha256: z.string(),
  }),
  key: (use) => use.id,
  indexes: [{ name: 'seal', path: ['sealId', 'at'] }],
  sharded: true,
});

/** A use as it is kept. */
export type UseRecord = z.infer<typeof useCollection.schema>;

/** Lists of revoked certificates as they were fetched last, by address. */
export const crlCollection = defineCollection({
  name: 'seal-crls',
  schema: z.object({
    /** SHA-256 of the address. */
    key: z.string(),
    fetchedAt: z.number(),
    thisUpdate: z.number(),
    nextUpdate: z.number(),
    /** DER, base64. */
    der: z.string(),
  }),
  key: (list) => list.key,
  indexes: [],
  durability: 'artefact',
});
