/**
 * What became of a text that should be an identifier. A wrong text is an expected outcome, so it is a value with a reason
 * that a form can explain, never an exception. A warning marks what is acceptable but needs a second source.
 */
export type Parsed<T, Reason extends string, Warning extends string = never> =
  | { ok: true; value: T; warning?: Warning | undefined }
  | { ok: false; reason: Reason };

/** Reasons that every identifier shares: nothing given; wrong number of characters; characters it cannot hold. */
export type ShapeReason = 'empty' | 'length' | 'characters';
