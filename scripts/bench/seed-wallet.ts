import type { Service } from '../../src/app.ts';
import { organisationsCollection } from '../../src/identity/store.ts';
import { personOf } from './people.ts';
import { seedPeople } from './seed.ts';
import { seedLicences, stockType } from './seed-licences.ts';
import { definingAuthority } from './service-environment.ts';

const portion = 1000;

/** A company that cannot exist. */
const creditCode = '91520000MA0DEM005M';

/**
 * A person with licences of their own, who acts for a company with thousands; written past the use cases, as an import and a
 * register would have left it.
 */
export async function seedWallet(
  service: Service,
  { own, company }: { own: number; company: number },
): Promise<{ organisationId: string }> {
  const { store, random, clock, licences, identity } = service;
  await seedPeople(service, 1);
  await seedLicences(service, own);
  const accountId = await identity.enrolment.findAccountId({ type: '111', value: personOf(0).idNumber });
  if (accountId === undefined) throw new Error('the person of the bench has no account');
  const now = clock.now();
  const organisationId = random.id();
  const name = '测速食品有限公司';
  const binding = {
    account: accountId,
    role: 'legal_representative',
    level: 2,
    since: now,
    confirmedAt: now,
  } as const;
  await store.collection(organisationsCollection).insert({
    ...{ id: organisationId, creditCode, name, standing: 'active', previousBindings: [] },
    ...{ binding: { ...binding, source: 'bench', reference: 'bench' }, createdAt: now, updatedAt: now },
  });
  const type = await licences.types.find(stockType);
  if (!type) throw new Error('the types that come with the house are not loaded');
  for (let first = 0; first < company; first += portion) {
    const built = Array.from({ length: Math.min(portion, company - first) }, (_, offset) => {
      const draft = {
        ...{ typeCode: stockType, issuingAuthorityCode: definingAuthority },
        ...{ issuedOn: '2024-03-05', validFrom: '2024-03-05', validUntil: null },
        number: `C${String(first + offset).padStart(8, '0')}`,
        holders: [{ idType: '001' as const, idNumber: creditCode, name }],
        data: { insured_area: '贵州省示范市样板区' },
      };
      return licences.stock.build(draft, type, 'bench-import');
    });
    await licences.stock.insert(built);
  }
  return { organisationId };
}
