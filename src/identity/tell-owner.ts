import type { PendingEvent } from '../core/index.ts';
import type { Account } from './account.ts';
import type { MethodChange } from './messages.ts';
import { withMessage } from './outbox.ts';
import type { Notification } from './port.ts';
import { reportLink } from './report-theft.ts';
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

/** The account with word to its owner that its ways to log in changed, and where to say that it was somebody else. */
export function toldOfChange(room: Room, account: Account, change: MethodChange, now: number): Account {
  if (!account.phone) return account;
  const method = change === 'password-changed' ? 'password' : 'passkey';
  const link = reportLink(room, account.id, method, now);
  const text = room.messages.methodChanged(change, link, account.locale);
  return withMessage(account, account.phone.number, text, { now, random: room.random });
}

/** A message to one person about what somebody else did. */
interface Word {
  accountId: string;
  /** Recognises it: its event may come twice, and the gateway knows the message by this id. */
  id: string;
  textIn(locale: Account['locale']): string;
}

async function send(room: Room, { accountId, id, textIn }: Word): Promise<void> {
  await room.accounts.change(accountId, (account, now) => {
    const { phone, outbox, locale } = account;
    if (!phone || outbox.some((message) => message.id === id)) return { result: undefined };
    const told = withMessage(account, phone.number, textIn(locale), { now, random: { id: () => id } });
    return { write: { account: told }, result: undefined };
  });
}

/** Tells whom the register no longer names as an organisation's representative: it was somebody else who found out. */
export async function tellReplaced(room: Room, { id, type, data }: PendingEvent): Promise<void> {
  if (type !== 'identity.organisation.ended' || data.reason !== 'representative-changed') return;
  const organisation = await room.organisations.get(String(data.organisation));
  if (!organisation) return;
  const textIn: Word['textIn'] = (locale) => room.messages.representationEnded(organisation.name, locale);
  await send(room, { accountId: String(data.account), id, textIn });
}

/** Tells a person what another room has to say. */
export const tellPerson = (room: Room, { accountId, id, text }: Notification): Promise<void> =>
  send(room, { accountId, id, textIn: (locale) => room.messages.fromAnotherRoom(text, locale) });
