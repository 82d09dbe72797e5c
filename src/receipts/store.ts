import { z } from 'zod';
import { type Collection, defineCollection } from '../storage/index.ts';

/** Certificates that this installation made for its own keys. Public, and kept for ever: they are the published history. */
export const certificates = defineCollection({
  name: 'receipt-certificates',
  schema: z.strictObject({
    kid: z.string().meta({ description: 'The key that is certified.' }),
    der: z.string().meta({ description: 'base64, as x5c has it.' }),
  }),
  key: ({ kid }) => kid,
  indexes: [],
});

/** @see certificates */
export type Certificates = Pick<Collection<z.infer<(typeof certificates)['schema']>>, 'get' | 'insert'>;
