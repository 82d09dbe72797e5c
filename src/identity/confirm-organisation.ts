import { isConfirmed, organisationView, representedBy, withoutBinding } from './organisation.ts';
import type { Confirmation, Organisations } from './organisation-port.ts';
import { endBinding, isNameOnly, provenPerson } from './organisation-rules.ts';
import type { Room } from './room.ts';

/** Asks the register again, at most once a day, before somebody acts for an organisation. */
export async function confirmOrganisation(
  room: Room,
  accountId: string,
  organisationId: string,
): Promise<Confirmation> {
  const organisation = await room.organisations.get(organisationId);
  if (organisation?.binding?.account !== accountId) return 'ended';
  const person = await provenPerson(room, accountId);
  if (!person) return 'level-too-low';
  if (isConfirmed(organisation, accountId, room.clock.now())) return 'confirmed';
  const { business } = room.registries;
  const { creditCode } = organisation;
  const answer = await business.checkRepresentative({ creditCode, ...person });
  if (answer.outcome === 'unavailable') return 'unavailable';
  if (isNameOnly(answer)) return 'name-differs';
  if (answer.outcome !== 'match') {
    await endBinding(room, organisationId, accountId, answer);
    return 'ended';
  }
  // A name that cannot be asked for now stays as it was: who may act is what had to be known.
  const found = await business.findOrganisation({ creditCode });
  const { source } = answer;
  const event = room.event('identity.organisation.confirmed', {
    account: accountId,
    organisation: organisationId,
  });
  const isOurs = await room.organisations.change(organisationId, (current) => {
    const { binding } = current;
    if (binding?.account !== accountId) return { result: false };
    const name = found.outcome === 'found' ? found.name : current.name;
    const confirmed = {
      ...binding,
      confirmedAt: source.at,
      source: source.register,
      reference: source.reference,
    };
    return {
      write: { organisation: { ...current, name, binding: confirmed }, events: [event] },
      result: true,
    };
  });
  return isOurs ? 'confirmed' : 'ended';
}

/** The person gives the binding up; somebody else's is none of theirs. */
export async function releaseOrganisation(
  room: Room,
  { accountId, organisationId }: Parameters<Organisations['release']>[0],
): Promise<void> {
  await room.organisations.change(organisationId, (organisation, now) => {
    if (organisation.binding?.account !== accountId) return { result: undefined };
    const reason = 'released';
    const ended = { account: accountId, organisation: organisationId, reason } as const;
    return {
      write: {
        organisation: withoutBinding(organisation, reason, now),
        events: [room.event('identity.organisation.ended', ended)],
      },
      result: undefined,
    };
  });
}

/** What the person may act for, without asking anybody. */
export async function listOrganisations(room: Room, accountId: string): ReturnType<Organisations['list']> {
  const organisations = await room.organisations.boundTo(accountId);
  return organisations.flatMap((organisation) => representedBy(organisation, accountId) ?? []);
}

/** The binding as it stands, while the person is still proven well enough; an organisation of others is none. */
export async function findRepresented(
  room: Room,
  accountId: string,
  organisationId: string,
): ReturnType<Organisations['findRepresented']> {
  const organisation = await room.organisations.get(organisationId);
  const represented = organisation && representedBy(organisation, accountId);
  return represented && (await provenPerson(room, accountId)) && represented;
}

/** An organisation by its random id. */
export async function findOrganisation(
  room: Room,
  organisationId: string,
): ReturnType<Organisations['find']> {
  const organisation = await room.organisations.get(organisationId);
  return organisation && organisationView(organisation);
}
