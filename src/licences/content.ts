import type { LicenceContent } from '../drawing/index.ts';
import type { Holder, Licence, LicenceVersion } from './port.ts';

type Value = string | null;
type Row = Readonly<Record<string, Value>>;

/** A value of a field as it is printed. */
function printed(value: unknown): Value {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? '是' : '否';
  return String(value);
}

const isRow = (item: unknown): item is Record<string, unknown> => typeof item === 'object' && item !== null;

const printedRow = (row: Record<string, unknown>): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, printed(value)]));

/** Identifiers of the first holder under the names that templates know. */
function holderValues({ idType, idNumber, name }: Holder): Row {
  if (idType === '001') return { name, credit_code: idNumber };
  return { name, id_number: idNumber, ...(idType === '111' && { social_security_number: idNumber }) };
}

/**
 * What a version's template is filled with: its fields, lists of rows as lists, lists of words joined, and what every licence has.
 * Rows called `holders` complete the holders, in the same order.
 */
export function contentOf(
  licence: Pick<Licence, 'number'>,
  version: Omit<LicenceVersion, 'hash' | 'file'>,
  {
    issuers,
    statusUrl,
    picture,
    specimen,
  }: {
    issuers: readonly string[];
    statusUrl: string;
    picture?: Uint8Array | undefined;
    specimen?: string;
  },
): LicenceContent {
  const values: Record<string, Value> = {};
  const lists: Record<string, readonly Row[]> = {};
  for (const [name, value] of Object.entries(version.data)) {
    if (!Array.isArray(value)) values[name] = printed(value);
    else if (value.every(isRow)) lists[name] = value.map(printedRow);
    else values[name] = value.map(printed).join('、');
  }
  const [first] = version.holders;
  return {
    values: {
      ...values,
      ...(first && holderValues(first)),
      number: licence.number,
      identifier: version.identifier,
      issued_on: version.issuedOn,
      valid_from: version.validFrom,
      valid_until: version.validUntil,
      issuing_authority: issuers.join('、'),
    },
    lists: {
      ...lists,
      holders: version.holders.map(({ name, idNumber }, index) => ({
        ...lists.holders?.[index],
        name,
        id_number: idNumber,
      })),
    },
    statusUrl,
    ...(picture && { picture }),
    ...(specimen && { specimen }),
  };
}
