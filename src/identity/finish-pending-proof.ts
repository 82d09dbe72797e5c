import { isProblem } from '../core/index.ts';
import type { RegisterAnswer } from '../registries/index.ts';
import { type Account, identifierKey, mainIdentifier } from './account.ts';
import type { Decision } from './accounts.ts';
import { recordOf } from './complete-registration.ts';
import type { ProofRefusal } from './messages.ts';
import { withMessage } from './outbox.ts';
import type { Room } from './room.ts';
import { refusalOf } from './start-registration.ts';
import { tellOwner } from './tell-owner.ts';

const firstPauseMs = 60_000;
const longestPauseMs = 3_600_000;

/**
 * Asks the police register again about every account that is waiting for it; answers how many were settled. Several processes
 * may run it: each account is claimed for one of them by the time at which it is due next.
 */
export async function finishPendingProofs(room: Room): Promise<number> {
  let settled = 0;
  for (const accountId of await room.accounts.due('proof-due')) {
    const account = await claim(room, accountId);
    const identifier = account && mainIdentifier(account);
    if (!account || !identifier) continue;
    const answer = await room.registries.police.checkPerson({
      idType: identifier.type,
      idNumber: identifier.value,
      name: account.name,
    });
    if (answer.outcome === 'unavailable') continue;
    await settle(room, accountId, identifier, answer);
    settled += 1;
  }
  return settled;
}

async function claim(room: Room, accountId: string): Promise<Account | undefined> {
  return room.accounts.change<Account | undefined>(accountId, (account, now) => {
    const { proof } = account;
    if (account.status !== 'pending-proof' || !proof || proof.dueAt > now) return { result: undefined };
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(proof.tries, 10));
    const claimed = { ...account, proof: { dueAt: now + pause, tries: proof.tries + 1 } };
    return { write: { account: claimed }, result: account };
  });
}

async function settle(
  room: Room,
  accountId: string,
  identity: { type: string; value: string },
  answer: RegisterAnswer,
): Promise<void> {
  const refusal = refusalOf(answer);
  if (refusal) return refuse(room, accountId, refusal.outcome);
  if (answer.outcome !== 'match') return;
  try {
    await room.accounts.change(accountId, (account, now) => confirm(room, account, answer, now));
  } catch (error) {
    // Somebody opened an account with this identity while this one was waiting: the unique index decided.
    if (!isProblem(error, 'already-exists')) throw error;
    await refuse(room, accountId, 'already-registered');
    tellOwner(room, identifierKey(identity.type, identity.value), undefined);
  }
}

function confirm(
  room: Room,
  account: Account,
  answer: Extract<RegisterAnswer, { outcome: 'match' }>,
  now: number,
): Decision<void> {
  if (account.status !== 'pending-proof') return { result: undefined };
  const confirmed: Account = {
    ...account,
    status: 'active',
    isNameVerified: true,
    identifiers: account.identifiers.map((one, place) =>
      place === 0 ? { ...one, isVerified: true, source: answer.source.register, since: now } : one,
    ),
    assurance: [...account.assurance, recordOf('police', 1, answer.source)],
    proof: undefined,
  };
  const level = Math.max(...confirmed.assurance.map((record) => record.level));
  const event = room.event('identity.account.proven', { account: account.id, level });
  const text = room.messages.proofConfirmed(account.locale);
  return { write: { account: told(room, confirmed, text, now), events: [event] }, result: undefined };
}

/** Closes the account. Its phone is free again, so the person can start anew with it. */
async function refuse(room: Room, accountId: string, reason: ProofRefusal): Promise<void> {
  const event = room.event('identity.account.disabled', {
    account: accountId,
    actor: 'system',
    reason: 'proof-refused',
  });
  await room.accounts.change(accountId, (account, now) => {
    if (account.status !== 'pending-proof') return { result: undefined };
    const closed: Account = { ...account, status: 'disabled', proof: undefined, sessionsNotBefore: now };
    const text = room.messages.proofRefused(reason, account.locale);
    return { write: { account: told(room, closed, text, now), events: [event] }, result: undefined };
  });
}

function told(room: Room, account: Account, text: string, now: number): Account {
  const { phone } = account;
  return phone ? withMessage(account, phone.number, text, { now, random: room.random }) : account;
}
