/** What can be disturbed: the four registers, the SMS gateway and the time-stamping authority. */
export const targets = ['police', 'business', 'social-security', 'telecom', 'sms', 'tsa'] as const;
export type Target = (typeof targets)[number];

/**
 * `normal`; `error`: 500; `no-answer`: the connection is closed without a word; `malformed`: 200 with a body that keeps
 * to no contract, or with a time stamp over something else than what was asked.
 */
export const modes = ['normal', 'error', 'no-answer', 'malformed'] as const;
export type Mode = (typeof modes)[number];

/** How a target behaves. Slow and failing can be had together. */
export interface Fault {
  /** Waits this long before it does anything, 0 to 60,000. */
  delayMs: number;
  mode: Mode;
}

export const isTarget = (text: string): text is Target => (targets as readonly string[]).includes(text);
export const isMode = (text: string): text is Mode => (modes as readonly string[]).includes(text);

/** Everything works. */
export function noFaults(): Record<Target, Fault> {
  return Object.fromEntries(targets.map((target) => [target, { delayMs: 0, mode: 'normal' }])) as Record<
    Target,
    Fault
  >;
}
