import { z } from 'zod';

const reference = z
  .string()
  .min(1)
  .max(128)
  .meta({ description: "The register's own reference of this enquiry, to be quoted in a dispute" });

/** Names of the members of a question that did not agree with the register. */
const elements = z.array(z.string().regex(/^[a-z_]{1,40}$/)).max(10);

/** What a register answers to a question about agreement. Unknown members are ignored, so that a register may grow. */
export const checkAnswerSchema = z
  .discriminatedUnion('result', [
    z.object({ result: z.literal('match'), reference }),
    z.object({ result: z.literal('mismatch'), elements, reference }),
    z.object({ result: z.literal('not_found'), reference }),
    z.object({ result: z.literal('deceased'), reference }),
    z.object({ result: z.literal('struck_off'), reference }),
  ])
  .meta({ id: 'RegisterCheckAnswer', description: 'Answer of a register to a check' });

/** What the business register answers to a query for an organisation. */
export const organisationAnswerSchema = z
  .discriminatedUnion('result', [
    z.object({
      result: z.literal('found'),
      name: z.string().min(1).max(200),
      standing: z.enum(['active', 'struck_off']),
      reference,
    }),
    z.object({ result: z.literal('not_found'), reference }),
  ])
  .meta({
    id: 'RegisterOrganisationAnswer',
    description: 'Answer of the business register to an organisation query',
  });
