import { type Bilingual, type InputFault, identifierTypes, inBoth, isIdentifierType } from '../core/index.ts';
import type { FieldFault } from '../http/index.ts';
import { dayNames } from './check-draft.ts';
import { holderNames, holderTypes } from './check-holders.ts';
import type { LicenceDraft } from './draft.ts';
import type { FieldProperty, FieldSchema, RowSchema, SimpleProperty } from './field-schema.ts';
import { isNullable, isRows } from './field-schema.ts';
import type { LicenceType } from './port.ts';

/** Values of a form by name: `number`, `holders.0.name`, `data.holders.1.sex`. */
export type FormValues = Readonly<Record<string, string>>;

/** One control. */
export interface Control {
  name: string;
  label: Bilingual;
  kind: 'text' | 'long' | 'date' | 'number' | 'choice' | 'tick';
  value: string;
  isRequired: boolean;
  maxLength?: number | undefined;
  choices?: readonly { value: string; label: Bilingual }[];
  hint?: Bilingual;
}

/** Controls under one heading; a list has a button for another row. */
export interface Section {
  title: Bilingual;
  rows: readonly (readonly Control[])[];
  /** Name of the list that can grow. */
  growing?: string;
}

const titleOf = (property: FieldProperty): Bilingual => ({ zh: property.title, en: property['x-title-en'] });

function controlOf(property: SimpleProperty, name: string, value: string, isRequired: boolean): Control {
  const base = { name, label: titleOf(property), value, isRequired: isRequired && !isNullable(property) };
  if (property.type === 'boolean') return { ...base, kind: 'tick', isRequired: false };
  if (property.type === 'integer' || property.type === 'number') return { ...base, kind: 'number' };
  if ('enum' in property && property.enum)
    return {
      ...base,
      kind: 'choice',
      choices: property.enum.map((word) => ({ value: word, label: inBoth(word) })),
    };
  if ('format' in property && property.format === 'date') return { ...base, kind: 'date' };
  const maxLength = 'maxLength' in property ? property.maxLength : undefined;
  return { ...base, kind: (maxLength ?? 0) > 80 ? 'long' : 'text', maxLength };
}

/** How many rows of a list the values fill. */
function filledRows(values: FormValues, list: string): number {
  const numbers = Object.keys(values)
    .map((name) => (name.startsWith(`${list}.`) ? Number(name.slice(list.length + 1).split('.')[0]) : -1))
    .filter(Number.isInteger);
  return Math.min(100, Math.max(-1, ...numbers) + 1);
}

/** Asked for one more row of a list by its button. */
const extra = (values: FormValues, list: string): number => (values.do === `add:${list}` ? 1 : 0);

const rowsOf = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

function holderSection(type: LicenceType, values: FormValues): Section {
  const { min, max } = type.holders;
  const count = Math.min(max, Math.max(min, filledRows(values, 'holders') + extra(values, 'holders')));
  const choices = holderTypes[type.holderKind].map((code) => ({ value: code, label: identifierTypes[code] }));
  return {
    title: { zh: '持证人', en: 'Holder' },
    rows: rowsOf(count, (index) => {
      const at = `holders.${index}`;
      const value = (name: string) => values[`${at}.${name}`] ?? '';
      return [
        {
          name: `${at}.name`,
          label: holderNames.name,
          kind: 'text',
          value: value('name'),
          isRequired: true,
          maxLength: 100,
        },
        {
          name: `${at}.id_type`,
          label: holderNames.id_type,
          kind: 'choice',
          value: value('id_type'),
          isRequired: true,
          choices,
        },
        {
          name: `${at}.id_number`,
          label: holderNames.id_number,
          kind: 'text',
          value: value('id_number'),
          isRequired: true,
          maxLength: 64,
        },
      ] as const;
    }),
    ...(count < max && { growing: 'holders' }),
  };
}

const date = (name: keyof typeof dayNames, value = '', isRequired = true): Control => ({
  ...{ name, label: dayNames[name], kind: 'date', value, isRequired },
});

function generalSection(type: LicenceType, values: FormValues, isNew: boolean): Section {
  const { number, validity } = type;
  const controls: Control[] = [];
  if (isNew && number.rule === 'pattern')
    controls.push({
      ...{ name: 'number', label: { zh: '证照编号', en: 'Number' }, kind: 'text', maxLength: 128 },
      ...{ value: values.number ?? '', isRequired: true },
      hint: { zh: `例如 ${number.example}`, en: `For example ${number.example}` },
    });
  controls.push(date('issued_on', values.issued_on), date('valid_from', values.valid_from));
  if (validity.rule !== 'none') {
    const hint =
      validity.rule === 'free' ? { zh: '长期有效的留空', en: 'Leave empty if it has no end' } : undefined;
    const end = date('valid_until', values.valid_until, validity.rule === 'months');
    controls.push({ ...end, ...(hint && { hint }) });
  }
  return { title: { zh: '编号和日期', en: 'Number and dates' }, rows: [controls] };
}

function fieldSections(type: LicenceType, values: FormValues): Section[] {
  const { properties, required = [] } = type.fields as FieldSchema;
  const single: Control[] = [];
  const lists: Section[] = [];
  for (const [field, property] of Object.entries(properties)) {
    const name = `data.${field}`;
    const isRequired = required.includes(field);
    if (property.type !== 'array') {
      single.push(controlOf(property as SimpleProperty, name, values[name] ?? '', isRequired));
      continue;
    }
    const { items, minItems = 0, maxItems } = property as Extract<FieldProperty, { type: 'array' }>;
    const wanted = Math.max(minItems, 1, filledRows(values, name)) + extra(values, name);
    const count = Math.min(maxItems, wanted);
    const row = (index: number): Control[] =>
      isRows(items)
        ? rowControls(items, `${name}.${index}`, values)
        : [controlOf(items, `${name}.${index}`, values[`${name}.${index}`] ?? '', false)];
    lists.push({
      title: titleOf(property),
      rows: rowsOf(count, row),
      ...(count < maxItems && { growing: name }),
    });
  }
  const main = { title: { zh: '登记事项', en: 'What it says' }, rows: [single] };
  return single.length > 0 ? [main, ...lists] : lists;
}

const rowControls = (row: RowSchema, at: string, values: FormValues): Control[] =>
  Object.entries(row.properties).map(([inner, property]) =>
    controlOf(
      property,
      `${at}.${inner}`,
      values[`${at}.${inner}`] ?? '',
      row.required?.includes(inner) ?? false,
    ),
  );

/** The form of a type, filled with values; `isNew` asks for the number too. */
export const sectionsOf = (type: LicenceType, values: FormValues, isNew: boolean): Section[] => [
  holderSection(type, values),
  generalSection(type, values, isNew),
  ...fieldSections(type, values),
];

function readValue(property: SimpleProperty, text: string): unknown {
  if (property.type === 'boolean') return text === 'yes';
  if (text === '') return isNullable(property) ? null : undefined;
  if (property.type === 'integer' || property.type === 'number') return Number(text);
  return text;
}

function readRow(row: RowSchema, at: string, values: FormValues, isNeeded: boolean) {
  const texts = Object.keys(row.properties).map((inner) => values[`${at}.${inner}`]?.trim() ?? '');
  if (!isNeeded && texts.every((text) => text === '')) return undefined;
  const entries = Object.entries(row.properties).map(([inner, property], index) => [
    inner,
    readValue(property, texts[index] ?? ''),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function readData(fields: FieldSchema, values: FormValues): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const [field, property] of Object.entries(fields.properties)) {
    const name = `data.${field}`;
    if (property.type !== 'array') {
      const value = readValue(property as SimpleProperty, values[name]?.trim() ?? '');
      if (value !== undefined) data[field] = value;
      continue;
    }
    const { items, minItems = 0 } = property as Extract<FieldProperty, { type: 'array' }>;
    const read = (index: number): unknown =>
      isRows(items)
        ? readRow(items, `${name}.${index}`, values, index < minItems)
        : readValue(items, values[`${name}.${index}`]?.trim() ?? '');
    data[field] = rowsOf(filledRows(values, name), read).filter((value) => value !== undefined);
  }
  return data;
}

/** What was entered, as a draft. Rows left empty are not there unless one is needed: its faults then stand beside its controls. */
export function readDraft(
  type: LicenceType,
  values: FormValues,
  said: { issuingAuthorityCode: string; renews?: string | undefined },
): LicenceDraft {
  const text = (name: string): string => values[name]?.trim() ?? '';
  const holders = rowsOf(filledRows(values, 'holders'), (index) => {
    const idType = text(`holders.${index}.id_type`);
    return {
      idType: isIdentifierType(idType) ? idType : ('' as const),
      idNumber: text(`holders.${index}.id_number`),
      name: text(`holders.${index}.name`),
    };
  });
  return {
    typeCode: type.code,
    ...said,
    holders: holders.filter(
      ({ idNumber, name }, index) => index < type.holders.min || idNumber !== '' || name !== '',
    ),
    ...(type.number.rule === 'pattern' && { number: text('number') }),
    issuedOn: text('issued_on'),
    validFrom: text('valid_from'),
    validUntil: text('valid_until') || null,
    data: readData(type.fields as FieldSchema, values),
  };
}

/** The form values of what a version says. */
export function valuesOf(
  version: Pick<LicenceDraft, 'holders' | 'issuedOn' | 'validFrom' | 'validUntil' | 'data'>,
): FormValues {
  const values: Record<string, string> = {
    issued_on: version.issuedOn,
    valid_from: version.validFrom,
    valid_until: version.validUntil ?? '',
  };
  const put = (name: string, value: unknown): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) put(`${name}.${index}`, item);
    } else if (typeof value === 'object' && value !== null)
      for (const [inner, item] of Object.entries(value)) put(`${name}.${inner}`, item);
    else if (typeof value === 'boolean') values[name] = value ? 'yes' : '';
    else values[name] = value === null ? '' : String(value);
  };
  version.holders.forEach(({ idType, idNumber, name }, index) => {
    put(`holders.${index}`, { id_type: idType, id_number: idNumber, name });
  });
  put('data', version.data);
  return values;
}

/** Faults of a draft beside the controls they belong to. */
export const toFieldFaults = (faults: readonly InputFault[]): FieldFault[] =>
  faults.map(({ pointer, detail, text }) => ({
    field: pointer.slice(1).replaceAll('/', '.'),
    text: text ?? inBoth(detail),
  }));
