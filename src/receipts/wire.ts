import { z } from 'zod';
import { auditFormat } from '../audit/index.ts';

/** Text that is the one spelling of its bytes: a decoder would overlook some flipped bits at the end. */
const spelling = (encoding: 'base64' | 'base64url') => (text: string) =>
  Buffer.from(text, encoding).toString(encoding) === text;

const hashText = z
  .string()
  .regex(/^[\w-]{43}$/)
  .refine(spelling('base64url'));
const certificateText = z
  .string()
  .max(4096)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/)
  .refine(spelling('base64'));
/** @see RFC 7515 4.1.6 */
export const x5c = z.array(certificateText).length(2).meta({
  description: 'Certificate of the key, then of the root: base64 DER.',
});
/** Name of a key: shown to whoever checks a file before anything proves that the file is ours. */
export const kid = z.string().regex(/^[\w.-]{1,100}$/);
const path = z.array(hashText).max(64).meta({ description: 'Hashes beside the way, base64url.' });
const size = z.int().min(1);

/** A signed head of the log as it is handed out. */
export const headSchema = z
  .strictObject({
    format: z.literal(auditFormat),
    number: z.int().min(1).meta({ description: 'The batch of the log that ends there.' }),
    size: size.meta({ description: 'Events in the log.' }),
    root: hashText.meta({ description: 'Merkle tree hash over all of them (RFC 6962 2.1), base64url.' }),
    at: z.iso.datetime({ precision: 3 }),
    kid,
    signature: z
      .string()
      .regex(/^[\w-]{86}$/)
      .refine(spelling('base64url'))
      .meta({ description: 'ES256 over the canonical JSON (RFC 8785) of the members above.' }),
  })
  .meta({ id: 'LogHead', description: 'The whole log up to one of its batches, signed.' });

/** @see headSchema */
export type LogHead = z.infer<typeof headSchema>;

/** The proof that a receipt's event is in the log. */
export const proofSchema = z
  .strictObject({
    receipt_id: z.string().max(100),
    leaf_index: z.int().min(0).meta({ description: 'Place of the event in the log, from 0.' }),
    hashes: path,
    head: headSchema,
    x5c,
    consistency: z.strictObject({ from_size: size, hashes: path }).optional().meta({
      description: 'That the log of `from_size` events, asked for by `since`, is the beginning of this one.',
    }),
  })
  .meta({
    id: 'ReceiptProof',
    description: 'Proof that the event of a receipt is in the log (RFC 6962 2.1.1).',
  });

/** @see proofSchema */
export type ReceiptProof = z.infer<typeof proofSchema>;

/** Every key that signs or signed receipts and heads of the log: what a reader saves to check them offline. */
export const keyHistorySchema = z
  .strictObject({
    issuer: z.string(),
    root: certificateText.meta({ description: 'The certificate to trust, base64 DER. It never changes.' }),
    keys: z.array(z.strictObject({ kid, use: z.enum(['receipt', 'audit']), x5c })),
  })
  .meta({
    id: 'ReceiptKeys',
    description: 'The certificates behind receipts and heads of the log, also of retired keys.',
  });

/** @see keyHistorySchema */
export type KeyHistory = z.infer<typeof keyHistorySchema>;
