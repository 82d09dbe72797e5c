import type { RegisterAnswer } from '../registries/index.ts';
import { type Account, mainIdentifier, proofingLevel } from './account.ts';
import { recordOf } from './complete-registration.ts';
import { readCard } from './fields.ts';
import type { AccountCare } from './port.ts';
import type { Room } from './room.ts';

type Raised = ReturnType<AccountCare['raiseByTelecom']>;

/** Asks the operator whether the account's phone is its owner's. */
export async function raiseByTelecom(
  room: Room,
  { accountId }: Parameters<AccountCare['raiseByTelecom']>[0],
): Raised {
  const account = await room.accounts.get(accountId);
  if (!account) return { outcome: 'no-account' };
  const identifier = mainIdentifier(account);
  const phoneNumber = account.phone?.number;
  if (!identifier?.isVerified || !phoneNumber) return { outcome: 'unavailable' };
  const limited = await room.limits.take(['enquiry-by-account', accountId]);
  if (limited) return limited;
  const answer = await room.registries.telecom.checkSubscriber({ phoneNumber, idNumber: identifier.value });
  return writeRecord(room, accountId, 'telecom', answer, (current, at) =>
    current.phone?.number === phoneNumber ? { ...current.phone, telecomMatchAt: at } : current.phone,
  );
}

/** Asks the social security register whether the card is the person's. */
export async function raiseByCard(
  room: Room,
  { accountId, cardNumber }: Parameters<AccountCare['raiseByCard']>[0],
): ReturnType<AccountCare['raiseByCard']> {
  const card = readCard(cardNumber);
  if (!card.ok) return { outcome: 'invalid', faults: [card.fault] };
  const account = await room.accounts.get(accountId);
  if (!account) return { outcome: 'no-account' };
  const identifier = mainIdentifier(account);
  if (!identifier?.isVerified) return { outcome: 'unavailable' };
  const limited = await room.limits.take(['card-by-identity', identifier.value]);
  if (limited) return limited;
  const answer = await room.registries.socialSecurity.checkCard({
    idNumber: identifier.value,
    name: account.name,
    cardNumber: card.value,
  });
  return writeRecord(room, accountId, 'social-security', answer, (current) => current.phone);
}

async function writeRecord(
  room: Room,
  accountId: string,
  method: 'telecom' | 'social-security',
  answer: RegisterAnswer,
  phoneOf: (current: Account, at: number) => Account['phone'],
): Raised {
  if (answer.outcome === 'unavailable') return { outcome: 'unavailable' };
  if (answer.outcome !== 'match') return { outcome: 'mismatch' };
  const { source } = answer;
  const event = room.event('identity.level.raised', { account: accountId, level: 2, by: method });
  const raised = await room.accounts.change<Account>(accountId, (current) => {
    const others = current.assurance.filter((record) => record.method !== method);
    const assurance = [...others, recordOf(method, 2, source)];
    const account = { ...current, phone: phoneOf(current, source.at), assurance };
    return { write: { account, events: [event] }, result: account };
  });
  if (!raised) return { outcome: 'no-account' };
  return { outcome: 'raised', level: proofingLevel(raised, room.clock.now()) };
}
