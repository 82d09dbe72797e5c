import { isProblem, maskName, maskPhoneNumber } from '../core/index.ts';
import { type Account, openMethods } from './account.ts';
import { readLabel } from './fields.ts';
import type { AccountCare } from './port.ts';
import type { Room } from './room.ts';
import { toldOfChange } from './tell-owner.ts';

/** More than anybody has; keeps one account's document small. */
const maxPasskeys = 20;

/** Options for one more passkey; those that are there are excluded by the browser. */
export async function passkeyOptions(
  room: Room,
  { accountId, transaction }: Parameters<AccountCare['passkeyOptions']>[0],
): ReturnType<AccountCare['passkeyOptions']> {
  const account = await room.accounts.get(accountId);
  if (!account) return { outcome: 'no-account' };
  const options = await room.passkeys.bindOptions({
    transaction,
    accountId,
    userName: maskPhoneNumber(account.phone?.number ?? ''),
    displayName: maskName(account.name),
    existing: account.passkeys,
  });
  return { outcome: 'options', ...options };
}

/** Binds a passkey in the session of its owner. */
export async function addPasskey(
  room: Room,
  input: Parameters<AccountCare['addPasskey']>[0],
): ReturnType<AccountCare['addPasskey']> {
  const label = readLabel(input.name);
  if (!label.ok) return { outcome: 'invalid', faults: [label.fault] };
  const bound = await room.passkeys.verifyBinding(input);
  if (!bound) return { outcome: 'passkey-refused' };
  const { accountId, sessionLevel } = input;
  const event = room.event('identity.passkey.added', { account: accountId, level: sessionLevel });
  try {
    const added = await room.accounts.change<boolean>(accountId, (current, now) => {
      if (current.passkeys.length >= maxPasskeys) return { result: false };
      const passkey = { ...bound, name: label.value, createdAt: now, boundAtLevel: sessionLevel };
      const changed = { ...current, passkeys: [...current.passkeys, passkey] };
      const account = toldOfChange(room, changed, 'passkey-added', now);
      return { write: { account, events: [event] }, result: true };
    });
    if (added === undefined) return { outcome: 'no-account' };
    return added ? { outcome: 'added', credentialId: bound.credentialId } : { outcome: 'passkey-refused' };
  } catch (error) {
    // One key belongs to one account. @see W3C WebAuthn Level 3, 7.1 step 26 (step number not checked)
    if (isProblem(error, 'already-exists')) return { outcome: 'passkey-refused' };
    throw error;
  }
}

/** Gives a passkey another name. */
export async function renamePasskey(
  room: Room,
  { accountId, credentialId, name }: Parameters<AccountCare['renamePasskey']>[0],
): ReturnType<AccountCare['renamePasskey']> {
  const label = readLabel(name);
  if (!label.ok) return { outcome: 'invalid', faults: [label.fault] };
  const changed = await room.accounts.change<true>(accountId, (current) => {
    const passkeys = current.passkeys.map((one) =>
      one.credentialId === credentialId ? { ...one, name: label.value } : one,
    );
    return { write: { account: { ...current, passkeys } }, result: true };
  });
  return { outcome: changed ? 'changed' : 'no-account' };
}

/** Removes a passkey, unless nothing else would log in. */
export async function removePasskey(
  room: Room,
  { accountId, credentialId }: Parameters<AccountCare['removePasskey']>[0],
): ReturnType<AccountCare['removePasskey']> {
  const event = room.event('identity.passkey.removed', { account: accountId });
  const outcome = await room.accounts.change<'changed' | 'last-way-in'>(accountId, (current, now) => {
    const passkeys = current.passkeys.filter((one) => one.credentialId !== credentialId);
    if (passkeys.length === current.passkeys.length) return { result: 'changed' };
    const changed = { ...current, passkeys };
    if (openMethods(changed).length === 0) return { result: 'last-way-in' };
    const account = toldOfChange(room, changed, 'passkey-removed', now);
    return { write: { account, events: [event] }, result: 'changed' };
  });
  return { outcome: outcome ?? 'no-account' };
}

/** Blocks a way to log in, or opens it again. */
export async function setMethodBlocked(
  room: Room,
  { accountId, method, isBlocked }: Parameters<AccountCare['setMethodBlocked']>[0],
): ReturnType<AccountCare['setMethodBlocked']> {
  const type = isBlocked ? 'identity.method.blocked' : 'identity.method.unblocked';
  const event = room.event(type, { account: accountId, method });
  const outcome = await room.accounts.change<'changed' | 'last-way-in'>(accountId, (current) => {
    if (current.blockedMethods.includes(method) === isBlocked) return { result: 'changed' };
    const others = current.blockedMethods.filter((one) => one !== method);
    const account: Account = { ...current, blockedMethods: isBlocked ? [...others, method] : others };
    if (isBlocked && openMethods(account).length === 0) return { result: 'last-way-in' };
    return { write: { account, events: [event] }, result: 'changed' };
  });
  return { outcome: outcome ?? 'no-account' };
}
