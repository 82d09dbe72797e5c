import {
  addMonths,
  dayAt,
  type IdentifierType,
  type InputFault,
  identifierReasonTexts,
  isPlainText,
  isRealDay,
  parseIdentifier,
  parseIdNumber,
  provinces,
} from '../core/index.ts';
import type { LicenceDraft, VersionDraft } from './draft.ts';
import type { FieldCheck } from './fields.ts';
import type { Holder, LicenceType } from './port.ts';

/** One fault of a draft. */
export const faultAt = (pointer: string, code: string, zh: string, en: string): InputFault => ({
  pointer,
  code,
  detail: en,
  text: { zh, en },
});

/** By which identifiers holders are named, the usual ones first. */
export const holderTypes: Readonly<Record<LicenceType['holderKind'], readonly IdentifierType[]>> = {
  resident: ['111', '553', '516', '511', '414'],
  organisation: ['001'],
  both: ['111', '001', '553', '516', '511', '414'],
};

/** A number in its normalised form, or the fault that it has. */
function readHolder(
  holder: VersionDraft['holders'][number],
  { type, at, now }: { type: LicenceType; at: string; now: number },
): { holder: Holder; faults: InputFault[] } {
  const faults: InputFault[] = [];
  const name = holder.name.trim();
  if (!/^[^\p{C}]{1,100}$/u.test(name))
    faults.push(
      faultAt(
        `${at}/name`,
        'name',
        '姓名或名称应为 1 至 100 个可见字符。',
        'The name has 1 to 100 visible characters.',
      ),
    );
  if (!holderTypes[type.holderKind].includes(holder.idType))
    faults.push(
      faultAt(
        `${at}/id_type`,
        'wrong-holder',
        '该类证照不能颁发给持有这种证件的人或单位。',
        'Licences of this type are not issued to holders with this kind of document.',
      ),
    );
  const parsed = parseIdentifier(holder.idType, holder.idNumber, { now });
  if (!parsed.ok) {
    const { zh, en } = identifierReasonTexts[parsed.reason];
    faults.push(faultAt(`${at}/id_number`, parsed.reason, zh, en));
    return { holder: { ...holder, name }, faults };
  }
  if (parsed.warning && !isPilotCode(holder.idType, parsed.value)) {
    const { zh, en } = identifierReasonTexts.check;
    faults.push(faultAt(`${at}/id_number`, 'check', zh, en));
  }
  return { holder: { idType: holder.idType, idNumber: parsed.value.number, name }, faults };
}

/** Credit codes of the pilot of 2015 are legal although their check fails: all hold a right organisation code M000.... */
const isPilotCode = (idType: string, value: object): boolean =>
  idType === '001' &&
  'organisationCode' in value &&
  /^M000/.test(String(value.organisationCode)) &&
  (value as { isOrganisationCodeRight?: boolean }).isOrganisationCodeRight === true;

const sexes: Readonly<Record<string, string>> = { male: '男', female: '女' };
const said = { sex: { zh: '性别', en: 'Sex' }, born_on: { zh: '出生日期', en: 'Date of birth' } };

/** Sex and date of birth are in an ID number: what differs from it is a mistake in one of them. */
function compareWithNumber(
  holder: Holder,
  row: Readonly<Record<string, unknown>>,
  at: string,
  now: number,
): InputFault[] {
  const parsed = holder.idType === '111' ? parseIdNumber(holder.idNumber, { now }) : undefined;
  if (!parsed?.ok) return [];
  const facts = { sex: sexes[parsed.value.sex], born_on: parsed.value.birthDate };
  return (['sex', 'born_on'] as const)
    .filter((name) => row[name] !== undefined && row[name] !== facts[name])
    .map((name) =>
      faultAt(
        `${at}/${name}`,
        'differs-from-id-number',
        `${said[name].zh}与公民身份号码不一致，请核对两处。`,
        `${said[name].en} differs from the ID number. Check both.`,
      ),
    );
}

function holderFaults(draft: VersionDraft, type: LicenceType, now: number) {
  const faults: InputFault[] = [];
  const { min, max } = type.holders;
  if (draft.holders.length < min || draft.holders.length > max)
    faults.push(
      faultAt(
        '/holders',
        'holder-count',
        min === max ? `该类证照应有 ${min} 位持证人。` : `该类证照应有 ${min} 至 ${max} 位持证人。`,
        min === max
          ? `Licences of this type have ${min} holder(s).`
          : `Licences of this type have ${min} to ${max} holders.`,
      ),
    );
  const read = draft.holders.map((holder, index) =>
    readHolder(holder, { type, at: `/holders/${index}`, now }),
  );
  const holders = read.map(({ holder }) => holder);
  faults.push(...read.flatMap((one) => one.faults));
  const keys = holders.map(({ idType, idNumber }) => `${idType}|${idNumber}`);
  keys.forEach((key, index) => {
    if (keys.indexOf(key) !== index)
      faults.push(
        faultAt(`/holders/${index}`, 'repeated', '同一持证人填写了两次。', 'The same holder is named twice.'),
      );
  });
  const rows = Array.isArray(draft.data.holders) ? (draft.data.holders as Record<string, unknown>[]) : [];
  holders.forEach((holder, index) => {
    faults.push(...compareWithNumber(holder, rows[index] ?? {}, `/data/holders/${index}`, now));
  });
  const [first] = holders;
  if (first && type.holders.max === 1) faults.push(...compareWithNumber(first, draft.data, '/data', now));
  return { holders, faults };
}

function dateFaults(draft: VersionDraft, type: LicenceType, now: number): InputFault[] {
  const { issuedOn, validFrom, validUntil } = draft;
  const days = {
    issued_on: issuedOn,
    valid_from: validFrom,
    ...(validUntil !== null && { valid_until: validUntil }),
  };
  const unreal = Object.entries(days)
    .filter(([, day]) => !isRealDay(day))
    .map(([name]) =>
      faultAt(
        `/${name}`,
        'not-a-date',
        '不是真实的日期，应写成 YYYY-MM-DD。',
        'This is no real date; write YYYY-MM-DD.',
      ),
    );
  if (unreal.length > 0) return unreal;
  const faults: InputFault[] = [];
  if (issuedOn > dayAt(now))
    faults.push(
      faultAt(
        '/issued_on',
        'in-future',
        '颁发日期不能晚于今天。',
        'The day of issue cannot lie in the future.',
      ),
    );
  if (validUntil !== null && validUntil < validFrom)
    faults.push(
      faultAt(
        '/valid_until',
        'before-start',
        '有效期止早于有效期起。',
        'The last day of validity lies before the first.',
      ),
    );
  const { validity } = type;
  if (validity.rule === 'none' && validUntil !== null)
    faults.push(
      faultAt(
        '/valid_until',
        'has-no-end',
        '该类证照长期有效，应填 null。',
        'This type has no end of validity; send null.',
      ),
    );
  if (
    validity.rule === 'months' &&
    (validUntil === null || validUntil > addMonths(validFrom, validity.months))
  )
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
  if (number !== undefined && number.length <= 128 && new RegExp(`^(?:${rule.pattern})$`, 'u').test(number))
    return [];
  return [
    faultAt(
      '/number',
      number === undefined ? 'missing' : 'wrong-form',
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

/** Said of text that shows as something else than it is. */
export const notPlain = (pointer: string): InputFault =>
  faultAt(
    pointer,
    'characters',
    '含有控制字符或改变文字方向的字符，请删除后重新填写。',
    'It holds control characters, or ones that turn the direction of text. Take them out.',
  );

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
