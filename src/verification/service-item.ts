import { z } from 'zod';
import { canonicalJson, sha256Base64url } from '../core/index.ts';

/** Fields that every licence has, as the table of service items names them. */
export const commonFields = [
  'number',
  'identifier',
  'type_name',
  'holder_name',
  'holder_id_type',
  'holder_number',
  'issuer_code',
  'issuer_name',
  'issued_on',
  'valid_from',
  'valid_until',
  'status',
  'area_code',
] as const;

const text = z.strictObject({ zh: z.string().min(1).max(80), en: z.string().min(1).max(120) });
const field = z
  .string()
  .regex(new RegExp(`^(${commonFields.join('|')}|data\\.\\w{1,64})$`))
  .meta({ description: 'A field of every licence, or `data.` and a field of the type.' });
const name = z
  .string()
  .regex(/^[A-Za-z]\w{0,63}$/)
  .meta({ description: 'Name of the fact in the answer.' });
const scalar = z.union([z.string().max(200), z.number(), z.boolean()]);
const said = { name, title: text };

/** One thing that may be learned: a field, or only the answer to a question about one. */
const factRuleSchema = z.union([
  z.strictObject({
    field,
    masked: z.boolean().optional(),
    name: name.optional(),
    title: text.optional(),
  }),
  z.strictObject({
    predicate: z.literal('valid_on_day'),
    name: name.default('valid_on_day'),
    title: text.optional(),
  }),
  z.strictObject({
    predicate: z.literal('older_than'),
    years: z.int().min(1).max(150),
    field: field
      .optional()
      .meta({ description: 'A date of birth; without it, that of the holder’s ID number.' }),
    name: name.optional(),
    title: text.optional(),
  }),
  z.strictObject({ predicate: z.enum(['equals', 'contains']), field, value: scalar, ...said }),
  z.strictObject({ predicate: z.literal('one_of'), field, values: z.array(scalar).min(1).max(100), ...said }),
  z.strictObject({ predicate: z.enum(['at_least', 'at_most']), field, value: scalar, ...said }),
]);

/** @see factRuleSchema */
export type FactRule = z.infer<typeof factRuleSchema>;

/** A type of licence that an item may verify, and what it learns of it. */
const typeRuleSchema = z.strictObject({
  type: z.string().regex(/^[0-9A-Z]{21}$/),
  learns: z.array(factRuleSchema).max(50).default([]),
});

/** A service item (政务服务事项): a matter of government, and what it may learn. */
export const serviceItemSchema = z
  .strictObject({
    code: z.string().regex(/^[\w.:-]{1,100}$/),
    name: text,
    clients: z
      .array(z.string().min(1).max(100))
      .max(1000)
      .default([])
      .meta({ description: 'Clients that may verify for it.' }),
    authorities: z
      .array(z.string().regex(/^[0-9A-Z]{18}$/))
      .max(1000)
      .default([])
      .meta({ description: 'Authorities whose approvers may verify for it at a counter.' }),
    ground: z
      .union([z.literal('consent'), z.strictObject({ statute: text })])
      .default('consent')
      .meta({
        description:
          'What asking by holder rests on: consent of the holder, or a statute, whose name the holder reads.',
      }),
    types: z.array(typeRuleSchema).min(1).max(200),
  })
  .meta({ id: 'ServiceItem' });

/** @see serviceItemSchema */
export type ServiceItem = z.infer<typeof serviceItemSchema>;

/** What a rule lets be learned of a type, whatever it is called: by this a holder's agreement names it. */
export function factId(typeCode: string, { name: _, title: __, ...rule }: FactRule): string {
  return sha256Base64url(canonicalJson([typeCode, rule])).slice(0, 16);
}

/** The name under which a fact stands in an answer. */
export function factName(rule: FactRule): string {
  if (rule.name !== undefined) return rule.name;
  if ('predicate' in rule && rule.predicate === 'older_than') return `older_than_${rule.years}`;
  return ('field' in rule && rule.field ? rule.field : 'fact').replace(/^data\./, '');
}
