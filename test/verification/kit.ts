import { type Clock, sha256Hex, systemRandom } from '../../src/core/index.ts';
import type { Licence } from '../../src/licences/index.ts';
import type { ReceiptRequest } from '../../src/receipts/index.ts';
import type { Seal, SealReport } from '../../src/seals/index.ts';
import type { Case } from '../../src/verification/case.ts';
import {
  createServiceItems,
  createVerification,
  type Question,
  type VerificationDependencies,
} from '../../src/verification/index.ts';
import type { Verifier } from '../../src/wallet/index.ts';
import {
  createLicenceWorld,
  type draftOf,
  issueLicence,
  type LicenceWorld,
  type TypeName,
  testAuthority,
  typeCodeOf,
} from '../support/licences.ts';

export const hall: Verifier = { kind: 'client', id: 'hall', name: { zh: '办事大厅', en: 'Service hall' } };
export const counter: Verifier = {
  kind: 'staff',
  id: 'staff-1',
  authorityCode: testAuthority,
  name: { zh: '示例局', en: 'Demo bureau' },
};
export const matter = {
  purpose: '食品经营许可新办',
  serviceItemCode: 'food-new',
  caseNumber: 'GY-2026-001877',
};

/** A file of service items as an operator writes it. */
export const itemsFile = {
  service_items: [
    {
      code: 'food-new',
      name: { zh: '食品经营许可新办', en: 'New food business licence' },
      clients: ['hall'],
      authorities: [testAuthority],
      types: [
        {
          type: typeCodeOf('business-licence'),
          learns: [
            { field: 'holder_name' },
            { field: 'holder_number' },
            {
              predicate: 'contains',
              field: 'data.business_scope',
              value: '食品销售',
              name: 'sells_food',
              title: { zh: '经营范围含食品销售', en: 'May sell food' },
            },
            { predicate: 'valid_on_day' },
          ],
        },
        { type: typeCodeOf('social-security-card'), learns: [{ predicate: 'older_than', years: 18 }] },
      ],
    },
    {
      code: 'statutory',
      name: { zh: '依法核查', en: 'Inspection by statute' },
      clients: ['hall'],
      ground: { statute: { zh: '《示例条例》第一条', en: 'Sample Regulation, article 1' } },
      types: [{ type: typeCodeOf('business-licence'), learns: [{ field: 'number' }] }],
    },
  ],
};

/** A report of the validator for a file with one signature. */
export function reportOf(changes: Partial<SealReport['signatures'][number]> = {}): SealReport {
  return {
    sha256: 'f'.repeat(64),
    sizeBytes: 10,
    fileChecks: [{ id: 'has-signatures', state: 'passed' }],
    signatures: [
      {
        field: 'seal',
        checks: [{ id: 'signer-bound', state: 'indeterminate', reason: 'not-asked' }],
        integrity: 'passed',
        signer: {
          name: 'x',
          certificateSha256: 'c'.repeat(64),
          trust: 'passed',
          notBefore: 0,
          notAfter: 9e15,
        },
        time: { source: 'time_stamp', at: 1 },
        revocation: { state: 'good' },
        changesAfterSigning: 'none',
        coversWholeFile: true,
        ...changes,
      },
    ],
  };
}

/** The seal that the fake sealing of the licence world names. */
export const registeredSeal = (): Seal => ({
  id: 'seal-of-tests',
  ownerCode: testAuthority,
  ownerName: '示例局',
  name: { zh: '专用章', en: 'Seal' },
  kind: 'licence',
  algorithm: 'ES256',
  diameterMm: 42,
  codeNumber: '5200000000001',
  typeCodes: [typeCodeOf('business-licence')],
  status: 'active',
  certificates: [{ sha256: 'c'.repeat(64), notBefore: 0, notAfter: 9e15 }],
  appliedBy: 'a',
  history: [{ status: 'active', at: 0, by: 'a' }],
});

/** What the fakes around the real library were told and answer. */
export interface VerificationWorld extends LicenceWorld {
  verify(
    named: Question['named'],
    changes?: Partial<Question>,
  ): ReturnType<ReturnType<typeof createVerification>['verify']>;
  verification: ReturnType<typeof createVerification>;
  issued: ReceiptRequest[];
  /** Numbers that the library was asked for. */
  lookedUp: string[];
  codes: Map<string, string>;
  consents: { licenceIds: string[]; isWithdrawn: boolean };
  seal: { standing: Seal | undefined; revokedAt?: number; report: SealReport; validated: number };
  issue(name: TypeName, changes?: Parameters<typeof draftOf>[1], file?: 'now' | 'later'): Promise<Licence>;
}

/** The room over a real library, with honest fakes of what lies beside it. */
export async function createVerificationWorld(
  options: Parameters<typeof createLicenceWorld>[0] & { clock?: Clock } = {},
): Promise<VerificationWorld> {
  const world = await createLicenceWorld(options);
  const { licences, store, clock, authorities } = world;
  const issued: ReceiptRequest[] = [];
  const lookedUp: string[] = [];
  const codes = new Map<string, string>();
  const consents = { licenceIds: [] as string[], isWithdrawn: false };
  const seal: VerificationWorld['seal'] = { standing: registeredSeal(), report: reportOf(), validated: 0 };
  const event = (type: string, data: Record<string, unknown>) => ({
    ...{ id: systemRandom.id(), type, at: clock.now(), data },
  });
  const serviceItems = createServiceItems({
    store,
    audit: { event },
    clock,
    types: licences.types,
    issuers: authorities,
  });
  await serviceItems.put(itemsFile);
  const deps: VerificationDependencies = {
    ...{ store, clock, random: systemRandom, serviceItems, issuers: authorities },
    names: { ofClient: async () => undefined },
    rate: { take: unused, peek: unused },
    library: {
      ...licences.library,
      findByNumber: (query) => {
        lookedUp.push(query.number);
        return licences.library.findByNumber(query);
      },
    },
    seals: {
      statusOf: async () =>
        seal.standing && {
          seal: seal.standing,
          ...(seal.revokedAt !== undefined && { certificateRevokedAt: seal.revokedAt }),
        },
      async validate() {
        seal.validated += 1;
        return seal.report;
      },
    },
    receipts: {
      async issue(request) {
        issued.push(request);
        return { id: `r${issued.length}`, jws: 'a.b.c', leafIndex: issued.length, at: clock.now() };
      },
      proof: unused,
    },
    wallet: {
      presentations: {
        async consume(code) {
          const licenceId = codes.get(code);
          codes.delete(code);
          return licenceId === undefined
            ? { outcome: 'refused' }
            : { outcome: 'presented', presentation: { licenceId, accountId: 'a', shownAt: 0 } };
        },
      },
      shares: {
        async use() {
          const { licenceIds, isWithdrawn } = consents;
          return isWithdrawn || licenceIds.length === 0
            ? undefined
            : { shareId: 's', accountId: 'a', licenceIds };
        },
      },
      desks: { open: unused, state: unused, take: unused, close: unused },
    },
  };
  const verification = createVerification(deps);
  return {
    ...{ ...world, verification, issued, lookedUp, codes, consents, seal },
    verify: (named, changes = {}) => verification.verify({ named, verifier: hall, matter, ...changes }),
    issue: (name, changes, file) => issueLicence(licences, name, changes, file),
  };
}

const unused = (): never => {
  throw new Error('nobody works at a counter here');
};

/** A file of these bytes, as http hands it over. */
export const fileOf = (bytes: Buffer) => ({ bytes, sha256: sha256Hex(bytes) });

export type { Case };
