import type { Service } from '../../src/app.ts';
import type { StaffMember } from '../../src/identity/index.ts';
import { authorities } from './authorities.ts';
import { type Persona, personas } from './personas.ts';

type Identity = Service['identity'];

/** A link by which a persona of the staff enrols a passkey. */
export interface StaffLink {
  /** Persona id. */
  id: string;
  name: string;
  link: string;
}

/** Registers the authorities of the demo, or brings them up to date. */
export async function registerAuthorities({ authorities: register }: Identity): Promise<void> {
  for (const authority of authorities) {
    const stored = await register.put(authority, 'demo');
    if (stored.outcome !== 'stored') throw new Error(`${authority.code}: ${JSON.stringify(stored)}`);
  }
}

/**
 * Invites everybody of the staff who has no passkey yet; the links work once, for 15 minutes. That the console may do so
 * beside an active security administrator is an emergency anywhere else, and the log says it.
 */
export async function inviteStaff({ staff }: Identity, service: string): Promise<StaffLink[]> {
  const { items } = await staff.list({ limit: 1000 });
  const links: StaffLink[] = [];
  for (const persona of personas.filter(({ registered }) => registered === 'staff')) {
    const known = items.find(({ name }) => name === persona.name);
    if (known && known.status !== 'invited') continue;
    const token = await invite(staff, persona, known);
    links.push({ id: persona.id, name: persona.name, link: new URL(`/invitation/${token}`, service).href });
  }
  return links;
}

async function invite(
  staff: Identity['staff'],
  { id, name, duties = [] }: Persona,
  known: StaffMember | undefined,
): Promise<string> {
  const by = { by: 'operator', isEmergency: true };
  const invited = known
    ? await staff.inviteAgain({ ...by, accountId: known.accountId })
    : await staff.invite({ ...by, name, duties });
  if (invited.outcome !== 'invited') throw new Error(`${id}: ${JSON.stringify(invited)}`);
  return invited.token;
}
