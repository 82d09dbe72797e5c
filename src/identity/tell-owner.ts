import { withMessage } from './outbox.ts';
import type { Room } from './room.ts';

/**
 * Tells the owner of an identity that somebody tried to register with it: once a day, and behind the answer, because a
 * stranger must not feel the difference.
 */
export function tellOwner(room: Room, identity: string, clientId: string | undefined): void {
  room.background.run('tell-owner', async () => {
    const owner = await room.accounts.find('identifier', identity);
    if (!owner || (await room.limits.take(['owner-told', owner.id]))) return;
    const event = room.event('identity.registration.stopped', { account: owner.id, client: clientId });
    await room.accounts.change(owner.id, (account, now) => {
      const text = room.messages.registrationAttempted(account.locale);
      const told = account.phone
        ? withMessage(account, account.phone.number, text, { now, random: room.random })
        : account;
      return { write: { account: told, events: [event] }, result: undefined };
    });
  });
}
