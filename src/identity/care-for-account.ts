import type { Audit } from '../audit/index.ts';
import { maskIdentifier, maskName, maskPhoneNumber, type Page } from '../core/index.ts';
import { type Account, isHeld, mainIdentifier, proofingLevel } from './account.ts';
import { ownData, passwordFault } from './new-login.ts';
import { withMessage } from './outbox.ts';
import type { AccountCare, AccountOverview, LoginMethod, RecentLogin } from './port.ts';
import type { Room } from './room.ts';
import { toldOfChange } from './tell-owner.ts';

/** The account as its owner sees it, masked. */
export function overviewOf(account: Account, now: number): AccountOverview {
  return {
    id: account.id,
    status: account.status,
    maskedName: maskName(account.name),
    identifiers: account.identifiers.map(({ type, value, since, source, isVerified }) => ({
      type,
      masked: maskIdentifier({ type: type as '111', number: value }),
      since,
      source,
      isVerified,
    })),
    maskedPhone: account.phone && maskPhoneNumber(account.phone.number),
    proofingLevel: proofingLevel(account, now),
    heldUntil: isHeld(account, now) ? account.holds.recoveryUntil : undefined,
    assurance: account.assurance,
    passwordSince: account.password?.since,
    passkeys: account.passkeys.map((one) => ({
      credentialId: one.credentialId,
      name: one.name,
      createdAt: one.createdAt,
      lastUsedAt: one.lastUsedAt,
      isBackedUp: one.isBackedUp,
      carriesLevel3: one.boundAtLevel >= 2,
    })),
    blockedMethods: account.blockedMethods,
    previousNames: account.previousNames.map(({ name, until }) => ({ masked: maskName(name), until })),
    alerts: account.alerts,
    createdAt: account.createdAt,
  };
}

/** A new password. Other devices are strangers again; the present one stays known. @throws {Problem} too-busy */
export async function changePassword(
  room: Room,
  { accountId, password, visitor }: Parameters<AccountCare['changePassword']>[0],
): ReturnType<AccountCare['changePassword']> {
  const account = await room.accounts.get(accountId);
  if (!account) return { outcome: 'no-account' };
  const fault = passwordFault(
    password,
    ownData({
      name: account.name,
      idNumber: mainIdentifier(account)?.value,
      phoneNumber: account.phone?.number,
    }),
  );
  if (fault) return { outcome: 'invalid', faults: [fault] };
  const hash = await room.passwords.hash(password);
  const event = room.event('identity.password.changed', { account: accountId });
  const changed = await room.accounts.change<true>(accountId, (current, now) => {
    const renewed = { ...current, password: { hash, since: now }, devicesSince: now };
    const written = toldOfChange(room, renewed, 'password-changed', now);
    return { write: { account: written, events: [event] }, result: true };
  });
  if (!changed) return { outcome: 'no-account' };
  return { outcome: 'changed', knownDevice: room.devices.remember(visitor.knownDevice, accountId) };
}

/** The owner has read what could not be told by SMS. */
export async function acknowledgeAlerts(room: Room, accountId: string): Promise<void> {
  await room.accounts.change(accountId, (current) =>
    current.alerts.length === 0
      ? { result: undefined }
      : { write: { account: { ...current, alerts: [] } }, result: undefined },
  );
}

/** Closes the account; its phone is free for its next holder, its identity stays taken until recovery reopens it. */
export async function disableAccount(
  room: Room,
  { accountId, by, reason }: Parameters<AccountCare['disable']>[0],
): ReturnType<AccountCare['disable']> {
  const actor = by === 'self' ? accountId : by;
  const event = room.event('identity.account.disabled', { account: accountId, actor, reason });
  const done = await room.accounts.change<true>(accountId, (current, now) => {
    if (current.status === 'disabled') return { result: true };
    const closed: Account = {
      ...current,
      status: 'disabled',
      proof: undefined,
      devicesSince: now,
      sessionsNotBefore: now,
    };
    const text = room.messages.disabled(current.locale);
    const account = current.phone
      ? withMessage(closed, current.phone.number, text, { now, random: room.random })
      : closed;
    return { write: { account, events: [event] }, result: true };
  });
  return { outcome: done ? 'changed' : 'no-account' };
}

const loginTypes = ['identity.login.succeeded', 'identity.login.refused'];

/** Logins from the log, newest first. */
export async function recentLogins(
  audit: Audit,
  accountId: string,
  options: { after?: string; limit?: number } = {},
): Promise<Page<RecentLogin>> {
  const { items, next } = await audit.eventsOf(accountId, { ...options, types: loginTypes });
  return {
    items: items.map(({ type, at, data }) => ({
      at,
      method: data.method as LoginMethod,
      outcome: type === 'identity.login.succeeded' ? 'succeeded' : 'refused',
      clientId: data.client,
    })),
    next,
  };
}
