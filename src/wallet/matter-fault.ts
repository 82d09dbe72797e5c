import { asSeen, type Bilingual, isPlainLine, parseIdNumber } from '../core/index.ts';

const personal = /(?<!\d)(\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?!\d)|[^\s@]+@[^\s@]+\.[a-z]{2,}/giu;
/** What all of it has somewhere. */
const suspicious = /\d{11}|@/;

/**
 * Purpose and case go into the log as they are typed. Somebody's number has no place in them; a case number may well have
 * eleven or eighteen digits, so only what is an ID number in every respect counts there.
 */
function carriesIdentifier(seen: string, now: number, isCaseNumber: boolean): boolean {
  if (!suspicious.test(seen)) return false;
  return [...seen.matchAll(personal)].some(([found]) =>
    found.length === 18 && !found.includes('@') ? parseIdNumber(found, { now }).ok : !isCaseNumber,
  );
}

/** What is wrong with a purpose or a case number; undefined when nothing is. */
export function matterFault(
  field: 'purpose' | 'case_number',
  text: string,
  now: number,
): { field: string; code: string; text: Bilingual } | undefined {
  const seen = asSeen(text);
  // What shows nothing says nothing, however many characters it has.
  if (!isPlainLine(text) || seen === '')
    return { field, code: 'characters', text: { zh: '请写成一行文字。', en: 'Write it in one line.' } };
  if (!carriesIdentifier(seen, now, field === 'case_number')) return undefined;
  return {
    field,
    code: 'personal-data',
    text: {
      zh: '请不要填写身份证号、手机号等个人信息，这里的内容会写入日志。',
      en: 'Leave out ID numbers, phone numbers and other personal data: this goes into the log.',
    },
  };
}
