import type { z } from 'zod';
import type { Bilingual } from '../core/index.ts';
import type { FieldFault } from './route.ts';

/** The answer of parseForm. */
export type ParsedForm<T> = { ok: true; value: T } | { ok: false; faults: FieldFault[] };

const separator = '\u001f';

/** The message of a zod check in both languages: `z.string().min(8, faultText('至少 8 位', 'At least 8 characters'))`. */
export function faultText(zh: string, en: string): string {
  return `${zh}${separator}${en}`;
}

/** Reads back what faultText wrote; undefined for zod's own messages. */
export function readFaultText(message: string): Bilingual | undefined {
  const [zh = '', en] = message.split(separator);
  return en === undefined ? undefined : { zh, en };
}

/** What stands at an input that is not there. */
export const missing: Bilingual = { zh: '请填写此项', en: 'Fill in this field' };
const wrong: Bilingual = { zh: '格式不正确，请检查', en: 'This is not in the right form; check it' };

/**
 * Parses the fields of a form. Faults come in the order of the schema, one a field, in both languages; the page shows them in
 * its summary and beside the fields.
 */
export function parseForm<T>(schema: z.ZodType<T>, body: Readonly<Record<string, string>>): ParsedForm<T> {
  const result = schema.safeParse(body);
  if (result.success) return { ok: true, value: result.data };
  const faults = new Map<string, FieldFault>();
  for (const issue of result.error.issues) {
    const field = String(issue.path[0] ?? '');
    if (faults.has(field)) continue;
    const isMissing = (body[field] ?? '').trim() === '';
    faults.set(field, { field, text: readFaultText(issue.message) ?? (isMissing ? missing : wrong) });
  }
  return { ok: false, faults: [...faults.values()] };
}
