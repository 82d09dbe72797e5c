import { isProblem, maskName, maskPhoneNumber } from '../core/index.ts';
import { type Account, newResident, proofingLevel } from './account.ts';
import { findDraft } from './confirm-registration-phone.ts';
import { firstStrength, ownData, type PreparedLogin, prepareLogin } from './new-login.ts';
import type { Registration } from './port.ts';
import { draftLevel, draftProof, type RegistrationDraft } from './registration.ts';
import type { Room } from './room.ts';
import { takeOverPhone } from './take-over-phone.ts';

type CompleteInput = Parameters<Registration['complete']>[0];

/** Options for a passkey in step 3, bound to the id that the account will have. */
export async function registrationPasskeyOptions(
  room: Room,
  input: Parameters<Registration['passkeyOptions']>[0],
): ReturnType<Registration['passkeyOptions']> {
  const draft = (await findDraft(room, input.registrationId, input.transaction))?.value;
  if (draft?.step !== 'login') return { outcome: 'expired' };
  const options = await room.passkeys.bindOptions({
    transaction: input.transaction,
    accountId: draft.accountId,
    userName: maskPhoneNumber(draft.phoneNumber ?? ''),
    displayName: maskName(draft.name),
    existing: [],
  });
  return { outcome: 'options', ...options };
}

/** Step 3: a way to log in; then the account is there. */
export async function completeRegistration(
  room: Room,
  input: CompleteInput,
): ReturnType<Registration['complete']> {
  const draft = (await findDraft(room, input.registrationId, input.transaction))?.value;
  if (draft?.step !== 'login' || !draft.phoneNumber) return { outcome: 'expired' };
  const prepared = await prepareLogin(room, input.login, {
    accountId: draft.accountId,
    own: ownData(draft),
    transaction: input.transaction,
    level: draftLevel(draft),
  });
  if (prepared.outcome !== 'prepared') return prepared;

  const account = openAccount(room, draft, prepared, input);
  const refused = await insertAccount(room, draft, account, prepared, input);
  if (refused) return refused;
  await room.registrations.remove(draft.id);
  return {
    outcome: 'registered',
    accountId: account.id,
    ...firstStrength(prepared, draft.telecom !== undefined),
    proofingLevel: proofingLevel(account, room.clock.now()),
    knownDevice: room.devices.remember(input.visitor.knownDevice, account.id),
    proof: draftProof(draft),
  };
}

function openAccount(
  room: Room,
  draft: RegistrationDraft,
  prepared: PreparedLogin,
  { visitor }: CompleteInput,
): Account {
  const now = room.clock.now();
  const { police, telecom, socialSecurity } = draft;
  const person = { id: draft.accountId, name: draft.name, idType: draft.idType, idNumber: draft.idNumber };
  return {
    ...newResident({ ...person, source: police?.register, locale: visitor.locale, now }),
    phone: {
      number: draft.phoneNumber ?? '',
      since: now,
      verifiedAt: draft.phoneVerifiedAt,
      telecomMatchAt: telecom?.at,
      source: 'self',
    },
    assurance: [
      ...(police ? [recordOf('police', 1, police)] : []),
      ...(telecom ? [recordOf('telecom', 2, telecom)] : []),
      ...(socialSecurity ? [recordOf('social-security', 2, socialSecurity)] : []),
    ],
    password: prepared.password,
    passkeys: prepared.passkey ? [prepared.passkey] : [],
  };
}

/** A register's answer as an assurance record. */
export function recordOf(
  method: Account['assurance'][number]['method'],
  level: 1 | 2,
  source: { register: string; reference: string; at: number },
): Account['assurance'][number] {
  return { level, method, source: source.register, reference: source.reference, at: source.at };
}

/** Inserts the account. Uniqueness is decided here and nowhere earlier: of two at once, one finds the other's. */
async function insertAccount(
  room: Room,
  draft: RegistrationDraft,
  account: Account,
  prepared: PreparedLogin,
  { visitor }: CompleteInput,
) {
  const event = room.event('identity.account.registered', {
    account: account.id,
    client: visitor.clientId,
    method: prepared.method,
    level: draftLevel(draft),
    proof: draftProof(draft),
  });
  // The second round is for a number that changed hands with proof: its earlier account lets go of it first.
  for (const isLast of [false, true]) {
    try {
      await room.accounts.insert(account, [event]);
      return undefined;
    } catch (error) {
      if (!isProblem(error, 'already-exists')) throw error;
      const taken = error.extensions.index;
      if (taken === 'identifier') return { outcome: 'already-yours' } as const;
      if (taken !== 'phone') return { outcome: 'expired' } as const;
      if (!draft.telecom || isLast) return { outcome: 'phone-in-use' } as const;
      await takeOverPhone(room, draft.phoneNumber ?? '');
    }
  }
  return undefined;
}
