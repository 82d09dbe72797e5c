import {
  type Bilingual,
  identifierReasonTexts,
  isIdentifierType,
  isPlainLine,
  parseCreditCode,
  parseIdentifier,
  parseIdNumber,
  parsePhoneNumber,
  parseSocialSecurityCardNumber,
} from '../core/index.ts';
import type { FieldFault } from './port.ts';

/** A field that was read, or what is wrong with it. */
export type Read<T> = { ok: true; value: T } | { ok: false; fault: FieldFault };

/** Documents by which a person can register; the residence permits of Hong Kong, Macau and Taiwan residents carry a 111. */
export const registrableTypes = ['111', '553'] as const;

const nameTexts = {
  empty: { zh: '请填写姓名。', en: 'Enter the name.' },
  length: { zh: '姓名过长，请核对后重新填写。', en: 'The name is too long. Check it.' },
  characters: {
    zh: '姓名中有不应出现的字符，请按证件填写。',
    en: 'Enter the name as it is on the document.',
  },
} satisfies Record<string, Bilingual>;

const fault = (field: string, code: string, text: Bilingual): { ok: false; fault: FieldFault } => ({
  ok: false,
  fault: { field, code, text },
});

/** Reads a person's name as on the document; the dot of minority and foreign names is written in one way. */
export function readName(text: string): Read<string> {
  const name = text
    .normalize('NFKC')
    .replace(/[•・･‧∙]/g, '·')
    .replace(/\s+/g, ' ')
    .trim();
  if (name === '') return fault('name', 'empty', nameTexts.empty);
  if ([...name].length > 60) return fault('name', 'length', nameTexts.length);
  if (!/^[\p{L}\p{M} .·'-]+$/u.test(name)) return fault('name', 'characters', nameTexts.characters);
  return { ok: true, value: name };
}

/** Reads the number of a document by which people register. */
export function readIdNumber(type: string, text: string, now: number): Read<{ type: string; value: string }> {
  if (!isIdentifierType(type) || !(registrableTypes as readonly string[]).includes(type))
    return fault('idType', 'unknown', { zh: '请选择证件类型。', en: 'Choose the kind of document.' });
  const parsed = parseIdentifier(type, text, { now });
  if (!parsed.ok) return fault('idNumber', parsed.reason, identifierReasonTexts[parsed.reason]);
  return { ok: true, value: { type, value: parsed.value.number } };
}

/** Reads a mobile number as E.164. */
export function readPhone(text: string): Read<string> {
  const parsed = parsePhoneNumber(text);
  return parsed.ok
    ? { ok: true, value: parsed.value.number }
    : fault('phoneNumber', parsed.reason, identifierReasonTexts[parsed.reason]);
}

/** Reads a unified social credit code. */
export function readCreditCode(text: string): Read<string> {
  // A failed check is no refusal: pilot codes are legal and fail it, and the register is asked in any case.
  const parsed = parseCreditCode(text);
  return parsed.ok
    ? { ok: true, value: parsed.value.number }
    : fault('creditCode', parsed.reason, identifierReasonTexts[parsed.reason]);
}

/** Reads the number of a social security card. */
export function readCard(text: string): Read<string> {
  const parsed = parseSocialSecurityCardNumber(text);
  return parsed.ok
    ? { ok: true, value: parsed.value.number }
    : fault('cardNumber', parsed.reason, identifierReasonTexts[parsed.reason]);
}

/** Reads the name that a person gives a passkey. */
export function readLabel(text: string): Read<string> {
  const label = text.normalize('NFKC').replace(/\s+/g, ' ').trim();
  if (label === '' || [...label].length > 40 || !isPlainLine(label))
    return fault('name', 'length', {
      zh: '请用 1 至 40 个字为通行密钥命名。',
      en: 'Name the passkey in 1 to 40 characters.',
    });
  return { ok: true, value: label };
}

/**
 * Reads what a person typed to say who they are: a phone number or the number of a document. Not guessing in the dangerous
 * sense: the shapes do not overlap, since an ID number has 15 or 18 characters and a mobile number 11.
 */
export function readLoginIdentifier(text: string, now: number): { type: string; value: string } | undefined {
  const phone = parsePhoneNumber(text);
  if (phone.ok) return { type: 'MOBILE', value: phone.value.number };
  const citizen = parseIdNumber(text, { now });
  if (citizen.ok) return { type: '111', value: citizen.value.number };
  const foreigner = parseIdentifier('553', text, { now });
  return foreigner.ok ? { type: '553', value: foreigner.value.number } : undefined;
}

/** The faults among some readings, in order. */
export function faultsOf(...readings: readonly Read<unknown>[]): FieldFault[] {
  return readings.flatMap((one) => (one.ok ? [] : [one.fault]));
}
