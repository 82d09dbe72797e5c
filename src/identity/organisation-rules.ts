import type { RegisterAnswer } from '../registries/index.ts';
import { mainIdentifier, proofingLevel } from './account.ts';
import { type BindingEndReason, withoutBinding } from './organisation.ts';
import type { Room } from './room.ts';

/** Level of a person from which they can stand for an organisation. */
const neededLevel = 2;

/** The identity that the business register is asked with; undefined when it is not proven well enough, or held. */
export async function provenPerson(
  room: Room,
  accountId: string,
): Promise<{ idType: string; idNumber: string; name: string } | undefined> {
  const account = await room.accounts.get(accountId);
  const identifier = account && mainIdentifier(account);
  // An account of staff is nobody's own.
  if (account?.kind !== 'resident' || !identifier?.isVerified) return undefined;
  if (proofingLevel(account, room.clock.now()) < neededLevel) return undefined;
  return { idType: identifier.type, idNumber: identifier.value, name: account.name };
}

/** Whether the register means the same person under another name. */
export const isNameOnly = (answer: RegisterAnswer): boolean =>
  answer.outcome === 'mismatch' &&
  answer.elements.length > 0 &&
  answer.elements.every((one) => one === 'name');

const reasons = {
  mismatch: 'representative-changed',
  'not-found': 'not-found',
  ended: 'struck-off',
} as const satisfies Record<string, BindingEndReason>;

/**
 * Ends a binding that the register contradicted in an answer about `accountId`: that person's own by a mismatch, anybody's
 * when the organisation itself is gone. An answer older than the binding's confirmation ends nothing.
 */
export async function endBinding(
  room: Room,
  organisationId: string,
  accountId: string,
  answer: Exclude<RegisterAnswer, { outcome: 'match' | 'unavailable' }>,
): Promise<void> {
  if (isNameOnly(answer)) return;
  const reason = reasons[answer.outcome];
  await room.organisations.change(organisationId, (organisation, now) => {
    const { binding } = organisation;
    const isMeant = binding && (binding.account === accountId || reason !== 'representative-changed');
    if (!isMeant || answer.source.at < binding.confirmedAt) return { result: undefined };
    const ended = { account: binding.account, organisation: organisationId, reason };
    const standing =
      reason === 'struck-off' ? 'struck-off' : reason === 'not-found' ? 'unknown' : organisation.standing;
    return {
      write: {
        organisation: { ...withoutBinding(organisation, reason, now), standing },
        events: [room.event('identity.organisation.ended', ended)],
      },
      result: undefined,
    };
  });
}
