import type { AssuranceLevel } from '../core/index.ts';
import { type Account, proofingLevel } from './account.ts';
import type { Authenticated, LoginMethod, Refused, Visitor } from './port.ts';
import type { EventData, Room } from './room.ts';

/** Why a login was refused; for the log only. */
export type RefusalReason = EventData<'identity.login.refused'>['reason'];

/** How somebody is logging in, for the log. */
export interface Attempting {
  method: LoginMethod;
  visitor: Visitor;
}

/** What a method showed. */
export interface Strength {
  amr: readonly string[];
  methodLevel: AssuranceLevel;
}

/** What the log says of a success: in an event that rides in the account when the login writes it, else in a record. */
export function successData(
  room: Room,
  account: Account,
  { method, visitor }: Attempting,
  { methodLevel }: Strength,
): EventData<'identity.login.succeeded'> {
  return {
    account: account.id,
    client: visitor.clientId,
    method,
    level: Math.min(methodLevel, proofingLevel(account, room.clock.now())),
    knownDevice: room.devices.standing(visitor.knownDevice, account.id, account.devicesSince).isKnown,
  };
}

/** The answer to a success. */
export function authenticated(
  room: Room,
  account: Account,
  { method, visitor }: Attempting,
  strength: Strength,
): Authenticated {
  room.logins.add({ method, outcome: 'succeeded' });
  return {
    outcome: 'authenticated',
    accountId: account.id,
    ...strength,
    proofingLevel: proofingLevel(account, room.clock.now()),
    knownDevice: room.devices.remember(visitor.knownDevice, account.id),
  };
}

/** Logs a refusal and answers the one thing that a refusal says. */
export async function refuseLogin(
  room: Room,
  accountId: string | undefined,
  { method, visitor }: Attempting,
  reason: RefusalReason,
): Promise<Refused> {
  room.logins.add({ method, outcome: 'refused' });
  await room.record('identity.login.refused', {
    account: accountId,
    client: visitor.clientId,
    method,
    reason,
  });
  return { outcome: 'refused' };
}

/** Why this account may not log in this way, whatever was shown; undefined when it may. */
export function obstacle(
  account: Account,
  method: LoginMethod,
  onlyAccountId: string | undefined,
): RefusalReason | undefined {
  if (account.status === 'disabled') return 'disabled';
  if (account.blockedMethods.includes(method)) return 'blocked';
  if (onlyAccountId !== undefined && onlyAccountId !== account.id) return 'other-account';
  return undefined;
}

/** Logs that a failure locked a method for unknown devices. */
export async function recordLock(
  room: Room,
  accountId: string | undefined,
  { method, visitor }: Attempting,
): Promise<void> {
  room.logins.add({ method, outcome: 'locked' });
  await room.record('identity.login.locked', { account: accountId, client: visitor.clientId, method });
}

/**
 * Under what failures of a method count: the name that was typed, whether or not it is somebody's, because a lock that
 * reached over to the same person's other name would tell that both belong to one account; and apart for each device that
 * the account knows, so that strangers cannot lock its owner out.
 */
export function lockKey(
  room: Room,
  method: LoginMethod,
  account: Account | undefined,
  subject: string,
  visitor: Visitor,
): { key: string; isKnownDevice: boolean } {
  const device = account && room.devices.standing(visitor.knownDevice, account.id, account.devicesSince);
  return account && device?.isKnown
    ? { key: room.tags.of('lockout', method, account.id, device.deviceId), isKnownDevice: true }
    : { key: room.tags.of('lockout', method, 'name', subject), isKnownDevice: false };
}
