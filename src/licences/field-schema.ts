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

/** An open end in a text of some hundred characters may lie in so many places: two to this power. */
const openEnd = 7;
/** Ways to match that are tried at most, as a power of two: a form of a thousand fields is then checked in a blink. */
const mostWays = 14;

/** In how many ways a pattern may have to be tried before it fails, as a power of two. */
function waysOf(bare: string): number {
  const count = (what: RegExp): number => bare.match(what)?.length ?? 0;
  const spans = [...bare.matchAll(/\{(\d+),(\d+)\}/g)].map(([, from, to]) => Number(to) - Number(from) + 1);
  const inSpans = spans.reduce((sum, span) => sum + Math.ceil(Math.log2(Math.max(1, span))), 0);
  return openEnd * count(/[*+]|\{\d+,\}/g) + count(/[?|]/g) + inSpans;
}

/** Repeats of repeats make matching exponential, and so do many wishes or choices in a row. */
function isQuickPattern(pattern: string, isWhole: boolean): boolean {
  // What is escaped and what stands in a class is one character of the text, whatever it looks like.
  const bare = pattern
    .replace(/\\./gsu, 'x')
    .replace(/\[[^\]]*\]/g, 'x')
    .replaceAll('(?:', '(');
  const isAnchored = isWhole || (bare.startsWith('^') && !bare.includes('|'));
  const ways = waysOf(bare) + (isAnchored ? 0 : openEnd);
  if (ways > mostWays || /\)\s*[*+{]|\(\?/.test(bare) || /\\[1-9k]/.test(pattern)) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

/** A regular expression (with the flag u) that is quick on any text; `isWhole` when it is only ever compared with whole texts. */
const quickPattern = (isWhole: boolean) =>
  z
    .string()
    .max(200)
    .refine(
      (pattern) => isQuickPattern(pattern, isWhole),
      'is no regular expression, or repeats groups, refers back, looks around, or leaves too many ways to match (begin it with ^)',
    );

/** What a number has to look like from its first to its last character. */
export const patternSchema = quickPattern(true);

const textType = z.union([z.literal('string'), z.tuple([z.literal('string'), z.literal('null')])]);

const textProperty = z.strictObject({
  type: textType,
  ...titles,
  minLength: z.int().min(0).max(2000).optional(),
  maxLength: z.int().min(1).max(2000).optional(),
  pattern: quickPattern(false).optional(),
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
