import { maskName, maskPhoneNumber } from '../core/index.ts';
import type { Stored } from '../storage/index.ts';
import { type Account, identifierKey, mainIdentifier, proofingLevel } from './account.ts';
import { checkCode } from './check-code.ts';
import { faultsOf, readIdNumber, readName } from './fields.ts';
import { firstStrength, ownData, type PreparedLogin, prepareLogin } from './new-login.ts';
import { withMessage } from './outbox.ts';
import type { Recovery, SaidIdentity } from './port.ts';
import { isRecoverable, type RecoveryDraft, recoveryHoldMs, recoveryLifeMs } from './recovery.ts';
import { reportLink } from './report-theft.ts';
import type { Room } from './room.ts';
import { sendCode } from './send-code.ts';
import { isSameTag } from './tags.ts';

/** The draft, when it is alive and of this transaction. */
export async function findRecovery(
  room: Room,
  recoveryId: string,
  transaction: string,
): Promise<Stored<RecoveryDraft> | undefined> {
  const stored = await room.recoveries.get(recoveryId);
  if (!stored || stored.value.expiresAt <= room.clock.now()) return undefined;
  return isSameTag(stored.value.binding, room.tags.of('transaction', transaction)) ? stored : undefined;
}

/** Who wants to come back. The register is asked about everybody, and everybody gets a challenge; only some get a message. */
export async function startRecovery(room: Room, input: SaidIdentity): ReturnType<Recovery['start']> {
  const name = readName(input.name);
  const idNumber = readIdNumber(input.idType, input.idNumber, room.clock.now());
  if (!name.ok || !idNumber.ok) return { outcome: 'invalid', faults: faultsOf(idNumber, name) };
  const { type, value } = idNumber.value;
  const identity = identifierKey(type, value);
  const limited = await room.limits.take(
    ['recover-by-identity', identity],
    ['register-by-address', input.visitor.address],
  );
  if (limited) return limited;

  const answer = await room.registries.police.checkPerson({
    idType: type,
    idNumber: value,
    name: name.value,
  });
  if (answer.outcome === 'unavailable') return { outcome: 'register-unavailable' };
  const account = await findRecoverable(room, identity, answer.outcome === 'match');
  const { transaction, visitor } = input;
  const order = {
    purpose: 'recovery',
    transaction,
    subject: identity,
    accountId: account?.id,
    phoneNumber: account?.phone?.number,
  } as const;
  const sent = await sendCode(room, order, visitor);
  if (sent.outcome === 'limited') return sent;
  const draft: RecoveryDraft = {
    id: room.random.id(),
    binding: room.tags.of('transaction', transaction),
    accountId: account?.id,
    challengeId: sent.challenge.id,
    step: 'code',
    expiresAt: room.clock.now() + recoveryLifeMs,
  };
  await room.recoveries.insert(draft);
  const { expiresAt } = sent.challenge;
  return { outcome: 'sent', recoveryId: draft.id, expiresAt, resendAt: sent.resendAt };
}

/** The account, if there is one that these facts may recover; the look-ups are the same when there is none. */
async function findRecoverable(
  room: Room,
  identity: string,
  isConfirmed: boolean,
): Promise<Account | undefined> {
  const account = await room.accounts.find('identifier', identity);
  const phoneOwner = await room.accounts.find('phone', account?.phone?.number ?? '');
  return account && isConfirmed && isRecoverable(account, phoneOwner) ? account : undefined;
}

/** The code from the account's phone. */
export async function confirmRecoveryCode(
  room: Room,
  input: Parameters<Recovery['confirmCode']>[0],
): ReturnType<Recovery['confirmCode']> {
  const { recoveryId, code, transaction } = input;
  const stored = await findRecovery(room, recoveryId, transaction);
  if (stored?.value.step !== 'code') return { outcome: 'expired' };
  const guess = { id: stored.value.challengeId, code, purpose: 'recovery', transaction } as const;
  const verdict = await checkCode(room, guess);
  if (verdict.outcome === 'wrong-code') return { outcome: 'wrong-code', triesLeft: verdict.triesLeft };
  if (verdict.outcome !== 'right') return verdict;
  // A decoy's code was told to nobody; whoever guessed it has gained nothing.
  if (!stored.value.accountId) return { outcome: 'expired' };
  await room.recoveries.replace({ ...stored.value, step: 'login' }, stored.version);
  return { outcome: 'continue' };
}

/** Options for a passkey as the new way in. */
export async function recoveryPasskeyOptions(
  room: Room,
  { recoveryId, transaction }: Parameters<Recovery['passkeyOptions']>[0],
): ReturnType<Recovery['passkeyOptions']> {
  const account = await accountOf(room, await findRecovery(room, recoveryId, transaction));
  if (!account) return { outcome: 'expired' };
  const options = await room.passkeys.bindOptions({
    transaction,
    accountId: account.id,
    userName: maskPhoneNumber(account.phone?.number ?? ''),
    displayName: maskName(account.name),
    existing: [],
  });
  return { outcome: 'options', ...options };
}

/** The new way in. Everything else that could log in is revoked by the same write. */
export async function completeRecovery(
  room: Room,
  input: Parameters<Recovery['complete']>[0],
): ReturnType<Recovery['complete']> {
  const stored = await findRecovery(room, input.recoveryId, input.transaction);
  const account = await accountOf(room, stored);
  if (!stored || !account) return { outcome: 'expired' };
  const prepared = await prepareLogin(room, input.login, {
    accountId: account.id,
    own: ownData({
      name: account.name,
      idNumber: mainIdentifier(account)?.value,
      phoneNumber: account.phone?.number,
    }),
    transaction: input.transaction,
    level: 1,
  });
  if (prepared.outcome !== 'prepared') return prepared;
  // One use: of two at once the second finds the draft gone.
  if (!(await room.recoveries.remove(stored.key, stored.version))) return { outcome: 'expired' };
  const recovered = await writeRecovery(room, account.id, prepared);
  if (!recovered) return { outcome: 'expired' };
  return {
    outcome: 'recovered',
    accountId: recovered.id,
    ...firstStrength(prepared, false),
    proofingLevel: proofingLevel(recovered, room.clock.now()),
    knownDevice: room.devices.remember(input.visitor.knownDevice, recovered.id),
    heldUntil: recovered.holds.recoveryUntil ?? 0,
  };
}

async function accountOf(
  room: Room,
  stored: Stored<RecoveryDraft> | undefined,
): Promise<Account | undefined> {
  if (stored?.value.step !== 'login' || !stored.value.accountId) return undefined;
  return room.accounts.get(stored.value.accountId);
}

async function writeRecovery(
  room: Room,
  accountId: string,
  prepared: PreparedLogin,
): Promise<Account | undefined> {
  const event = room.event('identity.account.recovered', { account: accountId, method: prepared.method });
  return room.accounts.change<Account>(accountId, (current, now) => {
    const recovered: Account = {
      ...current,
      status: current.status === 'disabled' ? 'active' : current.status,
      password: prepared.password,
      passkeys: prepared.passkey ? [prepared.passkey] : [],
      blockedMethods: [],
      holds: { ...current.holds, recoveryUntil: now + recoveryHoldMs },
      phone: current.phone && { ...current.phone, verifiedAt: now },
      devicesSince: now,
      sessionsNotBefore: now,
    };
    const link = reportLink(room, accountId, prepared.method, now);
    const text = room.messages.recovered(link, current.locale);
    const account = recovered.phone
      ? withMessage(recovered, recovered.phone.number, text, { now, random: room.random })
      : recovered;
    return { write: { account, events: [event] }, result: account };
  });
}
