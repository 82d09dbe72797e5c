import {
  type Bilingual,
  dayAt,
  identifierTypes,
  isRealDay,
  maskIdentifier,
  maskIdNumber,
  maskIdNumbersIn,
  maskNameOf,
  parseIdNumber,
  shortMask,
} from '../core/index.ts';
import { type LicenceType, statusTexts } from '../licences/index.ts';
import type { Subject } from './case.ts';
import type { Conclusion } from './check.ts';
import { type commonFields, type FactRule, factName } from './service-item.ts';

/** JSON that a fact may be. */
export type FactValue = string | number | boolean | null | FactValue[] | { [name: string]: FactValue };

/** One thing that the verifier learns. */
export interface Fact {
  name: string;
  title: Bilingual;
  /** Null where the licence does not say it. */
  value: FactValue;
  /** For people, where the value is a code, is in Chinese whoever reads it, or means something by being null. */
  words?: Bilingual | undefined;
}

type CommonField = (typeof commonFields)[number];

const separator = '、';

const titles: Record<CommonField, Bilingual> = {
  number: { zh: '证照编号', en: 'Licence number' },
  identifier: { zh: '证照标识', en: 'Licence identifier' },
  type_name: { zh: '证照名称', en: 'Type of licence' },
  holder_name: { zh: '持证人', en: 'Holder' },
  holder_id_type: { zh: '持证人证件类型', en: 'Holder’s identifier type' },
  holder_number: { zh: '持证人证件号码', en: 'Holder’s identifier' },
  issuer_code: { zh: '颁发机构代码', en: 'Code of the issuing authority' },
  issuer_name: { zh: '颁发机构', en: 'Issuing authority' },
  issued_on: { zh: '颁发日期', en: 'Date of issue' },
  valid_from: { zh: '有效期起', en: 'Valid from' },
  valid_until: { zh: '有效期至', en: 'Valid until' },
  status: { zh: '状态', en: 'Status' },
  area_code: { zh: '行政区划代码', en: 'Area code' },
};

const all = (values: readonly string[]): string => values.join(separator);

const common: Record<CommonField, (subject: Subject) => FactValue> = {
  number: ({ licence }) => licence.number,
  identifier: ({ version }) => version.identifier,
  type_name: ({ type, licence }) => type?.name.zh ?? licence.typeCode,
  holder_name: ({ version }) => all(version.holders.map(({ name }) => name)),
  holder_id_type: ({ version }) => all(version.holders.map(({ idType }) => idType)),
  holder_number: ({ version }) => all(version.holders.map(({ idNumber }) => idNumber)),
  issuer_code: ({ licence }) => licence.issuerCode,
  issuer_name: ({ issuers }) => issuers[0]?.name.zh ?? null,
  issued_on: ({ version }) => version.issuedOn,
  valid_from: ({ version }) => version.validFrom,
  valid_until: ({ version }) => version.validUntil,
  status: ({ state }) => state?.status ?? null,
  area_code: ({ version }) => version.areaCode ?? null,
};

function fieldOf(field: string, subject: Subject): FactValue {
  if (!field.startsWith('data.')) return common[field as CommonField](subject);
  return (subject.version.data[field.slice('data.'.length)] as FactValue | undefined) ?? null;
}

function maskedOf(field: string, subject: Subject): FactValue {
  const { holders } = subject.version;
  if (field === 'holder_name')
    return all(
      holders.map(({ idType, idNumber, name }) => maskNameOf({ type: idType, number: idNumber }, name)),
    );
  if (field === 'holder_number')
    return all(holders.map(({ idType, idNumber }) => maskIdentifier({ type: idType, number: idNumber })));
  const value = fieldOf(field, subject);
  return value === null ? null : maskIdNumber(String(value));
}

/** Date of birth: a field, or what the holder's ID number says. */
function bornOn(field: string | undefined, subject: Subject, at: number): string | undefined {
  if (field !== undefined) {
    const value = fieldOf(field, subject);
    return typeof value === 'string' && isRealDay(value) ? value : undefined;
  }
  const holder = subject.version.holders.find(({ idType }) => idType === '111');
  const parsed = holder && parseIdNumber(holder.idNumber, { now: at });
  return parsed?.ok ? parsed.value.birthDate : undefined;
}

/** Full years from a day to another, both YYYY-MM-DD. A birthday on 29 February comes on 1 March in other years. */
function yearsBetween(from: string, to: string): number {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  return to.slice(5) < from.slice(5) ? years - 1 : years;
}

/** Numbers by size, texts (dates above all) by their characters; undefined for anything else. */
function compare(left: FactValue, right: FactValue): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left !== 'string' || typeof right !== 'string') return undefined;
  return left < right ? -1 : Number(left > right);
}

/** An unknown value answers null, never false: that something is not said is no answer to whether it is so. */
function decide(rule: FactRule, subject: Subject, { at, conclusion }: Judged): FactValue {
  if (!('predicate' in rule))
    return rule.masked ? maskedOf(rule.field, subject) : fieldOf(rule.field, subject);
  if (rule.predicate === 'valid_on_day') return conclusion === 'cannot_tell' ? null : conclusion === 'valid';
  if (rule.predicate === 'older_than') {
    const birth = bornOn(rule.field, subject, at);
    return birth === undefined ? null : yearsBetween(birth, dayAt(at)) >= rule.years;
  }
  const value = fieldOf(rule.field, subject);
  if (value === null) return null;
  if (rule.predicate === 'equals') return value === rule.value;
  if (rule.predicate === 'one_of') return (rule.values as readonly FactValue[]).includes(value);
  if (rule.predicate === 'contains')
    return Array.isArray(value) ? value.includes(rule.value) : String(value).includes(String(rule.value));
  const order = compare(value, rule.value);
  if (order === undefined) return null;
  return rule.predicate === 'at_least' ? order >= 0 : order <= 0;
}

/** When and how the licence was judged. */
interface Judged {
  at: number;
  conclusion: Conclusion;
}

/** What a rule is called: its own title, that of the field, or that of the type's field. */
export function titleOf(rule: FactRule, type: LicenceType | undefined): Bilingual {
  if (rule.title) return rule.title;
  if ('predicate' in rule && rule.predicate === 'valid_on_day')
    return { zh: '当日是否有效', en: 'Valid on that day' };
  if ('predicate' in rule && rule.predicate === 'older_than')
    return { zh: `是否年满 ${rule.years} 周岁`, en: `${rule.years} years old or older` };
  const field = 'field' in rule && rule.field ? rule.field : '';
  if (!field.startsWith('data.')) return titles[field as CommonField];
  const name = field.slice('data.'.length);
  const properties = (type?.fields.properties ?? {}) as Record<string, Record<string, unknown>>;
  const { title = name, 'x-title-en': english = title } = properties[name] ?? {};
  return { zh: String(title), en: String(english) };
}

const unanswered: Bilingual = { zh: '无法判断', en: 'Cannot tell' };
const endless: Bilingual = { zh: '长期', en: 'No end' };

const wordsOfField: Partial<Record<string, (subject: Subject) => Bilingual | undefined>> = {
  type_name: ({ type }) => type?.name,
  issuer_name: ({ issuers }) => issuers[0]?.name,
  status: ({ state }) => state && { zh: statusTexts[state.status].zh, en: statusTexts[state.status].en },
  valid_until: ({ version }) => (version.validUntil === null ? endless : undefined),
  holder_id_type({ version: { holders } }) {
    const names = holders.map(({ idType }) => identifierTypes[idType]);
    return { zh: all(names.map(({ zh }) => zh)), en: names.map(({ en }) => en).join(', ') };
  },
};

function wordsOf(rule: FactRule, value: FactValue, subject: Subject): Bilingual | undefined {
  if ('predicate' in rule) return value === null ? unanswered : undefined;
  return rule.masked ? undefined : wordsOfField[rule.field]?.(subject);
}

/** What the service item learns of a licence, by its rules and nothing beyond them. */
export const learnFacts = (rules: readonly FactRule[], subject: Subject, judged: Judged): Fact[] =>
  rules.map((rule) => {
    const value = decide(rule, subject, judged);
    const words = wordsOf(rule, value, subject);
    return { name: factName(rule), title: titleOf(rule, subject.type), value, ...(words && { words }) };
  });

const nameless: ReadonlySet<string> = new Set(['number', 'identifier', 'holder_name', 'holder_number']);

function veil(value: FactValue): FactValue {
  if (typeof value === 'string') return shortMask(maskIdNumbersIn(value));
  if (Array.isArray(value)) return value.map(veil);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, veil(one)]));
}

/**
 * What holders read of a fact before they agree to it: answered as the verifier would get it, but who they are is masked as
 * on their other pages. Undefined for what only the checks of a verification can answer.
 */
export function previewFact(rule: FactRule, subject: Subject, at: number): Fact | undefined {
  if ('predicate' in rule && rule.predicate === 'valid_on_day') return undefined;
  const isVeiled = !('predicate' in rule) && nameless.has(rule.field);
  const shown = isVeiled ? { ...rule, masked: true } : rule;
  const [fact] = learnFacts([shown], subject, { at, conclusion: 'cannot_tell' });
  return fact && { ...fact, value: veil(fact.value) };
}
