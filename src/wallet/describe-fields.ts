import { z } from 'zod';
import type { Bilingual } from '../core/index.ts';
import type { LicenceType } from '../licences/index.ts';

/** What a page shows of one field: text, a date, yes or no, or rows of further fields. */
export interface ShownField {
  title: Bilingual;
  text?: string;
  date?: string;
  flag?: boolean;
  rows?: readonly (readonly ShownField[])[];
}

/** The part of a field's schema that matters on a page; the rest was checked when the type was written. */
const fieldSchema = z.object({
  title: z.string(),
  'x-title-en': z.string(),
  format: z.string().optional(),
  items: z.object({ properties: z.record(z.string(), z.unknown()).optional() }).optional(),
});
const fieldsSchema = z.object({ properties: z.record(z.string(), z.unknown()) });

/** The fields of a licence in the order of its type; those without a value are left out. `show` masks texts. */
export function describeFields(
  type: LicenceType,
  data: Readonly<Record<string, unknown>>,
  show: (text: string) => string,
): ShownField[] {
  return fieldsOf(fieldsSchema.parse(type.fields).properties, data, show);
}

function fieldsOf(
  properties: Readonly<Record<string, unknown>>,
  data: Readonly<Record<string, unknown>>,
  show: (text: string) => string,
): ShownField[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const value = data[name];
    if (value === undefined || value === null || value === '') return [];
    return [fieldOf(fieldSchema.parse(schema), value, show)];
  });
}

function fieldOf(
  { title: zh, 'x-title-en': en, format, items }: z.infer<typeof fieldSchema>,
  value: unknown,
  show: (text: string) => string,
): ShownField {
  const title = { zh, en };
  if (typeof value === 'boolean') return { title, flag: value };
  if (format === 'date') return { title, date: String(value) };
  if (!Array.isArray(value)) return { title, text: show(String(value)) };
  const properties = items?.properties;
  if (!properties) return { title, text: value.map((one) => show(String(one))).join('、') };
  return { title, rows: value.map((row) => fieldsOf(properties, row as Record<string, unknown>, show)) };
}
