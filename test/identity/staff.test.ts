import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StaffRole } from '../../src/core/index.ts';
import { definingAuthority } from '../support/authority.ts';
import { createDevice } from '../support/device.ts';
import { createHouse, day, type House, minute } from './kit.ts';
import { acceptWith, duty, joinStaff, logIn } from './staff-kit.ts';

let house: House;

beforeEach(async () => {
  house = await createHouse();
  await house.identity.authorities.put(definingAuthority, 'operator');
});

afterEach(() => house.close());

const invite = (role: StaffRole, by = 'operator', more: { isEmergency?: boolean; name?: string } = {}) =>
  house.identity.staff.invite({ name: '示例职员', duties: [duty(role)], by, ...more });

async function tokenOf(invitation: ReturnType<typeof invite>): Promise<string> {
  const invited = await invitation;
  if (invited.outcome !== 'invited') throw new Error(invited.outcome);
  return invited.token;
}

async function eventsOf(accountId: string): Promise<string[]> {
  await house.audit.drain();
  const { items } = await house.audit.eventsOf(accountId);
  return items.map(({ type }) => type);
}

describe('an invitation', () => {
  it('lets somebody in who binds a passkey, and then logs in at level 3', async () => {
    const token = await tokenOf(invite('approver'));
    expect(await house.identity.staff.findInvitation(token)).toEqual({
      name: '示例职员',
      duties: [duty('approver')],
      expiresAt: house.clock.now() + 15 * minute,
    });
    const { accepted, device } = await acceptWith(house, token);
    expect(accepted).toEqual({ outcome: 'accepted', accountId: expect.any(String) });
    const entered = await logIn(house, device);
    expect(entered).toMatchObject({ outcome: 'authenticated', methodLevel: 3, proofingLevel: 3 });
    const accountId = accepted.outcome === 'accepted' ? accepted.accountId : '';
    expect(await house.identity.staff.find(accountId)).toMatchObject({
      status: 'active',
      duties: [duty('approver')],
    });
    expect(await eventsOf(accountId)).toEqual([
      'identity.login.succeeded',
      'identity.staff.joined',
      'identity.staff.invited',
    ]);
  });

  it('is used by one of fifty at once', async () => {
    const token = await tokenOf(invite('approver'));
    const devices = Array.from({ length: 50 }, () => createDevice());
    const answers = await Promise.all(
      devices.map(async (device) => (await acceptWith(house, token, device)).accepted.outcome),
    );
    expect(answers.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    expect(answers.filter((outcome) => outcome === 'expired')).toHaveLength(49);
  });

  it('is over after a quarter of an hour, and after its use', async () => {
    const late = await tokenOf(invite('approver'));
    const used = await tokenOf(invite('approver'));
    await acceptWith(house, used);
    expect((await acceptWith(house, used)).accepted).toEqual({ outcome: 'expired' });
    house.clock.advance(15 * minute);
    expect(await house.identity.staff.findInvitation(late)).toBeUndefined();
    expect((await acceptWith(house, late)).accepted).toEqual({ outcome: 'expired' });
    expect((await acceptWith(house, 'AAAAAAAAAAAAAAAAAAAAAA')).accepted).toEqual({ outcome: 'expired' });
  });

  it('takes no passkey that asks for a touch only', async () => {
    const token = await tokenOf(invite('approver'));
    const weak = createDevice({ verifiesUser: false });
    expect((await acceptWith(house, token, weak)).accepted).toEqual({ outcome: 'passkey-refused' });
    expect((await acceptWith(house, token)).accepted).toMatchObject({ outcome: 'accepted' });
  });

  it('keeps the token nowhere', async () => {
    const token = await tokenOf(invite('approver'));
    const member = (await house.identity.staff.list()).items[0];
    expect(JSON.stringify(member)).not.toContain(token);
    await house.audit.drain();
    for await (const batch of house.audit.export()) expect(JSON.stringify(batch)).not.toContain(token);
  });

  it('names every fault of what was asked for', async () => {
    const bad = await house.identity.staff.invite({ name: ' ', duties: [], by: 'operator' });
    expect(bad).toMatchObject({ outcome: 'invalid', faults: [{ field: 'name' }, { field: 'duties' }] });
    const duties = [duty('approver', '12520000MB0000000P')];
    const foreign = await house.identity.staff.invite({ name: '示例', duties, by: 'operator' });
    expect(foreign).toMatchObject({ outcome: 'invalid', faults: [{ field: 'authority', code: 'unknown' }] });
  });
});

describe('who may invite', () => {
  it('is the console until somebody is an active security administrator', async () => {
    const token = await tokenOf(invite('security-administrator'));
    // The link was not used yet: nobody could act.
    expect(await invite('approver')).toMatchObject({ outcome: 'invited' });
    await acceptWith(house, token);
    expect(await invite('approver')).toEqual({ outcome: 'not-allowed' });
    house.clock.advance(91 * day);
    expect(await invite('approver')).toMatchObject({ outcome: 'invited' });
  });

  it('is the console in an emergency, which the log shows', async () => {
    await joinStaff(house, [duty('security-administrator')]);
    const invited = await invite('security-administrator', 'operator', { isEmergency: true });
    const accountId = invited.outcome === 'invited' ? invited.accountId : '';
    await house.audit.drain();
    const { items } = await house.audit.eventsOf(accountId);
    expect(items[0]).toMatchObject({ data: { actor: 'operator', emergency: true } });
  });

  it('is a security administrator, and nobody else', async () => {
    const security = await joinStaff(house, [duty('security-administrator')]);
    const clerk = await joinStaff(house, [duty('issuing-clerk')]);
    const system = await joinStaff(house, [duty('system-administrator')]);
    expect(await invite('approver', security.accountId)).toMatchObject({ outcome: 'invited' });
    for (const by of [clerk.accountId, system.accountId, 'nobody'])
      expect(await invite('approver', by, { isEmergency: true })).toEqual({ outcome: 'not-allowed' });
  });

  it('gives a lost passkey back through a second administrator, never through the person', async () => {
    const first = await joinStaff(house, [duty('security-administrator')], '示例甲');
    const second = await joinStaff(house, [duty('security-administrator')], '示例乙');
    const own = { accountId: first.accountId, by: first.accountId };
    expect(await house.identity.staff.inviteAgain(own)).toEqual({ outcome: 'not-allowed' });
    const again = await house.identity.staff.inviteAgain({ ...own, by: second.accountId });
    if (again.outcome !== 'invited') throw new Error(again.outcome);
    // Until it is used the old key works: a link to the wrong person locks nobody out.
    expect(await logIn(house, first.device)).toMatchObject({ outcome: 'authenticated' });
    const { device } = await acceptWith(house, again.token);
    expect(await logIn(house, first.device)).toEqual({ outcome: 'refused' });
    expect(await logIn(house, device)).toMatchObject({ outcome: 'authenticated' });
    expect((await house.identity.findAccount(first.accountId))?.sessionsNotBefore).toBe(house.clock.now());
  });
});

describe('duties', () => {
  const pairs: [StaffRole, StaffRole][] = [
    ['system-administrator', 'security-administrator'],
    ['system-administrator', 'audit-administrator'],
    ['security-administrator', 'audit-administrator'],
  ];

  it.each(pairs)('of %s and %s exclude each other, in whichever authorities', async (one, other) => {
    await house.identity.authorities.put({ ...definingAuthority, code: '12520000MB0000000P' }, 'operator');
    const duties = [duty(one), duty(other, '12520000MB0000000P')];
    const both = { name: '示例', duties, by: 'operator' };
    expect(await house.identity.staff.invite(both)).toEqual({ outcome: 'roles-exclude' });
    const security = await joinStaff(house, [duty('security-administrator')]);
    const member = await joinStaff(house, [duty(one)]);
    const change = { accountId: member.accountId, duties, by: security.accountId };
    expect(await house.identity.staff.changeDuties(change)).toEqual({ outcome: 'roles-exclude' });
  });

  it('are changed by a security administrator, never by the person, and end sessions', async () => {
    const security = await joinStaff(house, [duty('security-administrator')]);
    const clerk = await joinStaff(house, [duty('issuing-clerk')]);
    const { staff } = house.identity;
    const duties = [duty('approver'), duty('issuing-clerk'), duty('approver')];
    const change = { accountId: clerk.accountId, duties, by: security.accountId };
    house.clock.advance(minute);
    expect(await staff.changeDuties(change)).toEqual({ outcome: 'changed' });
    expect((await staff.find(clerk.accountId))?.duties).toEqual([duty('approver'), duty('issuing-clerk')]);
    expect((await house.identity.findAccount(clerk.accountId))?.sessionsNotBefore).toBe(house.clock.now());
    expect(await staff.changeDuties({ ...change, by: clerk.accountId })).toEqual({ outcome: 'not-allowed' });
    const own = { ...change, accountId: security.accountId };
    expect(await staff.changeDuties(own)).toEqual({ outcome: 'not-allowed' });
    expect(await staff.changeDuties({ ...change, accountId: 'nobody' })).toEqual({ outcome: 'not-found' });
  });

  it('are found by authority, a page at a time', async () => {
    await house.identity.authorities.put({ ...definingAuthority, code: '12520000MB0000000P' }, 'operator');
    for (const n of [1, 2, 3]) {
      const duties = [duty('approver', n === 2 ? '12520000MB0000000P' : definingAuthority.code)];
      await house.identity.staff.invite({ name: '示例', duties, by: 'operator' });
      house.clock.advance(1);
    }
    const first = await house.identity.staff.list({ authorityCode: definingAuthority.code, limit: 1 });
    const rest = await house.identity.staff.list({
      authorityCode: definingAuthority.code,
      limit: 5,
      after: String(first.next),
    });
    expect([first.items.length, rest.items.length, rest.next]).toEqual([1, 1, undefined]);
    expect((await house.identity.staff.list()).items).toHaveLength(3);
  });
});

describe('an account of staff', () => {
  it('is shut for whoever was disabled, at once, until a new invitation', async () => {
    const security = await joinStaff(house, [duty('security-administrator')]);
    const clerk = await joinStaff(house, [duty('issuing-clerk')]);
    const { staff } = house.identity;
    const order = { accountId: clerk.accountId, by: security.accountId };
    expect(await staff.disable({ ...order, by: clerk.accountId })).toEqual({ outcome: 'not-allowed' });
    expect(await staff.disable({ ...order, accountId: security.accountId })).toEqual({
      outcome: 'not-allowed',
    });
    expect(await staff.disable(order)).toEqual({ outcome: 'disabled' });
    expect(await staff.find(clerk.accountId)).toBeUndefined();
    expect(await house.identity.findAccount(clerk.accountId)).toBeUndefined();
    expect(await logIn(house, clerk.device)).toEqual({ outcome: 'refused' });
    const again = await staff.inviteAgain(order);
    await acceptWith(house, again.outcome === 'invited' ? again.token : '');
    expect(await staff.find(clerk.accountId)).toMatchObject({ status: 'active' });
  });

  it('is shut after 90 days without a login, and kept open by logins', async () => {
    const busy = await joinStaff(house, [duty('approver')]);
    const idle = await joinStaff(house, [duty('approver')]);
    house.clock.advance(60 * day);
    expect(await logIn(house, busy.device)).toMatchObject({ outcome: 'authenticated' });
    house.clock.advance(31 * day);
    expect(await house.identity.staff.find(idle.accountId)).toBeUndefined();
    expect(await house.identity.staff.findAny(idle.accountId)).toMatchObject({ status: 'idle' });
    expect(await logIn(house, idle.device)).toEqual({ outcome: 'refused' });
    expect(await logIn(house, busy.device)).toMatchObject({ outcome: 'authenticated' });
  });

  it('is not entered by a passkey that did not verify who holds it', async () => {
    const { device } = await joinStaff(house, [duty('approver')]);
    const touched = device.clone({ verifiesUser: false });
    expect(await logIn(house, touched)).toEqual({ outcome: 'refused' });
    expect(await logIn(house, device)).toMatchObject({ outcome: 'authenticated' });
  });
});

describe('an authority', () => {
  it('is registered, changed and listed by area', async () => {
    const register = house.identity.authorities;
    const other = { ...definingAuthority, code: '12520000MB0000000P', areaCode: '520100' };
    expect(await register.put({ ...other, issues: [`${definingAuthority.code}001`] }, 'operator')).toEqual({
      outcome: 'stored',
    });
    expect(await register.put({ ...other, status: 'closed' }, 'operator')).toEqual({ outcome: 'stored' });
    expect(await register.find(other.code)).toEqual({ ...other, status: 'closed' });
    expect((await register.list()).items.map(({ code }) => code)).toEqual([
      definingAuthority.code,
      other.code,
    ]);
    expect(await register.find('91520000000000000D')).toBeUndefined();
  });

  it('needs a right credit code, names, an area and whole type codes', async () => {
    const bad = {
      ...definingAuthority,
      code: '115200000000000190',
      name: { zh: '', en: 'x' },
      areaCode: '5200',
      issues: ['001'],
    };
    expect(await house.identity.authorities.put(bad, 'operator')).toMatchObject({
      outcome: 'invalid',
      faults: [{ field: 'code' }, { field: 'name' }, { field: 'areaCode' }, { field: 'issues' }],
    });
  });
});
