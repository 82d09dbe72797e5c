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
