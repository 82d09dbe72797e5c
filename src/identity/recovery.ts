import { z } from 'zod';
import type { Account } from './account.ts';

/** A recovery under way; for people who cannot recover it is kept all the same, and no code is ever right. */
export const recoverySchema = z.strictObject({
  id: z.string(),
  /** Tag of the transaction. */
  binding: z.string(),
  accountId: z.string().optional(),
  challengeId: z.string(),
  step: z.enum(['code', 'login']),
  expiresAt: z.int(),
});

export type RecoveryDraft = z.infer<typeof recoverySchema>;

export const recoveryLifeMs = 30 * 60_000;

/** Levels above 1 after a recovery: time for the owner to notice. */
export const recoveryHoldMs = 72 * 3_600_000;

/** Whether an account can be recovered by its phone: one that was proven, is still its own, and is not blocked. */
export function isRecoverable(account: Account, phoneOwner: Account | undefined): boolean {
  return (
    account.phone?.verifiedAt !== undefined &&
    !account.blockedMethods.includes('sms') &&
    (phoneOwner === undefined || phoneOwner.id === account.id)
  );
}
