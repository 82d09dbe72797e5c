const isNormal = /^[0-9A-Z.]*$/;

/**
 * Brings a typed identifier into the one form that is checked and stored: full-width characters become half-width, the
 * Roman numeral ten (which Chinese input methods offer for the last place of an ID number) becomes X, letters become
 * capitals, and white space anywhere goes.
 */
export function normaliseIdentifier(text: string): string {
  // What is read back from the store is in that form already.
  if (isNormal.test(text)) return text;
  return text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\u2169\u2179]/g, 'X')
    .replace(/[\s\u200B-\u200D\u2060\uFEFF]/g, '')
    .toUpperCase();
}
