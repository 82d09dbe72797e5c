import type { Audit } from '../audit/index.ts';
import { type Clock, isProblem, type Random, readAll } from '../core/index.ts';
import type { Store, Stored } from '../storage/index.ts';
import { lookupKey } from './hash.ts';
import { type ConsentRecord, consentCollection } from './store.ts';

/** What a person allows a site on top of what they allowed before. */
export interface Allowance {
  scopes: readonly string[];
  claims: readonly string[];
  resources: Readonly<Record<string, readonly string[]>>;
}

/** The remembered consents: one per person and site. Tokens hang on their generation. */
export interface Consents {
  /** What is allowed for an organisation that the person acts for stands apart from what they allow for themselves. */
  find(accountId: string, clientId: string, organisationId?: string): Promise<ConsentRecord | undefined>;
  /** By the grant id that tokens carry; undefined once its generation ended or the consent was withdrawn. */
  findByGrantId(grantId: string): Promise<ConsentRecord | undefined>;
  /** Adds to the consent, or makes it. */
  allow(
    accountId: string,
    clientId: string,
    allowance: Allowance,
    organisationId?: string | undefined,
  ): Promise<void>;
  /** Ends every token issued under this grant id; what was allowed stays allowed. Idempotent. */
  endTokens(grantId: string): Promise<void>;
  /** Forgets the consent and ends its tokens; the next entry asks again. Idempotent. */
  withdraw(
    accountId: string,
    clientId: string,
    reason: string,
    organisationId?: string | undefined,
  ): Promise<void>;
  /** Forgets what the person allowed while acting for the organisation. */
  withdrawOrganisation(accountId: string, organisationId: string, reason: string): Promise<void>;
  /** Those that stand, newest first. */
  list(accountId: string): Promise<ConsentRecord[]>;
  /** With `before` (milliseconds since the epoch), those that nothing was added to since. */
  withdrawAll(accountId: string, reason: string, before?: number): Promise<void>;
  /** Withdraws what anybody allowed a client that is gone. */
  withdrawClient(clientId: string, reason: string): Promise<void>;
}

/** The id under which the provider knows a consent. */
function grantIdOf({ key, generation }: ConsentRecord): string {
  return `${key}.${generation}`;
}

/**
 * The provider's view of a consent: the payload of its Grant model. It has no `iat`: without an `exp` beside it, the provider
 * refuses one from a process whose clock is ahead.
 */
export function grantPayload(consent: ConsentRecord): Record<string, unknown> {
  const resources = Object.entries(consent.resources).map(([name, scopes]) => [name, scopes.join(' ')]);
  return {
    jti: grantIdOf(consent),
    kind: 'Grant',
    accountId: consent.accountId,
    clientId: consent.clientId,
    openid: { scope: consent.scopes.join(' '), claims: consent.claims },
    ...(resources.length > 0 && { resources: Object.fromEntries(resources) }),
  };
}

const union = (a: readonly string[] = [], b: readonly string[] = []) => [...new Set([...a, ...b])];

function added(consent: ConsentRecord, { scopes, claims, resources }: Allowance): ConsentRecord {
  const names = union(Object.keys(consent.resources), Object.keys(resources));
  return {
    ...consent,
    scopes: union(consent.scopes, scopes),
    claims: union(consent.claims, claims),
    resources: Object.fromEntries(
      names.map((name) => [name, union(consent.resources[name], resources[name])]),
    ),
  };
}

export interface ConsentsDependencies {
  store: Store;
  audit: Audit;
  clock: Clock;
  random: Random;
}

/** Makes the register of consents. Every change is one conditional write with its audit event in it. */
export function createConsents({ store, audit, clock, random }: ConsentsDependencies): Consents {
  const consents = store.collection(consentCollection);
  const keyOf = (accountId: string, clientId: string, organisationId?: string) =>
    lookupKey('consent', [accountId, clientId, ...(organisationId ? [organisationId] : [])].join(':'));
  const stands = (consent: ConsentRecord | undefined) =>
    consent && consent.scopes.length + consent.claims.length + Object.keys(consent.resources).length > 0
      ? consent
      : undefined;

  /** Reads, changes and writes until nobody was faster; `change` answers undefined when there is nothing to do. */
  async function change(
    key: string,
    next: (stored: Stored<ConsentRecord> | undefined) => ConsentRecord | undefined,
    event?: { type: string; data: Record<string, unknown> },
  ): Promise<void> {
    for (;;) {
      const stored = await consents.get(key);
      const value = next(stored);
      if (!value) return;
      const events = event ? [audit.event(event.type, event.data)] : [];
      try {
        if (stored) await consents.replace(value, stored.version, { events });
        else await consents.insert(value, { events });
      } catch (error) {
        if (isProblem(error, 'version-conflict', 'already-exists', 'not-found')) continue;
        throw error;
      }
      return;
    }
  }

  const renewed = (consent: ConsentRecord): ConsentRecord => ({
    ...consent,
    generation: random.id(),
    updatedAt: clock.now(),
  });

  const withdraw: Consents['withdraw'] = (account, client, reason, organisation) =>
    change(
      keyOf(account, client, organisation),
      (stored) =>
        stored && stands(stored.value)
          ? { ...renewed(stored.value), scopes: [], claims: [], resources: {} }
          : undefined,
      {
        type: 'sso.consent.withdrawn',
        data: { account, client, reason, ...(organisation && { organisation }) },
      },
    );

  async function allOf(index: 'account' | 'client', value: string): Promise<ConsentRecord[]> {
    const all = await readAll((from) => consents.find({ index, equals: [value], limit: 200, ...from }));
    return all.map((stored) => stored.value).filter(stands);
  }

  async function withdrawThem(found: ConsentRecord[], reason: string): Promise<void> {
    for (const { accountId, clientId, organisationId } of found)
      await withdraw(accountId, clientId, reason, organisationId);
  }

  return {
    async find(accountId, clientId, organisationId) {
      return stands((await consents.get(keyOf(accountId, clientId, organisationId)))?.value);
    },
    async findByGrantId(grantId) {
      const [key, generation] = grantId.split('.');
      const consent = key ? (await consents.get(key))?.value : undefined;
      return consent?.generation === generation ? stands(consent) : undefined;
    },
    async allow(accountId, clientId, allowance, organisationId) {
      const now = clock.now();
      const key = keyOf(accountId, clientId, organisationId);
      const none = { scopes: [] as string[], claims: [] as string[], resources: {} };
      const fresh = {
        key,
        accountId,
        clientId,
        ...(organisationId && { organisationId }),
        generation: random.id(),
        since: now,
        updatedAt: now,
        ...none,
      };
      const { scopes, claims } = allowance;
      const all = union(scopes, Object.values(allowance.resources).flat());
      // Asked again although everything was allowed before (prompt=consent).
      if (all.length + claims.length === 0) return;
      await change(
        key,
        (stored) => {
          const base = stored?.value ?? fresh;
          return added({ ...base, updatedAt: now, since: stands(base) ? base.since : now }, allowance);
        },
        {
          type: 'sso.consent.given',
          data: {
            ...{ account: accountId, client: clientId, scopes: all, claims: [...claims] },
            ...(organisationId && { organisation: organisationId }),
          },
        },
      );
    },
    async endTokens(grantId) {
      const [key, generation] = grantId.split('.');
      if (!key) return;
      await change(key, (stored) =>
        stored?.value.generation === generation && stored ? renewed(stored.value) : undefined,
      );
    },
    withdraw,
    async list(accountId) {
      return (await allOf('account', accountId)).sort((a, b) => b.since - a.since);
    },
    async withdrawAll(accountId, reason, before = Infinity) {
      const all = await allOf('account', accountId);
      await withdrawThem(
        all.filter(({ updatedAt }) => updatedAt < before),
        reason,
      );
    },
    async withdrawOrganisation(accountId, organisationId, reason) {
      const all = await allOf('account', accountId);
      await withdrawThem(
        all.filter((consent) => consent.organisationId === organisationId),
        reason,
      );
    },
    async withdrawClient(clientId, reason) {
      await withdrawThem(await allOf('client', clientId), reason);
    },
  };
}
