import { z } from 'zod';
import { Problem } from '../core/index.ts';
import { api, type Route } from '../http/index.ts';
import type { Receipts } from './port.ts';
import { keyHistorySchema, proofSchema } from './wire.ts';

/** The routes of receipts. */
export function receiptRoutes(receipts: Receipts): Route[] {
  return [
    api({
      method: 'GET',
      path: '/api/v1/receipts/{id}/proof',
      access: { scope: 'verifications:create' },
      summary: 'The proof that the event of a receipt is in the log, for the client that got the receipt',
      params: z.strictObject({ id: z.string().max(100) }),
      query: z.strictObject({
        since: z.coerce.number().int().min(1).optional().meta({
          description: 'Size of an older head: adds the proof that the log only grew since then.',
        }),
      }),
      problems: ['not-found', 'invalid-input', 'audit-tree-damaged'],
      response: { status: 200, schema: proofSchema },
      async handle({ params, query, caller }) {
        const clientId = caller.kind === 'client' ? caller.clientId : '';
        const proof = await receipts.proof(params.id, clientId, query.since);
        if (!proof) throw new Problem('not-found');
        return { body: proof };
      },
    }),
    api({
      method: 'GET',
      path: '/.well-known/tongxing-receipt-keys',
      access: { anyone: 'certificates are public, and whoever keeps receipts needs them for decades' },
      summary: 'The certificates behind receipts and the log, also of retired keys',
      response: { status: 200, schema: keyHistorySchema },
      handle: async () => ({ body: await receipts.keys() }),
    }),
  ];
}
