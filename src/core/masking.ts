import type { Identifier } from './identifiers/identifier.ts';

/** Shows the first `head` and last `tail` characters; the rest, or all of a text that is not longer, become asterisks. */
function maskMiddle(text: string, head: number, tail: number): string {
  const characters = [...text];
  const hidden = characters.length - head - tail;
  if (hidden <= 0) return '*'.repeat(characters.length);
  return characters.slice(0, head).join('') + '*'.repeat(hidden) + characters.slice(-tail).join('');
}

/** An ID or document number for the screen: the first two and the last two characters. */
export function maskIdNumber(number: string): string {
  return maskMiddle(number, 2, 2);
}

/** A mask short enough for a narrow screen: how much is hidden tells nobody anything. */
export const shortMask = (masked: string): string => masked.replace(/\*{7,}/, '******');

const idNumbers = /(?<![\dA-Za-z])\d{15}(?:\d{2}[\dXx])?(?![\dA-Za-z])/g;

/** Masks every ID number inside a longer text. */
export const maskIdNumbersIn = (text: string): string =>
  text.replace(idNumbers, (number) => shortMask(maskIdNumber(number)));

/** A licence's number for the screen: its first two and last four characters, less of a short one or of an ID number. */
export function maskLicenceNumber(number: string): string {
  const characters = [...number];
  if (characters.length <= 3) return '*'.repeat(characters.length);
  const [head, tail] = characters.length > 10 ? [2, number.search(idNumbers) < 0 ? 4 : 2] : [1, 2];
  return `${characters.slice(0, head).join('')}******${characters.slice(-tail).join('')}`;
}

/** A mobile number for the screen, in E.164 or national form: 139****0001. */
export function maskPhoneNumber(number: string): string {
  return maskMiddle(number.replace(/^\+86/, ''), 3, 4);
}

/** A name for the screen: the first character and one asterisk for each that follows, at most four. */
export function maskName(name: string): string {
  const [first = '', ...rest] = [...name.trim()];
  return rest.length === 0 ? '*' : first + '*'.repeat(Math.min(rest.length, 4));
}

/** Keys and names of organisations are public, except those of sole traders (credit codes with 92), who are persons. */
const isPublic = ({ type, number }: Identifier): boolean =>
  type === 'ORG_CODE' || type === 'REGISTRATION_NUMBER' || (type === '001' && !number.startsWith('92'));

/** Any identifier for the screen: whole where it is public. */
export function maskIdentifier(identifier: Identifier): string {
  const { type, number } = identifier;
  if (type === 'MOBILE') return maskPhoneNumber(number);
  return isPublic(identifier) ? number : maskIdNumber(number);
}

/** The name of whom an identifier names, for the screen: whole where it is public. */
export function maskNameOf(identifier: Identifier, name: string): string {
  return isPublic(identifier) ? name : maskName(name);
}
