import { asSeen, type Bilingual, isPlainLine, parseIdNumber } from '../core/index.ts';

/** What stands between the groups of a number that is written to be read. */
const between = String.raw`[\s\p{Dash}._·/]`;
const separators = new RegExp(`${between}+`, 'u');
/** Digits in one or several groups, and the X at the end of an ID number. */
const runs = new RegExp(String.raw`\d+(?:${between}{1,3}\d+)*(?:${between}{0,3}[Xx](?!\d))?`, 'gu');
const phone = /^(?:(?:00)?86)?1[3-9]\d{9}$/;
const address = /[^\s@]+@[^\s@]+\.[a-z]{2,}/iu;
/** What all of it has somewhere. */
const suspicious = /(?:\d\D{0,3}){11}|@/;

/** Phone numbers are not grouped by twos: 15-2026-00012 counts something. */
const opensPhone = (group: string): boolean => group.length >= 3 || group === '86';

const isPhone = ([first = '', ...more]: readonly string[]): boolean =>
  phone.test(first + more.join('')) && (more.length === 0 || opensPhone(first));

/** 18 characters carry a check digit. Of 15 only the date can be checked: in one group they are one person's all the same. */
function isIdNumber(groups: readonly string[], now: number): boolean {
  const number = groups.join('');
  if (number.length === 15 && groups.length === 1) return true;
  return (number.length === 15 || number.length === 18) && parseIdNumber(number, { now }).ok;
}

/** All ways to read one or several neighbouring groups of a run as one number. */
function* numbersIn(run: string): Generator<readonly string[]> {
  // An X may end an ID number, and may follow anything else.
  const groups = run.replace(/[Xx]$/, ' X').split(separators);
  for (let from = 0; from < groups.length; from += 1)
    for (let to = from + 1; to <= groups.length; to += 1) yield groups.slice(from, to);
}

const runsOf = (text: string): string[] => text.match(runs) ?? [];
const some = (text: string, test: (groups: readonly string[]) => boolean): boolean =>
  runsOf(text).some((run) => [...numbersIn(run)].some(test));

/**
 * Purpose and case go into the log as they are typed. Somebody's number has no place in them. A case number may well have eleven
 * or fifteen digits somewhere, so there only what is an ID number in every respect counts, and a phone number that is all of it.
 */
function carriesIdentifier(seen: string, now: number, isCaseNumber: boolean): boolean {
  if (!suspicious.test(seen)) return false;
  if (address.test(seen)) return true;
  if (!isCaseNumber) return some(seen, (groups) => isPhone(groups) || isIdNumber(groups, now));
  const bare = seen.replace(/[()+]/g, ' ').trim();
  const [run] = runsOf(bare);
  return (
    (run === bare && isPhone(run.split(separators))) ||
    some(seen, (groups) => groups.join('').length === 18 && isIdNumber(groups, now))
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
