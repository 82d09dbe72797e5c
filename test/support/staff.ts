import type { StaffDuty, StaffRole } from '../../src/core/index.ts';
import type { Authority } from '../../src/identity/index.ts';
import type { TestApp } from './app.ts';
import { definingAuthority } from './authority.ts';
import { createDevice } from './device.ts';
import { passkeyOptions, visit } from './pages.ts';
import { readForms, type Visitor } from './relying-party.ts';

export type Device = ReturnType<typeof createDevice>;

/** A member of staff, logged in. */
export interface TestStaff {
  accountId: string;
  name: string;
  /** A browser in a session of the portal. */
  visitor: Visitor;
  /** The same session as the value of a Cookie header. */
  cookie: string;
  /** Holds the passkey. */
  device: Device;
}

/** What a member of staff is to be. A role alone is held in `definingAuthority`. */
export interface StaffWishes {
  duties: readonly (StaffRole | StaffDuty)[];
  name?: string;
}

type House = Pick<TestApp, 'service' | 'issuer' | 'visitor'>;

/** Registers an authority, or changes it. */
export async function putAuthority(app: Pick<TestApp, 'service'>, changes: Partial<Authority> = {}) {
  const stored = await app.service.identity.authorities.put({ ...definingAuthority, ...changes }, 'operator');
  if (stored.outcome !== 'stored') throw new Error(`the authority was refused: ${JSON.stringify(stored)}`);
}

/** Invites a member of staff and binds a passkey; nobody is logged in yet. */
export async function inviteStaff(
  { service, issuer }: House,
  { duties, name = '示例职员' }: StaffWishes,
): Promise<Pick<TestStaff, 'accountId' | 'device' | 'name'>> {
  const { authorities, staff } = service.identity;
  if (!(await authorities.find(definingAuthority.code))) await putAuthority({ service });
  const held = duties.map((one) =>
    typeof one === 'string' ? { role: one, authorityCode: definingAuthority.code } : one,
  );
  const invited = await staff.invite({ name, duties: held, by: 'operator', isEmergency: true });
  if (invited.outcome !== 'invited') throw new Error(`the invitation: ${JSON.stringify(invited)}`);
  const { token } = invited;
  const transaction = `invitation ${token}`;
  const options = await staff.passkeyOptions({ token, transaction });
  if (options.outcome !== 'options') throw new Error('the invitation is over');
  const device = createDevice({ origin: issuer });
  const { challengeId } = options;
  const response = device.create(options);
  const accepted = await staff.accept({ token, challengeId, response, label: 'test', transaction });
  if (accepted.outcome !== 'accepted') throw new Error(`the passkey: ${accepted.outcome}`);
  return { accountId: accepted.accountId, device, name };
}

/** Logs in by passkey through the pages, as a browser with script does; answers the page `to`, or what was in its place. */
export async function logInStaff(visitor: Visitor, device: Device, to = '/admin') {
  const login = await visit(visitor, to);
  const form = readForms(login).find(({ action }) => action.endsWith('/passkey'));
  if (!form) throw new Error(`no passkey form on ${login.url} (${login.status})`);
  const { origin, pathname } = new URL(login.url);
  const { challenge, options } = await passkeyOptions(visitor, `${pathname}/passkey-options`);
  const response = JSON.stringify(device.get({ challengeId: challenge, options }));
  const fields = { ...form.fields, challenge, response };
  const done = await visitor.follow(
    await visitor.post(new URL(form.action, origin).href, fields, { origin }),
  );
  return done.location ? visit(visitor, done.location) : done;
}

/** A member of staff in a session of the portal, through the real flow: invitation, passkey, login page. */
export async function createStaffMember(app: House, wishes: StaffWishes): Promise<TestStaff> {
  const member = await inviteStaff(app, wishes);
  const visitor = app.visitor();
  const arrived = await logInStaff(visitor, member.device);
  if (!arrived.url.startsWith(`${app.issuer}/admin`))
    throw new Error(`the login ended at ${arrived.url} (${arrived.status})`);
  return { ...member, visitor, cookie: visitor.cookies('/').join('; ') };
}
