import { z } from 'zod';
import { receiptContentSchema } from './content.ts';
import { kid, x5c } from './wire.ts';

/** Media type of a receipt, so that no other signed text of ours passes for one. @see RFC 8725 3.11 */
export const receiptType = 'tongxing-receipt+jwt';

/** The protected header of a receipt. */
export const headerSchema = z.strictObject({
  alg: z.literal('ES256'),
  typ: z.literal(receiptType),
  kid,
  x5c,
});

/** What a receipt says: its content, who issued it and when, and the event of the log that it stands for. */
export const claimsSchema = receiptContentSchema.extend({
  jti: z.string(),
  iss: z.string(),
  iat: z.int().meta({ description: 'Seconds since the epoch.' }),
  event: z.strictObject({ id: z.string(), leaf_hash: z.string().regex(/^[\w-]{43}$/) }),
});

/** @see claimsSchema */
export type ReceiptClaims = z.infer<typeof claimsSchema>;
