/** Ends lines, turns what follows round, or stands for no character at all. @see UAX 9 (bidirectional controls) */
const unplain = /[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]|(?![\t\n\r])\p{Cc}/u;

/**
 * Whether a text shows as what it is: without control characters but tabs and line ends, without half characters, and
 * without those that make a reader see another text than the one that was stored and signed.
 */
export const isPlainText = (text: string): boolean => !unplain.test(text);

/** The text with what is not plain, and carriage returns, written as JSON would: safe for a terminal, and still JSON. */
export const escapeUnplain = (text: string): string =>
  text.replace(
    /[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]|(?![\t\n])\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Whether it is plain within one line. */
export const isPlainLine = (text: string): boolean => isPlainText(text) && !/[\t\n\r]/.test(text);

/**
 * The text as whoever reads it sees it, to be judged and not to be kept: wide and decorated characters as the plain ones, and
 * nothing where nothing shows. @see UAX 15 (NFKC), UAX 44 (Default_Ignorable_Code_Point)
 */
export const asSeen = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .trim();
