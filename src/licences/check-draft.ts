import { addMonths, dayAt, type InputFault, isPlainText, isRealDay, provinces } from '../core/index.ts';
import { holderFaults } from './check-holders.ts';
import type { LicenceDraft, VersionDraft } from './draft.ts';
import { faultAt, missingAt, notPlain } from './faults.ts';
import type { FieldCheck } from './fields.ts';
import type { Holder, LicenceType } from './port.ts';

/** What the days of a version are called. */
export const dayNames = {
  issued_on: { zh: '颁发日期', en: 'Day of issue' },
  valid_from: { zh: '有效期起', en: 'Valid from' },
  valid_until: { zh: '有效期止', en: 'Valid until' },
} as const;

function dayFaults(name: keyof typeof dayNames, day: string): InputFault[] {
  if (isRealDay(day)) return [];
  const { zh, en } = dayNames[name];
  if (day === '') return [missingAt(`/${name}`, dayNames[name])];
  return [
    faultAt(
      `/${name}`,
      'not-a-date',
      `${zh}不是真实的日期，请按“2024-03-05”的样式填写年、月、日。`,
      `${en} is no real date. Write year, month and day as in 2024-03-05.`,
    ),
  ];
}

function endFaults({ validFrom, validUntil }: VersionDraft, { validity }: LicenceType): InputFault[] {
  if (validUntil === null) return validity.rule === 'months' ? dayFaults('valid_until', '') : [];
  if (validity.rule === 'none')
    return [
      {
        ...faultAt(
          '/valid_until',
          'has-no-end',
          '该类证照长期有效，请勿填写有效期止。',
          'Licences of this type have no end of validity. Leave the day empty.',
        ),
        detail: 'This type has no end of validity; send null.',
      },
    ];
  const faults = dayFaults('valid_until', validUntil);
  if (faults.length > 0 || !isRealDay(validFrom)) return faults;
  if (validUntil < validFrom)
    faults.push(
      faultAt(
        '/valid_until',
        'before-start',
        '有效期止早于有效期起。',
        'The last day of validity lies before the first.',
      ),
    );
  if (validity.rule === 'months' && validUntil > addMonths(validFrom, validity.months))
    faults.push(
      faultAt(
        '/valid_until',
        'too-late',
        `该类证照的有效期最长 ${validity.months} 个月。`,
        `Licences of this type are valid for at most ${validity.months} months.`,
      ),
    );
  return faults;
}

function dateFaults(draft: VersionDraft, type: LicenceType, now: number): InputFault[] {
  const { issuedOn, validFrom } = draft;
  const faults = dayFaults('issued_on', issuedOn);
  if (faults.length === 0 && issuedOn > dayAt(now))
    faults.push(
      faultAt(
        '/issued_on',
        'in-future',
        '颁发日期不能晚于今天。',
        'The day of issue cannot lie in the future.',
      ),
    );
  return [...faults, ...dayFaults('valid_from', validFrom), ...endFaults(draft, type)];
}

function numberFaults(number: string | undefined, { number: rule }: LicenceType): InputFault[] {
  if (rule.rule === 'issued')
    return number === undefined
      ? []
      : [
          faultAt(
            '/number',
            'is-issued',
            '该类证照的编号由证照库生成，请勿填写。',
            'The library makes the numbers of this type. Leave it out.',
          ),
        ];
  if (number && number.length <= 128 && new RegExp(`^(?:${rule.pattern})$`, 'u').test(number)) return [];
  if (!number)
    return [
      faultAt(
        '/number',
        'missing',
        `请填写证照编号，例如 ${rule.example}。`,
        `The number is missing. It looks like ${rule.example}.`,
      ),
    ];
  return [
    faultAt(
      '/number',
      'wrong-form',
      `证照编号应符合该类型的编号规则，例如 ${rule.example}。`,
      `The number has to follow the rule of this type, as ${rule.example} does.`,
    ),
  ];
}

function areaFaults(areaCode: string | undefined): InputFault[] {
  if (areaCode === undefined || (/^\d{6}$/.test(areaCode) && provinces.has(areaCode.slice(0, 2)))) return [];
  return [
    faultAt(
      '/area_code',
      'area',
      '行政区划代码应为六位，且开头两位是有效的省级代码。',
      'An area code has six digits and begins with that of a province.',
    ),
  ];
}

/** Texts within data, at whichever depth the fields of a type allow. */
function textFaults(value: unknown, at: string): InputFault[] {
  if (typeof value === 'string') return isPlainText(value) ? [] : [notPlain(at)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => textFaults(member, `${at}/${name}`));
}

/** Checks what a version says against its type; `holders` in normalised form. */
export function checkVersion(
  draft: VersionDraft,
  context: { type: LicenceType; now: number; checkFields: FieldCheck },
): { holders: Holder[]; faults: InputFault[] } {
  const { type, now, checkFields } = context;
  const inFields = checkFields(draft.data);
  const { holders, faults } = holderFaults(draft, type, now);
  return {
    holders,
    faults: [
      ...faults,
      ...dateFaults(draft, type, now),
      ...areaFaults(draft.areaCode),
      // Only fields of the type: names of others are as long and as many as somebody likes.
      ...(inFields.length > 0 ? inFields : textFaults(draft.data, '/data')),
      ...textFaults(draft.caseNumber, '/case_number'),
    ],
  };
}

/** Checks everything of a new licence at once. */
export function checkDraft(
  draft: LicenceDraft,
  context: { type: LicenceType; now: number; checkFields: FieldCheck },
): { holders: Holder[]; faults: InputFault[] } {
  const { holders, faults } = checkVersion(draft, context);
  return { holders, faults: [...faults, ...numberFaults(draft.number, context.type)] };
}
