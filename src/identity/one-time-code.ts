import { z } from 'zod';
import { type Clock, isProblem, type Random } from '../core/index.ts';
import type { Collection } from '../storage/index.ts';
import { isSameTag, type Tags } from './tags.ts';

/** What a code is for; one that was sent for one errand opens no other. */
export type CodePurpose = 'registration' | 'login' | 'recovery' | 'phone-change';

export const codeSchema = z.strictObject({
  id: z.string(),
  purpose: z.enum(['registration', 'login', 'recovery', 'phone-change']),
  /** Tag of the transaction. */
  binding: z.string(),
  /** The account it was asked for; absent on the decoys that people who do not exist get. */
  accountId: z.string().optional(),
  /** How the account (or nobody) was named, as a tag: what lockouts count under when there is no account. */
  subject: z.string(),
  /** E.164; absent on decoys. */
  phoneNumber: z.string().optional(),
  /** HMAC over all of the above and the code: a copy of the store gives no codes. */
  mac: z.string(),
  tries: z.int().nonnegative(),
  isSpent: z.boolean(),
  expiresAt: z.int().nonnegative(),
});

export type OneTimeCode = z.infer<typeof codeSchema>;

const lifeMs = 5 * 60_000;
const maxTries = 5;

/** What a code is issued for. */
export interface CodeOrder {
  purpose: CodePurpose;
  transaction: string;
  subject: string;
  accountId?: string | undefined;
  phoneNumber?: string | undefined;
}

export type CodeVerdict =
  | { outcome: 'right'; challenge: OneTimeCode }
  | { outcome: 'wrong-code'; triesLeft: number; challenge: OneTimeCode }
  | { outcome: 'code-expired' };

/** Six-digit codes: five tries, five minutes, one use, one transaction. */
export interface OneTimeCodes {
  /** Makes a code and keeps its MAC. The caller sends it, or not. */
  issue(order: CodeOrder): Promise<{ challenge: OneTimeCode; code: string }>;
  /** The challenge without a try; undefined when it is over or of another errand. */
  find(id: string, purpose: CodePurpose, transaction: string): Promise<OneTimeCode | undefined>;
  /** Counts a try, then compares: the count is the write that wins, so parallel guesses are counted like any others. */
  check(guess: { id: string; code: string; purpose: CodePurpose; transaction: string }): Promise<CodeVerdict>;
  /** Ends a challenge, because a newer code replaced it. */
  withdraw(id: string): Promise<void>;
}

/** Six digits, each of the million values equally likely. */
export function drawCode(random: Random): string {
  for (;;) {
    const drawn = random.bytes(4).readUInt32BE() >>> 0;
    // The last incomplete million would make low codes likelier.
    if (drawn < 4_294_000_000) return String(drawn % 1_000_000).padStart(6, '0');
  }
}

/** Makes the codes over their collection. */
export function createOneTimeCodes(deps: {
  collection: Collection<OneTimeCode>;
  clock: Clock;
  random: Random;
  tags: Tags;
}): OneTimeCodes {
  const { collection, clock, random, tags } = deps;

  const bindingOf = (transaction: string) => tags.of('transaction', transaction);
  const macOf = (challenge: Omit<OneTimeCode, 'mac' | 'tries' | 'isSpent'>, code: string) =>
    tags.mac(
      'one-time-code',
      challenge.id,
      challenge.purpose,
      challenge.binding,
      challenge.phoneNumber ?? '',
      code,
    );

  async function findLive(id: string, purpose: CodePurpose, transaction: string) {
    const stored = await collection.get(id);
    if (!stored) return undefined;
    const { value } = stored;
    const isOurs = value.purpose === purpose && isSameTag(value.binding, bindingOf(transaction));
    const isLive = !value.isSpent && value.tries < maxTries && value.expiresAt > clock.now();
    return isOurs && isLive ? stored : undefined;
  }

  return {
    async issue(order) {
      const code = drawCode(random);
      const base = {
        id: random.id(),
        purpose: order.purpose,
        binding: bindingOf(order.transaction),
        accountId: order.accountId,
        subject: order.subject,
        phoneNumber: order.phoneNumber,
        expiresAt: clock.now() + lifeMs,
      };
      const challenge = { ...base, mac: macOf(base, code), tries: 0, isSpent: false };
      await collection.insert(challenge);
      return { challenge, code };
    },

    async find(id, purpose, transaction) {
      return (await findLive(id, purpose, transaction))?.value;
    },

    async check({ id, code, purpose, transaction }) {
      const typed = code.normalize('NFKC').replace(/\s/g, '');
      // A lost race means that another guess was counted: at most five rounds until the challenge is over.
      for (;;) {
        const stored = await findLive(id, purpose, transaction);
        if (!stored) return { outcome: 'code-expired' };
        const isRight = isSameTag(macOf(stored.value, typed), stored.value.mac);
        const challenge = { ...stored.value, tries: stored.value.tries + 1, isSpent: isRight };
        try {
          await collection.replace(challenge, stored.version);
        } catch (error) {
          if (isProblem(error, 'version-conflict', 'not-found')) continue;
          throw error;
        }
        if (isRight) return { outcome: 'right', challenge };
        return { outcome: 'wrong-code', triesLeft: maxTries - challenge.tries, challenge };
      }
    },

    async withdraw(id) {
      await collection.remove(id);
    },
  };
}
