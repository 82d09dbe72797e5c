import type { Account } from './account.ts';
import type { Room } from './room.ts';

/**
 * Takes a recycled number from the account that had it, after its new holder proved it by a code and the operator confirmed
 * it under their identity. The earlier holder's login by SMS is dead at once; a message would reach the wrong person, so they
 * are told at their next login.
 */
export async function takeOverPhone(room: Room, phoneNumber: string): Promise<void> {
  const owner = await room.accounts.find('phone', phoneNumber);
  if (!owner) return;
  const event = room.event('identity.phone.lost', { account: owner.id, reason: 'taken-over' });
  await room.accounts.change(owner.id, (account, now) => {
    if (account.phone?.number !== phoneNumber) return { result: undefined };
    return {
      write: { account: withoutPhone(account, 'phone-taken-over', now), events: [event] },
      result: undefined,
    };
  });
}

/** The account after it lost its number to somebody else, with the alert that tells its owner. */
export function withoutPhone(
  account: Account,
  kind: Account['alerts'][number]['kind'],
  now: number,
): Account {
  if (!account.phone) return account;
  const lost = account.phone.number;
  return {
    ...account,
    phone: undefined,
    previousPhones: [...account.previousPhones, { number: lost, until: now }],
    alerts: [...account.alerts, { kind, at: now }],
    // Messages still waiting for that number would be read by its next holder.
    outbox: account.outbox.filter((message) => message.to !== lost),
  };
}
