import { z } from 'zod';
import { fieldSchema, patternSchema } from './field-schema.ts';
import type { LicenceType } from './port.ts';

const bilingual = z.strictObject({ zh: z.string().min(1).max(60), en: z.string().min(1).max(120) });

/** 21 characters: credit code of the defining body and three digits. @see GB/T 36904-2018 (clause unchecked) */
export const typeCodeSchema = z.string().regex(/^[0-9A-HJ-NPQRTUWXY]{18}\d{3}$/);

const holdersSchema = z
  .strictObject({ min: z.int().min(1).max(20), max: z.int().min(1).max(20) })
  .refine(({ min, max }) => min <= max, 'min is greater than max');

const validitySchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('months'), months: z.int().min(1).max(1200) }),
  z.strictObject({ rule: z.literal('none') }),
  z.strictObject({ rule: z.literal('free') }),
]);

const numberRuleSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('pattern'), pattern: patternSchema, example: z.string().max(128) }),
  z.strictObject({ rule: z.literal('issued'), prefix: z.string().regex(/^[0-9A-Z]{0,12}$/) }),
]);

/** What a defining authority says of a type, besides code and version. */
export const typeContentSchema = z.strictObject({
  name: bilingual,
  kind: z.enum(['licence', 'approval']),
  holderKind: z.enum(['resident', 'organisation', 'both']),
  holders: holdersSchema,
  fields: fieldSchema,
  template: z.string().max(60),
  validity: validitySchema,
  number: numberRuleSchema,
  securityLevel: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  status: z.enum(['active', 'withdrawn']),
});
export type TypeContent = z.infer<typeof typeContentSchema>;

/** A type as it is stored: all its versions, the newest last. */
export const typeRecordSchema = z.strictObject({
  code: typeCodeSchema,
  versions: z.array(typeContentSchema.extend({ recordedAt: z.int(), recordedBy: z.string() })).min(1),
  /** Revision of the types that come with the house, where this is one of them. */
  seed: z.int().optional(),
});
export type TypeRecord = z.infer<typeof typeRecordSchema>;

/** A version of a type; the newest when none is named. */
export function typeOf(record: TypeRecord, version = record.versions.length): LicenceType | undefined {
  const found = record.versions[version - 1];
  if (!found) return undefined;
  const { recordedAt: _, recordedBy: _by, ...content } = found;
  return { code: record.code, version, ...content };
}
