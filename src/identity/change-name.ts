import { mainIdentifier } from './account.ts';
import { recordOf } from './complete-registration.ts';
import { readName } from './fields.ts';
import type { AccountCare } from './port.ts';
import type { Room } from './room.ts';
import { refusalOf } from './start-registration.ts';

/** A new name, when the police register confirms it under the same number; the old one is kept as history. */
export async function changeName(
  room: Room,
  { accountId, name }: Parameters<AccountCare['changeName']>[0],
): ReturnType<AccountCare['changeName']> {
  const read = readName(name);
  if (!read.ok) return { outcome: 'invalid', faults: [read.fault] };
  const account = await room.accounts.get(accountId);
  const identifier = account && mainIdentifier(account);
  if (!account || !identifier) return { outcome: 'no-account' };
  if (!identifier.isVerified) return { outcome: 'unavailable' };
  const limited = await room.limits.take(['enquiry-by-account', accountId]);
  if (limited) return limited;
  const { type: idType, value: idNumber } = identifier;
  const answer = await room.registries.police.checkPerson({ idType, idNumber, name: read.value });
  const refusal = refusalOf(answer);
  if (refusal) return { outcome: refusal.outcome };
  if (answer.outcome !== 'match') return { outcome: 'unavailable' };
  const event = room.event('identity.name.changed', { account: accountId });
  await room.accounts.change(accountId, (current, now) => {
    if (current.name === read.value) return { result: undefined };
    const previousNames = [...current.previousNames, { name: current.name, until: now }];
    const others = current.assurance.filter((record) => record.method !== 'police');
    const assurance = [recordOf('police', 1, answer.source), ...others];
    return {
      write: { account: { ...current, name: read.value, previousNames, assurance }, events: [event] },
      result: undefined,
    };
  });
  return { outcome: 'changed' };
}
