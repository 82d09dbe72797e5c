import type { RegisterAnswer, RegisterSource } from '../registries/index.ts';
import { readCreditCode } from './fields.ts';
import { type Binding, isConfirmed, type Organisation, withoutBinding } from './organisation.ts';
import type { Bound, Organisations } from './organisation-port.ts';
import type { OrganisationDecision } from './organisation-records.ts';
import { endBinding, isNameOnly, provenPerson } from './organisation-rules.ts';
import type { Room } from './room.ts';

/** Binds an organisation to the person whom the business register names as its legal representative. */
export async function bindOrganisation(
  room: Room,
  { accountId, creditCode, visitor }: Parameters<Organisations['bind']>[0],
): Promise<Bound> {
  const code = readCreditCode(creditCode);
  if (!code.ok) return { outcome: 'invalid', faults: [code.fault] };
  const person = await provenPerson(room, accountId);
  if (!person) return { outcome: 'level-too-low' };
  const known = await room.organisations.find(code.value);
  // Asked at most once a day, whichever way somebody begins to act.
  if (known && isConfirmed(known, accountId, room.clock.now()))
    return { outcome: 'already-bound', organisationId: known.id };
  const limited = await room.limits.take(['organisation-by-account', accountId]);
  if (limited) return limited;
  const { business } = room.registries;
  const question = { accountId, creditCode: code.value, visitor };
  const answer = await business.checkRepresentative({ creditCode: code.value, ...person });
  if (answer.outcome !== 'match') return refuse(room, question, answer);
  // Only who was confirmed learns the registered name.
  const found = await business.findOrganisation({ creditCode: code.value });
  if (found.outcome === 'unavailable') return { outcome: 'unavailable' };
  if (found.outcome === 'not-found') return refuse(room, question, found);
  if (found.standing !== 'active')
    return refuse(room, question, { outcome: 'ended', reason: 'struck-off', source: found.source });
  return room.organisations.open(code.value, (organisation, now) =>
    settle(room, { ...organisation, name: found.name, standing: 'active' }, accountId, answer.source, now),
  );
}

/** Writes the register's word. Of two answers the later one counts, in whichever order they are written. */
function settle(
  room: Room,
  organisation: Organisation,
  account: string,
  source: RegisterSource,
  now: number,
): OrganisationDecision<Bound> {
  const { id, binding: current } = organisation;
  const isOurs = current?.account === account;
  if (current && !isOurs && source.at < current.confirmedAt) return { result: { outcome: 'mismatch' } };
  const binding: Binding = {
    account,
    role: 'legal_representative',
    level: 2,
    since: isOurs ? current.since : now,
    confirmedAt: source.at,
    source: source.register,
    reference: source.reference,
  };
  if (isOurs) {
    const events = [room.event('identity.organisation.confirmed', { account, organisation: id })];
    return {
      write: { organisation: { ...organisation, binding }, events },
      result: { outcome: 'already-bound', organisationId: id },
    };
  }
  const bound = room.event('identity.organisation.bound', {
    account,
    organisation: id,
    level: binding.level,
  });
  const reason = 'representative-changed';
  const events = current
    ? [
        room.event('identity.organisation.ended', { account: current.account, organisation: id, reason }),
        bound,
      ]
    : [bound];
  const vacant = withoutBinding(organisation, reason, now);
  return {
    write: { organisation: { ...vacant, binding }, events },
    result: { outcome: 'bound', organisationId: id },
  };
}

/** Answers a refusal, and ends a binding that the register has just contradicted. */
async function refuse(
  room: Room,
  { accountId, creditCode, visitor }: Parameters<Organisations['bind']>[0],
  answer: Exclude<RegisterAnswer, { outcome: 'match' }>,
): Promise<Bound> {
  if (answer.outcome === 'unavailable') return { outcome: 'unavailable' };
  const outcome = isNameOnly(answer)
    ? 'name-differs'
    : answer.outcome === 'ended'
      ? 'struck-off'
      : answer.outcome;
  await room.record('identity.organisation.refused', {
    account: accountId,
    client: visitor.clientId,
    reason: outcome,
  });
  const known = await room.organisations.find(creditCode);
  if (known) await endBinding(room, known.id, accountId, answer);
  return { outcome };
}
