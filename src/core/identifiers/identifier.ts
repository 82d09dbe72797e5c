import type { Bilingual } from '../problem.ts';
import { parseCreditCode } from './credit-code.ts';
import { parseIdNumber } from './id-number.ts';
import { parseOrganisationCode } from './organisation-code.ts';
import type { Parsed } from './parsed.ts';
import { parsePermanentResidenceCard } from './permanent-residence-card.ts';
import { parsePhoneNumber } from './phone-number.ts';
import { parseRegistrationNumber } from './registration-number.ts';
import {
  parseForeignSocialSecurityNumber,
  parseSocialSecurityCardNumber,
  parseSocialSecurityNumber,
} from './social-security.ts';
import { parseTravelDocument } from './travel-document.ts';

/**
 * The types of identifiers, always stated and never guessed: an all-digit credit code that begins with 9 has the shape of a
 * residence card, and a 15-digit registration number that of an old ID number. Three digits are the national codes of
 * documents (GB/T 36903 annex A, as in GA/T 517); words are ours.
 */
export const identifierTypes = {
  '111': { zh: '公民身份号码', en: 'Citizen ID number' },
  '001': { zh: '统一社会信用代码', en: 'Unified social credit code' },
  '414': { zh: '普通护照', en: 'Ordinary passport' },
  '511': { zh: '台湾居民来往大陆通行证', en: 'Mainland travel permit for Taiwan residents' },
  '516': { zh: '港澳居民来往内地通行证', en: 'Mainland travel permit for Hong Kong and Macau residents' },
  '553': { zh: '外国人永久居留身份证', en: 'Foreign permanent resident ID card' },
  MOBILE: { zh: '手机号码', en: 'Mobile number' },
  SSN: { zh: '社会保障号码', en: 'Social security number' },
  SSN_FOREIGN: { zh: '外国人社会保障号码', en: 'Social security number of a foreigner' },
  SS_CARD: { zh: '社会保障卡卡号', en: 'Social security card number' },
  ORG_CODE: { zh: '组织机构代码', en: 'Organisation code' },
  REGISTRATION_NUMBER: { zh: '工商注册号', en: 'Business registration number' },
} as const satisfies Record<string, Bilingual>;

/** Code of a type of identifier. */
export type IdentifierType = keyof typeof identifierTypes;

/** An identifier in the form in which it is stored and compared. */
export interface Identifier {
  type: IdentifierType;
  number: string;
}

/** Every reason why a text is not an identifier of the stated type. */
export type IdentifierReason =
  | 'empty'
  | 'length'
  | 'characters'
  | 'other-document'
  | 'province'
  | 'area'
  | 'date'
  | 'future-date'
  | 'check'
  | 'country'
  | 'not-mobile';

/** True for a code that names a type of identifier. */
export function isIdentifierType(code: string): code is IdentifierType {
  return Object.hasOwn(identifierTypes, code);
}

/** Reads an identifier of a type that the caller states. `now` in milliseconds since the epoch. */
export function parseIdentifier(
  type: IdentifierType,
  text: string,
  options: { now: number },
): Parsed<Identifier, IdentifierReason, 'check-failed'> {
  switch (type) {
    case '111':
      return parseIdNumber(text, options);
    case '001':
      return parseCreditCode(text);
    case '414':
    case '511':
    case '516':
      return parseTravelDocument(type, text);
    case '553':
      return parsePermanentResidenceCard(text, options);
    case 'MOBILE':
      return parsePhoneNumber(text);
    case 'SSN':
      return parseSocialSecurityNumber(text, options);
    case 'SSN_FOREIGN':
      return parseForeignSocialSecurityNumber(text);
    case 'SS_CARD':
      return parseSocialSecurityCardNumber(text);
    case 'ORG_CODE':
      return parseOrganisationCode(text);
    case 'REGISTRATION_NUMBER':
      return parseRegistrationNumber(text);
  }
}

/** What a person can do about each reason, to be shown beside the field. */
export const identifierReasonTexts: Readonly<Record<IdentifierReason, Bilingual>> = {
  empty: { zh: '请填写号码。', en: 'Enter the number.' },
  length: {
    zh: '位数不对，请核对后重新填写。',
    en: 'The number has too few or too many characters. Check it.',
  },
  characters: {
    zh: '号码中有不应出现的字符，请核对后重新填写。',
    en: 'The number holds characters that it cannot have. Check it.',
  },
  'other-document': {
    zh: '这个号码属于另一种证件，请选择对应的证件类型。',
    en: 'This number belongs to another kind of document. Choose that kind.',
  },
  province: {
    zh: '开头两位不是有效的地区代码，请核对后重新填写。',
    en: 'The first digits are not the code of a province. Check them.',
  },
  area: {
    zh: '号码中的登记地区代码无效，请核对后重新填写。',
    en: 'The area code in the number is not one of a province. Check it.',
  },
  date: {
    zh: '号码中的出生日期不存在，请核对后重新填写。',
    en: 'The date of birth in the number does not exist. Check it.',
  },
  'future-date': {
    zh: '号码中的出生日期晚于今天，请核对后重新填写。',
    en: 'The date of birth in the number lies in the future. Check it.',
  },
  check: {
    zh: '号码校验不通过，可能有一位填错，请核对后重新填写。',
    en: 'The check character does not fit, so a character is probably wrong. Check the number.',
  },
  country: {
    zh: '目前只支持中国内地的手机号码。',
    en: 'Only mobile numbers of mainland China can be used.',
  },
  'not-mobile': {
    zh: '这不是手机号码，请填写 11 位手机号码。',
    en: 'This is not a mobile number. Enter the 11 digits of a mobile number.',
  },
};
