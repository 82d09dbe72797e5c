/** A licence number for the screen: the first two and the last four characters, or less of a short one. */
export function maskNumber(number: string): string {
  const characters = [...number];
  const [head, tail] = characters.length > 10 ? [2, 4] : [1, 2];
  if (characters.length <= head + tail) return '*'.repeat(characters.length);
  // How much is hidden tells nobody anything, and a narrow screen has no room for it.
  return `${characters.slice(0, head).join('')}******${characters.slice(-tail).join('')}`;
}

/** The same for every identity number inside a longer text. */
export const maskNumbersIn = (text: string): string =>
  text.replace(/(?<![\dA-Za-z])\d{15}(?:\d{2}[\dXx])?(?![\dA-Za-z])/g, maskNumber);
