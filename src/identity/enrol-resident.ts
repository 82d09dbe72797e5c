import { isProblem } from '../core/index.ts';
import { type Account, identifierKey, newResident } from './account.ts';
import { faultsOf, readIdNumber, readName, readPhone } from './fields.ts';
import { ownData, passwordFault } from './new-login.ts';
import type { Enrolment } from './port.ts';
import type { Room } from './room.ts';

type EnrolInput = Parameters<Enrolment['enrolResident']>[0];

/** An account for somebody whose papers an office saw. @throws {Problem} too-busy */
export async function enrolResident(room: Room, input: EnrolInput): ReturnType<Enrolment['enrolResident']> {
  const now = room.clock.now();
  const name = readName(input.name);
  const idNumber = readIdNumber(input.idType, input.idNumber, now);
  const phone = input.phoneNumber === undefined ? undefined : readPhone(input.phoneNumber);
  if (!name.ok || !idNumber.ok || phone?.ok === false)
    return { outcome: 'invalid', faults: faultsOf(idNumber, name, ...(phone ? [phone] : [])) };
  const own = ownData({ name: name.value, idNumber: idNumber.value.value, phoneNumber: phone?.value });
  const fault = input.password === undefined ? undefined : passwordFault(input.password, own);
  if (fault) return { outcome: 'invalid', faults: [fault] };

  const { source, reference, level } = input;
  const hash = input.password === undefined ? undefined : await room.passwords.hash(input.password);
  const account: Account = {
    ...newResident({
      id: room.random.id(),
      name: name.value,
      idType: idNumber.value.type,
      idNumber: idNumber.value.value,
      source,
      locale: undefined,
      now,
    }),
    phone: phone && {
      number: phone.value,
      since: now,
      verifiedAt: now,
      telecomMatchAt: input.isPhoneMatched ? now : undefined,
      source,
    },
    assurance: level > 0 ? [{ level, method: 'counter', source, reference, at: now }] : [],
    password: hash === undefined ? undefined : { hash, since: now },
  };
  const event = room.event('identity.account.enrolled', { account: account.id, actor: input.by, level });
  try {
    await room.accounts.insert(account, [event]);
    return { outcome: 'enrolled', accountId: account.id };
  } catch (error) {
    if (isProblem(error, 'already-exists')) return { outcome: 'already-exists' };
    throw error;
  }
}

/** Whose a confirmed identifier or phone is. */
export async function findAccountId(
  room: Room,
  { type, value }: Parameters<Enrolment['findAccountId']>[0],
): Promise<string | undefined> {
  const account =
    type === 'phone' || type === 'MOBILE'
      ? await room.accounts.find('phone', value)
      : await room.accounts.find('identifier', identifierKey(type, value));
  return account?.id;
}
