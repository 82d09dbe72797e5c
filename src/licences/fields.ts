import { Ajv2020, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Bilingual, faultAt, type InputFault, inBoth, isRealDay } from '../core/index.ts';
import type { FieldProperty, FieldSchema } from './field-schema.ts';

/** Checks `data` by the fields of a type; all faults at once, at most 100. */
export type FieldCheck = (data: unknown) => InputFault[];

const mostFaults = 100;

const said = (zh: string, en: string): Bilingual => ({ zh, en });

/** What is wrong, by the keyword of JSON Schema that failed. `@` is the title of the field, `$` the value of the keyword. */
const texts: Readonly<Record<string, { code: string; text: Bilingual }>> = {
  required: { code: 'missing', text: said('请填写@', '@ is missing') },
  additionalProperties: { code: 'unknown', text: said('@：该类型没有此项', '@ is no field of this type') },
  type: { code: 'wrong-type', text: said('@应为$', '@ should be $') },
  enum: { code: 'not-listed', text: said('@：不在可选范围内', '@ is none of the values to choose from') },
  format: {
    code: 'not-a-date',
    text: said(
      '@不是真实的日期，请按“2024-03-05”的样式填写年、月、日',
      '@ is no real date. Write year, month and day as in 2024-03-05',
    ),
  },
  pattern: { code: 'wrong-form', text: said('@：格式不符', '@ is not in the right form') },
  minLength: { code: 'too-short', text: said('@至少 $ 个字符', '@ has fewer than $ characters') },
  maxLength: { code: 'too-long', text: said('@最多 $ 个字符', '@ has more than $ characters') },
  minItems: { code: 'too-few', text: said('@至少填写 $ 项', '@ has fewer than $ items') },
  maxItems: { code: 'too-many', text: said('@最多填写 $ 项', '@ has more than $ items') },
  minimum: { code: 'too-small', text: said('@不能小于 $', '@ is smaller than $') },
  maximum: { code: 'too-large', text: said('@不能大于 $', '@ is larger than $') },
};

/** The property that a pointer such as `/holders/0/sex` leads to. */
function propertyAt(schema: FieldSchema, pointer: string): FieldProperty | undefined {
  const [name = '', , inner] = pointer.slice(1).split('/');
  const property = schema.properties[name];
  if (inner === undefined || property?.type !== 'array') return property;
  return property.items.type === 'object' ? property.items.properties[inner] : property.items;
}

/** What a field holds, for people: clerks read these texts too. */
const kinds: Readonly<Record<string, Bilingual>> = {
  string: said('文字', 'text'),
  integer: said('整数', 'a whole number'),
  number: said('数字', 'a number'),
  boolean: said('“是”或“否”', 'yes or no'),
  array: said('逐项填写的内容', 'a list'),
  object: said('分栏填写的内容', 'a group of entries'),
};

/** The value of the keyword that failed, as both languages say it. */
function limitOf({ limit, type }: Record<string, unknown>): Bilingual {
  const [kind] = [type].flat();
  return kinds[String(kind)] ?? inBoth(String(limit ?? ''));
}

function faultOf(schema: FieldSchema, error: ErrorObject): InputFault {
  const { keyword, instancePath, params } = error;
  const name = (params.missingProperty ?? params.additionalProperty) as string | undefined;
  const steps = name === undefined ? '' : `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const pointer = instancePath + steps;
  const { code, text } = texts[keyword] ?? {
    code: 'wrong',
    text: said('@：内容不符合要求', '@ is not as it should be'),
  };
  const limit = limitOf(params);
  const property = propertyAt(schema, pointer);
  // Functions, since a title may hold what a replacement would take for its own signs.
  const full = {
    zh: `${text.zh.replace('$', limit.zh).replace('@', () => property?.title ?? '此项')}。`,
    en: `${text.en.replace('$', limit.en).replace('@', () => property?.['x-title-en'] ?? 'This member')}.`,
  };
  return faultAt(`/data${pointer}`, code, full);
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
