import type { StaffDuty, StaffRole } from '../../src/core/index.ts';
import { definingAuthority } from '../support/authority.ts';
import { createDevice } from '../support/device.ts';
import type { House } from './kit.ts';

/** A duty in that authority. */
export const duty = (role: StaffRole, authorityCode = definingAuthority.code): StaffDuty => ({
  role,
  authorityCode,
});

/** Uses an invitation with a device. */
export async function acceptWith(
  { identity }: Pick<House, 'identity'>,
  token: string,
  device = createDevice(),
) {
  const transaction = `invitation ${token}`;
  const options = await identity.staff.passkeyOptions({ token, transaction });
  if (options.outcome !== 'options') return { accepted: options, device };
  const { challengeId } = options;
  const response = device.create(options);
  const accepted = await identity.staff.accept({
    token,
    challengeId,
    response,
    label: '工作电脑',
    transaction,
  });
  return { accepted, device };
}

/** A member of staff with a passkey, invited by the console whoever there is. */
export async function joinStaff(house: House, duties: readonly StaffDuty[], name = '示例职员') {
  await house.identity.authorities.put(definingAuthority, 'operator');
  const invited = await house.identity.staff.invite({ name, duties, by: 'operator', isEmergency: true });
  if (invited.outcome !== 'invited') throw new Error(`the invitation ended with ${invited.outcome}`);
  const { accepted, device } = await acceptWith(house, invited.token);
  if (accepted.outcome !== 'accepted') throw new Error(`the acceptance ended with ${accepted.outcome}`);
  return { accountId: accepted.accountId, device };
}

/** Logs in by passkey. */
export async function logIn({ identity, visitor }: House, device: ReturnType<typeof createDevice>) {
  const transaction = 'login of staff';
  const options = await identity.login.passkeyOptions({ transaction });
  const response = device.get(options);
  return identity.login.withPasskey({
    challengeId: options.challengeId,
    response,
    transaction,
    visitor,
  });
}
