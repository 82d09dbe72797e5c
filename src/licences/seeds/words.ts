import type { FieldProperty, FieldSchema, RowSchema, SimpleProperty, TextProperty } from '../field-schema.ts';
import type { TypeContent } from '../type-record.ts';

/** A type that comes with the house. */
export interface SeedType extends TypeContent {
  /** Three digits behind the defining authority's credit code. */
  suffix: string;
  /** Grows with every change here; a newer one becomes a new version of the type at the next start. */
  revision: number;
}

/** A text of at most so many characters. */
export const text = (title: string, english: string, maxLength: number): TextProperty => ({
  type: 'string',
  title,
  'x-title-en': english,
  minLength: 1,
  maxLength,
});

/** A day that exists. */
export const day = (title: string, english: string): SimpleProperty => ({
  type: 'string',
  title,
  'x-title-en': english,
  format: 'date',
});

/** One of a few words. */
export const choice = (title: string, english: string, words: readonly string[]): SimpleProperty => ({
  type: 'string',
  title,
  'x-title-en': english,
  enum: [...words],
});

/** Rows of a list. */
export const rows = (
  title: string,
  english: string,
  { min, max, properties }: { min: number; max: number; properties: Record<string, SimpleProperty> },
): FieldProperty => ({
  type: 'array',
  title,
  'x-title-en': english,
  minItems: min,
  maxItems: max,
  items: {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  } satisfies RowSchema,
});

/** Fields of which all but the named ones are required. */
export const fields = (
  properties: Record<string, FieldProperty>,
  optional: readonly string[] = [],
): FieldSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

export const sex = choice('性别', 'Sex', ['男', '女']);
export const bornOn = day('出生日期', 'Date of birth');
export const nationality = text('国籍', 'Nationality', 30);
export const address = (title: string, english: string): TextProperty => text(title, english, 200);
export const legalRepresentative = text('法定代表人', 'Legal representative', 60);
