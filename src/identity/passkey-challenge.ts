import { z } from 'zod';
import type { Clock, Random } from '../core/index.ts';
import type { Collection } from '../storage/index.ts';
import { isSameTag, type Tags } from './tags.ts';

export const challengeSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['bind', 'login']),
  /** 32 random bytes, base64url. */
  challenge: z.string(),
  /** Tag of the transaction. */
  binding: z.string(),
  /** The account that a passkey is bound to, or that has to answer a step-up. */
  accountId: z.string().optional(),
  expiresAt: z.int().nonnegative(),
});

export type Challenge = z.infer<typeof challengeSchema>;

const lifeMs = 5 * 60_000;

/** Challenges of passkey ceremonies: kept by us, bound to a transaction, good for one answer. */
export interface Challenges {
  issue(order: {
    kind: Challenge['kind'];
    transaction: string;
    accountId?: string | undefined;
  }): Promise<Challenge>;
  /** Takes the challenge away and answers it to the one who came first; undefined for everyone else. */
  take(id: string, kind: Challenge['kind'], transaction: string): Promise<Challenge | undefined>;
}

/** Makes the challenges over their collection. */
export function createChallenges(deps: {
  collection: Collection<Challenge>;
  clock: Clock;
  random: Random;
  tags: Tags;
}): Challenges {
  const { collection, clock, random, tags } = deps;
  return {
    async issue({ kind, transaction, accountId }) {
      const challenge: Challenge = {
        id: random.id(),
        kind,
        challenge: random.bytes(32).toString('base64url'),
        binding: tags.of('transaction', transaction),
        accountId,
        expiresAt: clock.now() + lifeMs,
      };
      await collection.insert(challenge);
      return challenge;
    },

    async take(id, kind, transaction) {
      const stored = await collection.get(id);
      if (!stored) return undefined;
      const { value } = stored;
      // A stranger's answer must not use up the owner's challenge, so the binding is checked before it is taken.
      if (value.kind !== kind || !isSameTag(value.binding, tags.of('transaction', transaction)))
        return undefined;
      const isFirst = await collection.remove(id, stored.version);
      return isFirst && value.expiresAt > clock.now() ? value : undefined;
    },
  };
}
