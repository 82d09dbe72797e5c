import { z } from 'zod';
import { type Clock, isProblem, Problem } from '../core/index.ts';
import { type Collection, defineCollection } from '../storage/index.ts';
import type { Records } from './records.ts';

const renewalSchema = z.strictObject({
  /** The licence that is renewed. */
  predecessorId: z.string().length(22),
  /** The licence that takes its place, once there is one of this id that says so too. */
  successorId: z.string().length(22),
  claimedAt: z.int(),
});

/**
 * One document a renewed licence: its key lets one of any number of renewals at once go on, on every shard. What counts is the
 * new licence, which names its predecessor; without one, the claim is an intention and nothing else.
 */
export const renewalsCollection = defineCollection({
  name: 'licence-renewals',
  schema: renewalSchema,
  key: (renewal) => renewal.predecessorId,
  indexes: [],
  sharded: true,
});

type Renewal = z.infer<typeof renewalSchema>;

/** Who claims writes the licence next, in milliseconds: after this time a claim without one is that of a dead process. */
const claimMs = 30_000;

/** Lost races in a row: each means that another renewal of this licence went on. */
const patience = 10;

/** Who may write the licence that renews another. */
export interface Renewals {
  /**
   * Claims the place of a licence's successor; claiming it again for the same one is a no-op. Called when everything else is
   * done and only the write is left.
   * @throws {Problem} already-renewed
   */
  claim(predecessorId: string, successorId: string): Promise<void>;
}

/** Makes the claims. */
export function createRenewals({
  collection,
  records,
  clock,
}: {
  collection: Collection<Renewal>;
  records: Pick<Records, 'get'>;
  clock: Clock;
}): Renewals {
  /** Whether a claim of somebody else's stands. A number that another licence has makes no successor. */
  async function stands({ predecessorId, successorId, claimedAt }: Renewal): Promise<boolean> {
    const successor = await records.get(successorId);
    if (successor) return successor.predecessorId === predecessorId;
    return clock.now() - claimedAt < claimMs;
  }

  return {
    async claim(predecessorId, successorId) {
      const mine = { predecessorId, successorId, claimedAt: clock.now() };
      // Whoever loses a race looks again at what stands now: it may be the same licence, sent twice.
      for (let lost = 0; lost < patience; lost += 1) {
        const present = await collection.get(predecessorId);
        const isOthers = present && present.value.successorId !== successorId;
        if (isOthers && (await stands(present.value))) break;
        if (present && !isOthers && clock.now() - present.value.claimedAt < claimMs / 2) return;
        const write = present ? collection.replace(mine, present.version) : collection.insert(mine);
        const stored = await write.catch((error: unknown) => {
          if (!isProblem(error, 'already-exists', 'version-conflict', 'not-found')) throw error;
        });
        if (stored) return;
      }
      throw new Problem('already-renewed');
    },
  };
}
