import type { RegisterAnswer } from '../registries/index.ts';
import { faultsOf, readIdNumber, readName } from './fields.ts';
import type { Registration, SaidIdentity, Visitor } from './port.ts';
import { draftProof, type RegistrationDraft, registrationLifeMs } from './registration.ts';
import type { Room } from './room.ts';

/**
 * Step 1: who. Whether the identity has an account is not even looked up here, so this step cannot tell.
 */
export async function startRegistration(room: Room, input: SaidIdentity): ReturnType<Registration['start']> {
  const name = readName(input.name);
  const idNumber = readIdNumber(input.idType, input.idNumber, room.clock.now());
  if (!name.ok || !idNumber.ok) return { outcome: 'invalid', faults: faultsOf(idNumber, name) };
  const limited = await limitEnquiries(room, idNumber.value, input.visitor);
  if (limited) return limited;

  const answer = await room.registries.police.checkPerson({
    idType: idNumber.value.type,
    idNumber: idNumber.value.value,
    name: name.value,
  });
  const refusal = refusalOf(answer);
  if (refusal) return refusal;

  const draft: RegistrationDraft = {
    id: room.random.id(),
    binding: room.tags.of('transaction', input.transaction),
    accountId: room.random.id(),
    idType: idNumber.value.type,
    idNumber: idNumber.value.value,
    name: name.value,
    step: 'phone',
    police: answer.outcome === 'match' ? answer.source : undefined,
    expiresAt: room.clock.now() + registrationLifeMs,
  };
  await room.registrations.insert(draft);
  return { outcome: 'continue', registrationId: draft.id, proof: draftProof(draft) };
}

/** The police register is not ours to be searched through: few questions about one person, more from one address. */
function limitEnquiries(room: Room, identity: { type: string; value: string }, visitor: Visitor) {
  return room.limits.take(
    ['register-by-identity', `${identity.type}|${identity.value}`],
    ['register-by-address', visitor.address],
  );
}

/** What a person is told when the register does not confirm them; nothing when it does, or cannot be asked now. */
export function refusalOf(answer: RegisterAnswer) {
  switch (answer.outcome) {
    case 'mismatch':
      return { outcome: 'mismatch', elements: answer.elements } as const;
    case 'not-found':
      return { outcome: 'not-found' } as const;
    case 'ended':
      return { outcome: 'deceased' } as const;
    default:
      return undefined;
  }
}
