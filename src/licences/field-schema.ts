import { z } from 'zod';

/**
 * The part of JSON Schema 2020-12 in which fields of a type are written: flat enough for a form and a template, without
 * references, and with a bound on everything, so that no schema makes a check long or a page endless.
 */
const propertyName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);
const titles = {
  title: z.string().min(1).max(40),
  'x-title-en': z.string().min(1).max(60),
  description: z.string().max(200).optional(),
};

/** Repeats of repeats make matching exponential; more than three open ends make it too long on long texts. */
function isQuickPattern(pattern: string): boolean {
  const openEnds = pattern.match(/(?<!\\)[*+]|\{\d+,\d*\}/g)?.length ?? 0;
  if (openEnds > 3 || /\)\s*([*+]|\{)/.test(pattern) || /\\[1-9]|\(\?[<!=]/.test(pattern)) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

/** A regular expression (with the flag u) that is quick on any text. */
export const patternSchema = z
  .string()
  .max(200)
  .refine(
    isQuickPattern,
    'is no regular expression, or repeats groups, refers back, looks around or has too many open ends',
  );

const textType = z.union([z.literal('string'), z.tuple([z.literal('string'), z.literal('null')])]);

const textProperty = z.strictObject({
  type: textType,
  ...titles,
  minLength: z.int().min(0).max(2000).optional(),
  maxLength: z.int().min(1).max(2000).optional(),
  pattern: patternSchema.optional(),
  format: z.literal('date').optional(),
  enum: z.array(z.string().max(100)).min(1).max(100).optional(),
});
const isBounded = (property: z.infer<typeof textProperty>): boolean =>
  property.maxLength !== undefined || property.format !== undefined || property.enum !== undefined;
const boundedText = textProperty
  .refine(isBounded, 'needs a maxLength, a format or an enum')
  .refine(
    ({ pattern, maxLength = 0 }) => !pattern || maxLength <= 200,
    'with a pattern, maxLength is at most 200',
  );

const numberProperty = z.strictObject({
  type: z.enum(['integer', 'number']),
  ...titles,
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
const flagProperty = z.strictObject({ type: z.literal('boolean'), ...titles });
const simpleProperty = z.union([boundedText, numberProperty, flagProperty]);

const rowSchema = z.strictObject({
  type: z.literal('object'),
  additionalProperties: z.literal(false),
  required: z.array(propertyName).max(20).optional(),
  properties: z
    .record(propertyName, simpleProperty)
    .refine((properties) => Object.keys(properties).length <= 20, 'has at most 20 properties'),
});
const listProperty = z.strictObject({
  type: z.literal('array'),
  ...titles,
  minItems: z.int().min(0).max(100).optional(),
  maxItems: z.int().min(1).max(100),
  items: z.union([rowSchema, simpleProperty]),
});

/** Fields of a type. */
export const fieldSchema = z
  .strictObject({
    $schema: z.literal('https://json-schema.org/draft/2020-12/schema').optional(),
    type: z.literal('object'),
    additionalProperties: z.literal(false),
    required: z.array(propertyName).max(60).optional(),
    properties: z
      .record(propertyName, z.union([simpleProperty, listProperty]))
      .refine((properties) => Object.keys(properties).length <= 60, 'has at most 60 properties'),
  })
  .refine((schema) => JSON.stringify(schema).length <= 32_768, 'is larger than 32 KiB')
  .refine(
    ({ required = [], properties }) => required.every((name) => Object.hasOwn(properties, name)),
    'requires a property that it does not describe',
  )
  .meta({
    id: 'LicenceFields',
    description:
      'JSON Schema 2020-12 of `data`: text, date, number, flag, and lists of these or of rows; no references; every property with a title in both languages.',
  });

export type FieldSchema = z.infer<typeof fieldSchema>;
export type TextProperty = z.infer<typeof textProperty>;
export type SimpleProperty = z.infer<typeof simpleProperty>;
export type ListProperty = z.infer<typeof listProperty>;
export type FieldProperty = SimpleProperty | ListProperty;
export type RowSchema = z.infer<typeof rowSchema>;

/** True for a list of rows. */
export const isRows = (items: ListProperty['items']): items is RowSchema => items.type === 'object';

/** True for a text that may be null: a date without end. */
export const isNullable = (property: FieldProperty): boolean => Array.isArray(property.type);
