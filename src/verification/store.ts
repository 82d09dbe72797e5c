import { z } from 'zod';
import { defineCollection } from '../storage/index.ts';
import { serviceItemSchema } from './service-item.ts';

/** The table of service items; nothing in it is personal. */
export const serviceItemRecords = defineCollection({
  name: 'service-items',
  schema: serviceItemSchema,
  key: ({ code }) => code,
  indexes: [{ name: 'code', path: 'code' }],
  hot: true,
});

/** When this library began: before that day it cannot say what was. One document. */
export const libraryMarks = defineCollection({
  name: 'library-marks',
  schema: z.strictObject({ name: z.literal('begun'), at: z.int().nonnegative() }),
  key: ({ name }) => name,
  indexes: [],
});

const matter = z.strictObject({ purpose: z.string(), serviceItemCode: z.string(), caseNumber: z.string() });
const conclusion = z.enum(['valid', 'not_valid', 'cannot_tell']);
const bilingual = z.strictObject({ zh: z.string(), en: z.string() });

/** The matter that a member of staff works on at a counter; ends by itself. */
export const counterVisits = defineCollection({
  name: 'counter-visits',
  schema: z.strictObject({
    id: z.string(),
    staffId: z.string(),
    authorityCode: z.string(),
    matter,
    deskId: z.string(),
    expiresAt: z.int(),
  }),
  key: ({ id }) => id,
  indexes: [],
  encrypted: true,
  expires: ({ expiresAt }) => expiresAt,
  durability: 'artefact',
});

/** A result as the counter shows and prints it, kept for as long as the case is on the desk. */
export const counterResults = defineCollection({
  name: 'counter-results',
  schema: z.strictObject({
    id: z.string(),
    staffId: z.string(),
    visitId: z.string(),
    matter,
    authorityCode: z.string(),
    at: z.int(),
    conclusion,
    checks: z.array(
      z.strictObject({
        id: z.string(),
        result: z.enum(['passed', 'failed', 'indeterminate']),
        text: bilingual,
      }),
    ),
    typeName: bilingual.optional(),
    facts: z.array(z.strictObject({ title: bilingual, value: z.json(), words: bilingual.optional() })),
    asOf: z.int(),
    /** The day as it was entered, where one was. */
    asked: z.string().optional(),
    receiptId: z.string(),
    receipt: z.string(),
    expiresAt: z.int(),
  }),
  key: ({ id }) => id,
  indexes: [],
  encrypted: true,
  expires: ({ expiresAt }) => expiresAt,
});
