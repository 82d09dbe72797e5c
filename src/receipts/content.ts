import { z } from 'zod';

/** What the approver learned, as the receipt says it for ever. The verification room fills it; this one only signs it. */
export const receiptContentSchema = z
  .strictObject({
    client: z.string().min(1).max(100).meta({ description: 'Client id of who asked.' }),
    case_number: z.string().min(1).max(100),
    service_item_code: z.string().min(1).max(100),
    purpose: z.string().min(1).max(200),
    licence: z
      .strictObject({
        id: z.string().max(64),
        version: z.int().min(1),
        version_hash: z
          .string()
          .regex(/^[\w-]{43}$/)
          .meta({ description: 'SHA-256, base64url.' }),
      })
      .nullable(),
    checks: z
      .array(
        z.strictObject({
          id: z.string().max(64),
          result: z.enum(['passed', 'failed', 'indeterminate']),
          code: z.string().max(64).nullable(),
        }),
      )
      .max(64),
    conclusion: z.enum(['valid', 'not_valid', 'cannot_tell']),
    freshness: z.strictObject({
      as_of: z.string().max(40).meta({ description: 'The instant that was asked about.' }),
      learned_at: z
        .string()
        .max(40)
        .optional()
        .meta({ description: 'Of an instant in the past: when the library learned of what was true then.' }),
      source: z.string().max(64),
    }),
  })
  .meta({ id: 'ReceiptContent' });

/** @see receiptContentSchema */
export type ReceiptContent = z.infer<typeof receiptContentSchema>;

/**
 * Members that the data of every event of a receipt has: who got it, and the hash of what it says, so that a receipt cannot
 * point to the event of another one.
 */
export const receiptEventData = {
  client: z.string(),
  content: z.string().regex(/^[\w-]{43}$/),
};
