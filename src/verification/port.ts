import type { Bilingual } from '../core/index.ts';
import type { MattersPort } from '../wallet/index.ts';
import type { CheckResult, Conclusion } from './check.ts';
import type { CheckId } from './checks.ts';
import type { Fact } from './facts.ts';
import type { Question } from './question.ts';
import type { ReasonCode } from './reasons.ts';
import type { ServiceItem } from './service-item.ts';

/** How one check came out. */
export interface CheckFinding {
  id: CheckId;
  result: CheckResult;
  /** Why it did not pass, or what is to be known although it passed. */
  code: ReasonCode | null;
}

/** What the service item may learn of the licence that was judged. */
export interface LearnedLicence {
  id: string;
  typeCode: string;
  typeName: Bilingual;
  version: number;
  /** Hex. */
  versionHash: string;
  facts: readonly Fact[];
}

/** What a verifier gets. */
export interface Answer {
  conclusion: Conclusion;
  checks: readonly CheckFinding[];
  licence: LearnedLicence | null;
  /** Which instant was asked about, from where the answer comes, and of the past when this library learned of it. */
  freshness: { asOf: number; source: 'library'; learnedAt?: number | undefined };
  receipt: { id: string; jws: string; at: number };
}

/** Service items: what each matter may learn of which licences, registered by the operator. */
export interface ServiceItems extends MattersPort {
  /** Registers or replaces items; all are checked before the first is written. @throws {Problem} invalid-input with a pointer a fault */
  put(items: unknown): Promise<readonly ServiceItem[]>;
  list(): Promise<readonly ServiceItem[]>;
  find(code: string): Promise<ServiceItem | undefined>;
}

/** The room. */
export interface Verification {
  serviceItems: ServiceItems;
  /**
   * Judges a licence, records the act durably and signs the receipt.
   * @throws {Problem} service-item-not-granted | rate-limited (too many wrong codes) | validator-busy | audit-overloaded
   */
  verify(question: Question): Promise<Answer>;
}
