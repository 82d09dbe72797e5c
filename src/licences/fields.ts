import { Ajv2020, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Bilingual, type InputFault, isRealDay } from '../core/index.ts';
import type { FieldProperty, FieldSchema } from './field-schema.ts';

/** Checks `data` by the fields of a type; all faults at once, at most 100. */
export type FieldCheck = (data: unknown) => InputFault[];

const mostFaults = 100;

const said = (zh: string, en: string): Bilingual => ({ zh, en });

/** What is wrong, by the keyword of JSON Schema that failed. `$` is its value. */
const texts: Readonly<Record<string, { code: string; text: Bilingual }>> = {
  required: { code: 'missing', text: said('请填写', 'is missing') },
  additionalProperties: { code: 'unknown', text: said('该类型没有此项', 'is no field of this type') },
  type: { code: 'wrong-type', text: said('内容类型不对，应为 $', 'is of the wrong type; it should be $') },
  enum: { code: 'not-listed', text: said('不在可选范围内', 'is none of the values to choose from') },
  format: {
    code: 'not-a-date',
    text: said('不是真实的日期，应写成 YYYY-MM-DD', 'is no real date; write YYYY-MM-DD'),
  },
  pattern: { code: 'wrong-form', text: said('格式不符', 'is not in the right form') },
  minLength: { code: 'too-short', text: said('少于 $ 个字符', 'has fewer than $ characters') },
  maxLength: { code: 'too-long', text: said('超过 $ 个字符', 'has more than $ characters') },
  minItems: { code: 'too-few', text: said('少于 $ 项', 'has fewer than $ items') },
  maxItems: { code: 'too-many', text: said('超过 $ 项', 'has more than $ items') },
  minimum: { code: 'too-small', text: said('小于 $', 'is smaller than $') },
  maximum: { code: 'too-large', text: said('大于 $', 'is larger than $') },
};

/** The property that a pointer such as `/holders/0/sex` leads to. */
function propertyAt(schema: FieldSchema, pointer: string): FieldProperty | undefined {
  const [name = '', , inner] = pointer.slice(1).split('/');
  const property = schema.properties[name];
  if (inner === undefined || property?.type !== 'array') return property;
  return property.items.type === 'object' ? property.items.properties[inner] : property.items;
}

const limits = ['limit', 'type'] as const;

function faultOf(schema: FieldSchema, error: ErrorObject): InputFault {
  const { keyword, instancePath, params } = error;
  const name = (params.missingProperty ?? params.additionalProperty) as string | undefined;
  const steps = name === undefined ? '' : `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const pointer = instancePath + steps;
  const { code, text } = texts[keyword] ?? {
    code: 'wrong',
    text: said('内容不符合要求', 'is not as it should be'),
  };
  const limit = String(limits.map((member) => params[member]).find((value) => value !== undefined) ?? '');
  const property = propertyAt(schema, pointer);
  const full = {
    zh: `${property?.title ?? '此项'}：${text.zh.replace('$', limit)}。`,
    en: `${property?.['x-title-en'] ?? 'This member'} ${text.en.replace('$', limit)}.`,
  };
  return { pointer: `/data${pointer}`, code, detail: full.en, text: full };
}

/** Makes the checks. Compiling a schema costs milliseconds, so each version of a type is compiled once. */
export function createFieldChecks() {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, ownProperties: true });
  ajv.addFormat('date', isRealDay);
  ajv.addKeyword('x-title-en');
  const compiled = new WeakMap<object, ValidateFunction>();
  return {
    checkOf(schema: FieldSchema): FieldCheck {
      let validate = compiled.get(schema);
      if (!validate) {
        validate = ajv.compile(schema as AnySchemaObject);
        // The library would keep every schema that it ever saw.
        ajv.removeSchema(schema as AnySchemaObject);
        compiled.set(schema, validate);
      }
      const judge = validate;
      return (data) =>
        judge(data) ? [] : (judge.errors ?? []).slice(0, mostFaults).map((error) => faultOf(schema, error));
    },
  };
}

export type FieldChecks = ReturnType<typeof createFieldChecks>;
