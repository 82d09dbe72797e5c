import { z } from 'zod';
import { systemRandom } from '../../src/core/index.ts';
import { defineCollection } from '../../src/storage/index.ts';

/** Collections that between them use everything a collection can declare. */
const personSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  identifiers: z.array(z.string()),
  town: z.string().optional(),
  joinedAt: z.int(),
});

export type Person = z.infer<typeof personSchema>;

export const people = defineCollection({
  name: 'people',
  schema: personSchema,
  key: (person) => person.id,
  indexes: [
    { name: 'identifier', path: 'identifiers', unique: true, blind: true },
    { name: 'name', path: ['name', 'joinedAt'], blind: true },
    { name: 'town', path: ['town', 'joinedAt'] },
    { name: 'joined', path: 'joinedAt' },
  ],
  encrypted: true,
});

const ticketSchema = z.strictObject({
  id: z.string(),
  grantId: z.string(),
  consumed: z.boolean(),
  expiresAt: z.int().optional(),
});

export const tickets = defineCollection({
  name: 'tickets',
  schema: ticketSchema,
  key: (ticket) => ticket.id,
  indexes: [{ name: 'grant', path: 'grantId' }],
  encrypted: true,
  expires: (ticket) => ticket.expiresAt,
  durability: 'artefact',
  sharded: true,
});

export const passes = defineCollection({
  name: 'passes',
  schema: ticketSchema,
  key: (pass) => pass.id,
  indexes: [
    { name: 'grant', path: 'grantId', unique: true },
    { name: 'consumed', path: 'consumed' },
  ],
  expires: (pass) => pass.expiresAt,
});

/** A person of whom nothing but the given members matters. */
export function person(members: Partial<Person> = {}): Person {
  const id = systemRandom.id();
  return { id, name: '示例甲', identifiers: [`number-${id}`], joinedAt: 1, ...members };
}

/** A pending event of a person. */
export function event(type = 'test.thing.happened', at = 1) {
  return { id: systemRandom.id(), type, at, data: { reference: systemRandom.id() } };
}
