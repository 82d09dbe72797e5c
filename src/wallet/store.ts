import { z } from 'zod';
import { defineCollection } from '../storage/index.ts';

/** Milliseconds since the epoch. */
const instant = z.int().nonnegative();
const text = z.strictObject({ zh: z.string(), en: z.string() });

const matter = z.strictObject({ purpose: z.string(), serviceItemCode: z.string(), caseNumber: z.string() });

const presentation = z.strictObject({
  licenceId: z.string(),
  accountId: z.string(),
  organisationId: z.string().optional(),
  shownAt: instant,
  facts: z.array(z.string()).optional(),
});

/** Codes that show a licence once: the document is the right, and removing it is using it. */
export const showingCollection = defineCollection({
  name: 'wallet-showings',
  schema: z.strictObject({
    /** Keyed hash of the code: a copy of the store shows nothing. */
    key: z.string(),
    presentation,
    expiresAt: instant,
  }),
  key: ({ key }) => key,
  indexes: [],
  encrypted: true,
  sharded: true,
  durability: 'artefact',
  expires: ({ expiresAt }) => expiresAt,
});

const desk = z.strictObject({
  id: z.string(),
  verifier: z.strictObject({
    kind: z.enum(['client', 'staff']),
    id: z.string(),
    authorityCode: z.string().optional(),
    name: text,
  }),
  matter,
  serviceItem: text,
  typeCodes: z.array(z.string()),
  /** Shown at present. */
  code: z.strictObject({ digits: z.string(), since: instant }).optional(),
  presentation: presentation.optional(),
  openedAt: instant,
  expiresAt: instant,
});

/** A counter that waits. */
export type Desk = z.infer<typeof desk>;

/** Counters that wait for a holder. */
export const deskCollection = defineCollection({
  name: 'wallet-desks',
  schema: desk,
  key: ({ id }) => id,
  indexes: [],
  encrypted: true,
  sharded: true,
  durability: 'artefact',
  expires: ({ expiresAt }) => expiresAt,
});

/** Which desk six digits lead to now. The key makes them lead to one only. */
export const deskCodeCollection = defineCollection({
  name: 'wallet-desk-codes',
  schema: z.strictObject({
    /** Keyed hash of the digits. */
    key: z.string(),
    deskId: z.string(),
    until: instant,
  }),
  key: ({ key }) => key,
  indexes: [],
  sharded: true,
  durability: 'artefact',
  expires: ({ until }) => until,
});

const share = z.strictObject({
  id: z.string(),
  clientId: z.string(),
  accountId: z.string(),
  organisationId: z.string().optional(),
  /** Client id, type and number of the holder, for the look-up by holder. */
  clientHolder: z.array(z.string()),
  licences: z.array(z.strictObject({ licenceId: z.string(), typeCode: z.string() })),
  licenceTypes: z.array(z.string()),
  matter,
  grantedAt: instant,
  validUntil: instant,
  /** What may be learned under it. */
  facts: z.array(z.string()).optional(),
  readsAllowed: z.int().positive(),
  readsLeft: z.int().nonnegative(),
  withdrawnAt: instant.optional(),
});

/** A consent as it is kept. */
export type ShareRecord = z.infer<typeof share>;

/** Consents of one site for one matter. They stay after their end: the holder sees what was allowed. */
export const shareCollection = defineCollection({
  name: 'wallet-shares',
  schema: share,
  key: ({ id }) => id,
  indexes: [
    { name: 'account', path: ['accountId', 'grantedAt'] },
    { name: 'client-holder', path: 'clientHolder', blind: true },
  ],
  encrypted: true,
});

const objection = z.strictObject({
  id: z.string(),
  licenceId: z.string(),
  /** Set while it is open: a licence has one open objection at most. */
  openFor: z.string().optional(),
  typeCode: z.string(),
  /** Who has to answer. */
  authorityCode: z.string(),
  accountId: z.string(),
  organisationId: z.string().optional(),
  /** Account that has not opened the answer yet. */
  unreadBy: z.string().optional(),
  text: z.string(),
  raisedAt: instant,
  dueAt: instant,
  status: z.enum(['open', 'answered']),
  answer: z
    .strictObject({
      decision: z.enum(['corrected', 'rejected']),
      text: z.string(),
      /** Account id of the clerk. */
      by: z.string(),
      at: instant,
    })
    .optional(),
});

/** What a holder says is wrong with a licence, and what the authority answered. */
export type Objection = z.infer<typeof objection>;

/** Objections, kept with their answers. */
export const objectionCollection = defineCollection({
  name: 'wallet-objections',
  schema: objection,
  key: ({ id }) => id,
  indexes: [
    { name: 'open-for', path: 'openFor', unique: true },
    { name: 'licence', path: ['licenceId', 'raisedAt'] },
    { name: 'unread', path: 'unreadBy' },
    { name: 'authority', path: ['authorityCode', 'status', 'dueAt'] },
  ],
  encrypted: true,
});
