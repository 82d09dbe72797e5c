import type { Service } from '../../src/app.ts';
import { newResident, withLookups } from '../../src/identity/account.ts';
import { accountsCollection } from '../../src/identity/store.ts';
import { lookupKey } from '../../src/sso/hash.ts';
import { type ConsentRecord, consentCollection } from '../../src/sso/store.ts';
import {
  cheapHash,
  clients,
  personOf,
  siteMetadata,
  siteScope,
  systemMetadata,
  systemScope,
} from './people.ts';

/** Documents handed to the store in one go. */
const portion = 1000;

/** Registers the sites and the system through the door that operators use. */
export async function registerClients({ sso }: Service): Promise<void> {
  for (const site of [clients.first, clients.second]) await sso.clients.add(siteMetadata(site));
  await sso.clients.add({ ...systemMetadata, scope: systemScope });
}

/**
 * Puts people into the store who registered, were proofed, and allowed both sites what they ask for. Written past the use
 * cases, because a hundred thousand registrations would take longer than what is measured.
 */
export async function seedPeople({ store, random, clock }: Service, count: number): Promise<void> {
  const accounts = store.collection(accountsCollection);
  const consents = store.collection(consentCollection);
  const now = clock.now();
  const hashed = await cheapHash();
  for (let start = 0; start < count; start += portion) {
    const people = Array.from({ length: Math.min(portion, count - start) }, (_, index) =>
      resident(start + index, random.id(), hashed, now),
    );
    await accounts.insertMany(people);
    await consents.insertMany(
      people.flatMap(({ id }) =>
        [clients.first, clients.second].map(({ client_id }) => consentOf(id, client_id, random.id(), now)),
      ),
    );
  }
}

function resident(number: number, id: string, hashed: string, now: number) {
  const { idNumber, phoneNumber, name } = personOf(number);
  const source = 'bench';
  return withLookups({
    ...newResident({ id, name, idType: '111', idNumber, source, locale: undefined, now }),
    phone: { number: phoneNumber, since: now, verifiedAt: now, telecomMatchAt: now, source },
    assurance: [{ level: 2, method: 'counter', source, reference: 'bench', at: now }],
    password: { hash: hashed, since: now },
  });
}

function consentOf(accountId: string, clientId: string, generation: string, now: number): ConsentRecord {
  return {
    key: lookupKey('consent', `${accountId}:${clientId}`),
    ...{ accountId, clientId, generation },
    scopes: siteScope.split(' '),
    claims: [],
    resources: {},
    since: now,
    updatedAt: now,
  };
}
