import type { Bilingual } from '../core/index.ts';
import type { Case, Subject } from './case.ts';
import type { ReasonCode } from './reasons.ts';

/** How a check came out; indeterminate when what it needs is not at hand. */
export type CheckResult = 'passed' | 'failed' | 'indeterminate';

/** The three answers. */
export type Conclusion = 'valid' | 'not_valid' | 'cannot_tell';

/** What a check says. A reason beside `passed` is to be known, and changes nothing. */
export type Finding = 'passed' | { result: CheckResult; code: ReasonCode };

/** One row of the table. */
export interface Check {
  id: string;
  /** What it rests on. */
  clause: string;
  /** Said when it passed. */
  passed: Bilingual;
  /** Not asked where this is false. */
  applies(c: Case): boolean;
  run(c: Case): Finding;
}

/** It does not hold. */
export const failed = (code: ReasonCode): Finding => ({ result: 'failed', code });
/** What it needs is not at hand. */
export const unclear = (code: ReasonCode): Finding => ({ result: 'indeterminate', code });

/** A check of a licence that was found. */
export const ofSubject = (
  run: (subject: Subject, c: Case) => Finding,
  applies: (subject: Subject, c: Case) => boolean = () => true,
): Pick<Check, 'applies' | 'run'> => ({
  applies: (c) => c.subject !== undefined && applies(c.subject, c),
  run: (c) => run(c.subject as Subject, c),
});
