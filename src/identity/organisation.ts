import { z } from 'zod';
import { dayMs } from '../core/index.ts';
import type { OrganisationView, RepresentedOrganisation } from './organisation-port.ts';

/** Milliseconds since the epoch. */
const instant = z.int().nonnegative();
const role = z.enum(['legal_representative']);

/** Who stands for the organisation, by the register's word. */
const binding = z.strictObject({
  /** Random id of the person's account. */
  account: z.string(),
  role,
  level: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  since: instant,
  /** When the register last said so. */
  confirmedAt: instant,
  source: z.string(),
  /** The register's reference of that answer. */
  reference: z.string(),
});

/**
 * One organisation, made by its first binding and kept for ever: what was issued to it outlives who stands for it. Mandates
 * of agents will be documents of their own.
 */
export const organisationSchema = z.strictObject({
  id: z.string(),
  creditCode: z.string(),
  name: z.string(),
  standing: z.enum(['active', 'struck-off', 'unknown']),
  binding: binding.optional(),
  previousBindings: z.array(
    z.strictObject({
      account: z.string(),
      role,
      since: instant,
      until: instant,
      reason: z.enum(['representative-changed', 'struck-off', 'not-found', 'released']),
    }),
  ),
  createdAt: instant,
  updatedAt: instant,
});

export type Organisation = z.infer<typeof organisationSchema>;
export type Binding = NonNullable<Organisation['binding']>;
export type BindingEndReason = Organisation['previousBindings'][number]['reason'];

/** How long one answer of the register lets a representative start to act. */
const confirmationLifeMs = dayMs;

/** Whether the account is bound, and the register said so within the last day. */
export function isConfirmed({ binding: standing }: Organisation, accountId: string, now: number): boolean {
  return standing?.account === accountId && now - standing.confirmedAt < confirmationLifeMs;
}

/** The bindings that are remembered; the log has them all. */
const mostPrevious = 50;

/** The organisation without its binding, which goes to the history. */
export function withoutBinding(
  organisation: Organisation,
  reason: BindingEndReason,
  now: number,
): Organisation {
  const { binding: ended, ...rest } = organisation;
  if (!ended) return organisation;
  const { account, role: was, since } = ended;
  const entry = { account, role: was, since, until: now, reason };
  return { ...rest, previousBindings: [...rest.previousBindings, entry].slice(-mostPrevious) };
}

/** The organisation as somebody who is bound to it sees it. */
export function representedBy(
  organisation: Organisation,
  accountId: string,
): RepresentedOrganisation | undefined {
  const { id, name, creditCode, binding: standing } = organisation;
  if (standing?.account !== accountId) return undefined;
  const { role: as, level, confirmedAt } = standing;
  return { organisationId: id, name, creditCode, role: as, level, confirmedAt };
}

/** The organisation as other rooms may come to know it. */
export function organisationView({
  id,
  name,
  creditCode,
  binding: standing,
}: Organisation): OrganisationView {
  return { id, name, identifiers: [{ type: '001', value: creditCode }], level: standing?.level ?? 0 };
}
