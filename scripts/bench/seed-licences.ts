import type { Service } from '../../src/app.ts';
import { createCodeHash, makeShowingCode } from '../../src/wallet/codes.ts';
import { showingCollection } from '../../src/wallet/store.ts';
import { clients, personOf } from './people.ts';
import { definingAuthority } from './service-environment.ts';

/** Documents handed to the store in one go. */
const portion = 1000;
/** A person's licences, on average. */
const licencesEach = 10;

/** The type of every licence of the bench: one of those that come with the house. */
export const stockType = `${definingAuthority}104`;

/** The service item that the bench verifies for. */
export const stockItem = 'bench-item';

/** Number of the n-th licence. */
export const stockNumber = (index: number): string => `G${String(index).padStart(8, '0')}`;

/** Registers the authority that issues the stock, and what the bench may learn of it. */
async function registerStock({ identity, verification }: Service): Promise<void> {
  const authority = {
    code: definingAuthority,
    name: { zh: '测速局', en: 'Bench bureau' },
    areaCode: '520000',
  };
  await identity.authorities.put(
    { ...authority, mayDefine: true, issues: [stockType], status: 'active' },
    'operator',
  );
  await verification.serviceItems.put({
    service_items: [
      {
        code: stockItem,
        name: { zh: '测速事项', en: 'Bench item' },
        clients: [clients.system.client_id],
        types: [
          {
            type: stockType,
            learns: [
              { field: 'holder_name', masked: true },
              { predicate: 'older_than', years: 18 },
              { predicate: 'valid_on_day' },
            ],
          },
        ],
      },
    ],
  });
}

/** Puts licences into the library that are data only, as an import does; ten of each person. */
export async function seedLicences(service: Service, count: number): Promise<void> {
  const { licences } = service;
  await registerStock(service);
  const type = await licences.types.find(stockType);
  if (!type) throw new Error('the types that come with the house are not loaded');
  for (let first = 0; first < count; first += portion) {
    const built = Array.from({ length: Math.min(portion, count - first) }, (_, offset) => {
      const index = first + offset;
      const { idNumber, name } = personOf(Math.floor(index / licencesEach));
      const draft = {
        ...{ typeCode: stockType, issuingAuthorityCode: definingAuthority, number: stockNumber(index) },
        ...{ issuedOn: '2024-03-05', validFrom: '2024-03-05', validUntil: null },
        holders: [{ idType: '111' as const, idNumber, name }],
        data: { insured_area: '贵州省示范市样板区' },
      };
      return licences.stock.build(draft, type, 'bench-import');
    });
    await licences.stock.insert(built);
  }
}

/**
 * Codes that show these licences, as their holders' wallets make them: one after the other, or the measured requests would
 * pay for the heap that thousands at once leave behind.
 */
export async function showCodes(
  { store, keyring, random, clock, licences }: Service,
  indexes: readonly number[],
): Promise<string[]> {
  const hash = createCodeHash(keyring.derive('wallet'));
  const showings = store.collection(showingCollection);
  const codes: string[] = [];
  for (const index of indexes) {
    const licence = await licences.library.findByNumber({ typeCode: stockType, number: stockNumber(index) });
    const [code, shownAt] = [makeShowingCode(random), clock.now()];
    const presentation = { licenceId: licence?.id ?? '', accountId: random.id(), shownAt };
    await showings.insert({ key: hash('showing', code), presentation, expiresAt: shownAt + 600_000 });
    codes.push(code);
  }
  return codes;
}
