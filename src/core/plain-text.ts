/** Ends lines, turns what follows round, or stands for no character at all. @see UAX 9 (bidirectional controls) */
const unplain = /[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]|(?![\t\n\r])\p{Cc}/u;

/**
 * Whether a text shows as what it is: without control characters but tabs and line ends, without half characters, and
 * without those that make a reader see another text than the one that was stored and signed.
 */
export const isPlainText = (text: string): boolean => !unplain.test(text);

/** The same within one line. */
export const isPlainLine = (text: string): boolean => isPlainText(text) && !/[\t\n\r]/.test(text);
