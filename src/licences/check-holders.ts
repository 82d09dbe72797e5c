import {
  type IdentifierReason,
  type IdentifierType,
  type InputFault,
  identifierReasonTexts,
  parseIdentifier,
  parseIdNumber,
} from '../core/index.ts';
import type { HolderDraft, VersionDraft } from './draft.ts';
import { faultAt, missingAt } from './faults.ts';
import type { Holder, LicenceType } from './port.ts';

/** By which identifiers holders are named, the usual ones first. */
export const holderTypes: Readonly<Record<LicenceType['holderKind'], readonly IdentifierType[]>> = {
  resident: ['111', '553', '516', '511', '414'],
  organisation: ['001'],
  both: ['111', '001', '553', '516', '511', '414'],
};

/** What the members of a holder are called. */
export const holderNames = {
  name: { zh: '姓名或名称', en: 'Name' },
  id_type: { zh: '证件类型', en: 'Kind of number' },
  id_number: { zh: '证件号码', en: 'Number' },
} as const;

function nameFaults(name: string, at: string): InputFault[] {
  if (name === '') return [missingAt(at, holderNames.name)];
  if (/^[^\p{C}]{1,100}$/u.test(name)) return [];
  return [
    faultAt(at, 'name', '姓名或名称应为 1 至 100 个可见字符。', 'The name has 1 to 100 visible characters.'),
  ];
}

function kindFaults(idType: HolderDraft['idType'], type: LicenceType, at: string): InputFault[] {
  if (idType === '') return [faultAt(at, 'missing', '请选择证件类型。', 'Choose the kind of number.')];
  if (holderTypes[type.holderKind].includes(idType)) return [];
  return [
    faultAt(
      at,
      'wrong-holder',
      '该类证照不能颁发给持有这种证件的人或单位。',
      'Licences of this type are not issued to holders with this kind of document.',
    ),
  ];
}

/** A number in its normalised form, or the fault that it has. */
function readNumber(
  { idType, idNumber }: HolderDraft,
  at: string,
  now: number,
): { number?: string; faults: InputFault[] } {
  if (idNumber.trim() === '') return { faults: [missingAt(at, holderNames.id_number)] };
  // What a number has to look like depends on its kind, which is missing.
  if (idType === '') return { faults: [] };
  const fault = (reason: IdentifierReason): InputFault => {
    const { zh, en } = identifierReasonTexts[reason];
    return faultAt(at, reason, zh, en);
  };
  const parsed = parseIdentifier(idType, idNumber, { now });
  if (!parsed.ok) return { faults: [fault(parsed.reason)] };
  const isDoubtful = parsed.warning && !isPilotCode(idType, parsed.value);
  return { number: parsed.value.number, faults: isDoubtful ? [fault('check')] : [] };
}

/** A holder in normalised form where it can be told who that is, and the faults of what was said. */
function readHolder(
  draft: HolderDraft,
  { type, at, now }: { type: LicenceType; at: string; now: number },
): { holder?: Holder; faults: InputFault[] } {
  const { idType } = draft;
  const name = draft.name.trim();
  const { number, faults } = readNumber(draft, `${at}/id_number`, now);
  return {
    ...(idType !== '' && number !== undefined && { holder: { idType, idNumber: number, name } }),
    faults: [...nameFaults(name, `${at}/name`), ...kindFaults(idType, type, `${at}/id_type`), ...faults],
  };
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

function countFaults(count: number, { holders: { min, max } }: LicenceType): InputFault[] {
  if (count >= min && count <= max) return [];
  const zh = min === max ? `该类证照应有 ${min} 位持证人。` : `该类证照应有 ${min} 至 ${max} 位持证人。`;
  const en =
    min === max
      ? `Licences of this type have ${min} holder(s).`
      : `Licences of this type have ${min} to ${max} holders.`;
  return [faultAt('/holders', 'holder-count', zh, en)];
}

/** Checks the holders of a version, and what its data says of them; `holders` are those that it can be told of who they are. */
export function holderFaults(
  draft: VersionDraft,
  type: LicenceType,
  now: number,
): { holders: Holder[]; faults: InputFault[] } {
  const read = draft.holders.map((holder, index) =>
    readHolder(holder, { type, at: `/holders/${index}`, now }),
  );
  const faults = [...countFaults(read.length, type), ...read.flatMap((one) => one.faults)];
  const keys = read.map(({ holder }) => holder && `${holder.idType}|${holder.idNumber}`);
  keys.forEach((key, index) => {
    if (key !== undefined && keys.indexOf(key) !== index)
      faults.push(
        faultAt(
          `/holders/${index}/id_number`,
          'repeated',
          '同一持证人填写了两次。',
          'The same holder is named twice.',
        ),
      );
  });
  const rows = Array.isArray(draft.data.holders) ? (draft.data.holders as Record<string, unknown>[]) : [];
  read.forEach(({ holder }, index) => {
    if (holder) faults.push(...compareWithNumber(holder, rows[index] ?? {}, `/data/holders/${index}`, now));
  });
  const first = read[0]?.holder;
  if (first && type.holders.max === 1) faults.push(...compareWithNumber(first, draft.data, '/data', now));
  return { holders: read.flatMap(({ holder }) => holder ?? []), faults };
}
