import { authoritiesOf } from '../core/index.ts';
import type { Caller } from '../http/index.ts';
import type { Authority } from '../identity/index.ts';
import type { Issuers } from './issuers.ts';

/** What the registration of a system says about the authority it belongs to. */
export interface ClientRights {
  /** Credit code. */
  authorityCode: string;
  /** Type codes it may work on; `*`: all that its authority issues. */
  licenceTypes: '*' | readonly string[];
}

/** Who acts on licences, and for which authorities. */
export interface Actor {
  /** Account id of the member of staff, client id, or `system`. */
  id: string;
  authorityCodes: readonly string[];
  typeCodes?: readonly string[] | undefined;
}

/** Who may do what: one table of three questions. */
export interface Rights {
  /** The actor behind a call; one who acts for nobody when neither system nor clerk. */
  actorOf(caller: Caller): Promise<Actor>;
  /** The authority, when it issues the type and the actor may issue it there. */
  issuer(actor: Actor, authorityCode: string, typeCode: string): Promise<Authority | undefined>;
  /** Whether the actor works on licences of this type of this authority: reading and changing what is there. */
  mayWorkOn(actor: Actor, licence: { issuerCode: string; typeCode: string }): boolean;
  /** The authority under whose code the type lies, when it may define types and the actor acts for it. */
  definer(actor: Actor, typeCode: string): Promise<Authority | undefined>;
}

/** Makes the table. `clientRights` reads the register of clients, which another room keeps. */
export function createRights(deps: {
  issuers: Issuers;
  clientRights(clientId: string): Promise<ClientRights | undefined>;
}): Rights {
  const { issuers, clientRights } = deps;

  const worksOn = (actor: Actor, authorityCode: string, typeCode: string): boolean =>
    actor.authorityCodes.includes(authorityCode) && (actor.typeCodes?.includes(typeCode) ?? true);

  return {
    async actorOf(caller) {
      if (caller.kind === 'staff') {
        const duties = caller.duties.filter(({ role }) => role === 'issuing-clerk');
        return { id: caller.accountId, authorityCodes: authoritiesOf(duties) };
      }
      // A token of a person was issued to a site: authorities act through systems of their own.
      if (caller.kind !== 'client' || caller.accountId !== undefined)
        return { id: 'nobody', authorityCodes: [] };
      const rights = await clientRights(caller.clientId);
      return {
        id: caller.clientId,
        authorityCodes: rights ? [rights.authorityCode] : [],
        ...(rights && rights.licenceTypes !== '*' && { typeCodes: rights.licenceTypes }),
      };
    },
    async issuer(actor, authorityCode, typeCode) {
      if (!worksOn(actor, authorityCode, typeCode)) return undefined;
      const authority = await issuers.find(authorityCode);
      const mayNow = authority?.status === 'active' && authority.issues.includes(typeCode);
      return mayNow ? authority : undefined;
    },
    mayWorkOn: (actor, { issuerCode, typeCode }) => worksOn(actor, issuerCode, typeCode),
    async definer(actor, typeCode) {
      const code = actor.authorityCodes.find((one) => typeCode.startsWith(one));
      const authority = code === undefined ? undefined : await issuers.find(code);
      return authority?.status === 'active' && authority.mayDefine ? authority : undefined;
    },
  };
}
