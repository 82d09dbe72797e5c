import { dayMs } from '../core/index.ts';
import type { Account } from './account.ts';
import type { AccountCare, LoginMethod } from './port.ts';
import { recoveryHoldMs } from './recovery.ts';
import type { Room } from './room.ts';
import { isSameTag } from './tags.ts';

const linkLifeMs = 7 * dayMs;

/**
 * The link in a message by which its reader says "that was not me" without logging in. It names an account by its random id
 * and one method to block; it can take away, never give.
 */
export function reportLink(room: Room, accountId: string, method: LoginMethod, now: number): string {
  const until = Math.floor((now + linkLifeMs) / 1000).toString(36);
  const mac = room.tags.of('report', accountId, method, until);
  return `${room.settings.issuer}/report/${[accountId, method, until, mac].join('.')}`;
}

function readToken(room: Room, token: string): { accountId: string; method: LoginMethod } | undefined {
  const [accountId = '', method = '', until = '', mac = ''] = token.split('.');
  if (!isSameTag(mac, room.tags.of('report', accountId, method, until))) return undefined;
  if (Number.parseInt(until, 36) * 1000 <= room.clock.now()) return undefined;
  return { accountId, method: method as LoginMethod };
}

/** The owner says that somebody else acts as them. */
export async function reportTheft(
  room: Room,
  input: Parameters<AccountCare['reportTheft']>[0],
): ReturnType<AccountCare['reportTheft']> {
  const named = 'token' in input ? readToken(room, input.token) : { accountId: input.accountId };
  if (!named) return { outcome: 'expired' };
  const { accountId } = named;
  const blocked = 'method' in named ? [named.method] : [];
  const events = [
    room.event('identity.account.theft-reported', {
      account: accountId,
      by: 'token' in input ? 'link' : 'owner',
    }),
    ...blocked.map((method) => room.event('identity.method.blocked', { account: accountId, method })),
  ];
  const reported = await room.accounts.change<true>(accountId, (current, now) => {
    const account: Account = {
      ...current,
      blockedMethods: [...new Set([...current.blockedMethods, ...blocked])],
      holds: { ...current.holds, recoveryUntil: now + recoveryHoldMs },
      devicesSince: now,
      sessionsNotBefore: now,
    };
    return { write: { account, events }, result: true };
  });
  return reported ? { outcome: 'reported', accountId, blocked } : { outcome: 'no-account' };
}
