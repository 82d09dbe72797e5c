import type { RateCounter, RateLimit } from '../core/index.ts';
import type { Limited } from './port.ts';
import type { Tags } from './tags.ts';

const hour = 3600;
const day = 86_400;

/**
 * How often an act may happen. Limits by person come before limits by address, and are the tight ones: thousands of people
 * share one address.
 */
const limits = {
  'code-by-subject-minute': { max: 1, windowSeconds: 60 },
  'code-by-subject-hour': { max: 5, windowSeconds: hour },
  'code-by-subject-day': { max: 10, windowSeconds: day },
  'code-by-address': { max: 200, windowSeconds: hour },
  'text-by-phone-day': { max: 12, windowSeconds: day },
  'login-failure-by-address': { max: 300, windowSeconds: hour },
  'register-by-identity': { max: 6, windowSeconds: day },
  'register-by-address': { max: 200, windowSeconds: hour },
  'register-by-phone': { max: 6, windowSeconds: day },
  'recover-by-identity': { max: 5, windowSeconds: day },
  'card-by-identity': { max: 5, windowSeconds: day },
  'enquiry-by-account': { max: 10, windowSeconds: day },
  'organisation-by-account': { max: 10, windowSeconds: day },
  'owner-told': { max: 1, windowSeconds: day },
} satisfies Record<string, RateLimit>;

export type LimitName = keyof typeof limits;

/** The limits of this room over the shared counter; keys are tags, so the counter learns nobody's number. */
export interface Limits {
  /** Counts one act against each in order and stops at the first that is used up. */
  take(...acts: readonly (readonly [LimitName, string])[]): Promise<Limited | undefined>;
  /** The verdict without counting. */
  peek(name: LimitName, key: string): Promise<Limited | undefined>;
  /** Wrong codes of everybody: guessing one code against many people is seen only in the sum. */
  codeFailures: { isOver(): Promise<Limited | undefined>; count(): Promise<void> };
}

/** Makes the limits. */
export function createLimits(deps: { rate: RateCounter; tags: Tags; codeFailuresPerHour: number }): Limits {
  const { rate, tags, codeFailuresPerHour } = deps;
  const failures: [string, RateLimit] = [
    'identity:code-failures',
    { max: codeFailuresPerHour, windowSeconds: hour },
  ];
  const keyOf = (name: LimitName, key: string) => `identity:${name}:${tags.of('limit', name, key)}`;

  return {
    async take(...acts) {
      for (const [name, key] of acts) {
        const verdict = await rate.take(keyOf(name, key), limits[name]);
        if (!verdict.allowed) return { outcome: 'limited', retryAt: verdict.resetAt };
      }
      return undefined;
    },
    async peek(name, key) {
      const verdict = await rate.peek(keyOf(name, key), limits[name]);
      return verdict.allowed ? undefined : { outcome: 'limited', retryAt: verdict.resetAt };
    },
    codeFailures: {
      async isOver() {
        const verdict = await rate.peek(...failures);
        return verdict.allowed ? undefined : { outcome: 'limited', retryAt: verdict.resetAt };
      },
      async count() {
        await rate.take(...failures);
      },
    },
  };
}
