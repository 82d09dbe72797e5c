import { createHash } from 'node:crypto';
import { type Audit, createAudit } from '../../src/audit/index.ts';
import { type Clock, systemRandom } from '../../src/core/index.ts';
import type { AccountView, RepresentedOrganisation } from '../../src/identity/index.ts';
import type { Licence, LicenceStatus, LicenceType } from '../../src/licences/index.ts';
import { createRateCounter, type Store } from '../../src/storage/index.ts';
import { createMetrics } from '../../src/telemetry/index.ts';
import { createWallet, type Verifier, type WalletDependencies } from '../../src/wallet/index.ts';
import '../../src/verification/index.ts';
import { createTestClock, openEmbedded } from '../identity/kit.ts';
import { createTestKeyring } from '../support/audit.ts';
import { createTestCipher } from '../support/test-cipher.ts';

/** Credit codes of a demo authority and a demo company. */
export const authorityCode = '11520000000000001X';
export const creditCode = '91520100MA6GAH3T7D';
export const serviceItemCode = '11520000MB00000001252000400100';
export const typeCodes = {
  permit: `${authorityCode}101`,
  business: `${authorityCode}102`,
  secret: `${authorityCode}103`,
};

/** What verification records of one answer, as its event says it. */
export const usedBy = (use: {
  licence: string;
  by: string;
  conclusion: string;
  client?: string;
  authority?: string;
  share?: string;
  statute?: { zh: string; en: string };
}) => ({
  ...{ client: 'counter', version: 1, content: 'a'.repeat(43), ...use },
  ...{ purpose: matter.purpose, serviceItem: serviceItemCode, caseNumber: 'C-77' },
});

const typeOf = (code: string, zh: string, en: string, securityLevel: 1 | 2 | 3): LicenceType => ({
  ...{ code, version: 1, name: { zh, en }, kind: 'licence', holderKind: 'both', template: 'plain' },
  holders: { min: 1, max: 2 },
  fields: {
    type: 'object',
    properties: {
      address: { title: '住址', 'x-title-en': 'Address', type: 'string' },
      reference: { title: '档案号', 'x-title-en': 'File number', type: 'string' },
    },
  },
  ...{ validity: { rule: 'free' }, number: { rule: 'issued', prefix: 'P' }, securityLevel, status: 'active' },
});

/** Types of a demo province. */
export const types: readonly LicenceType[] = [
  typeOf(typeCodes.permit, '居住证', 'Residence permit', 1),
  typeOf(typeCodes.business, '营业执照', 'Business licence', 1),
  typeOf(typeCodes.secret, '生育登记', 'Birth registration', 3),
];

/** What a version says of its sealed file. */
const sealedFile = {
  ...{ sha256: 'b'.repeat(64), sizeBytes: 1000, sealId: 'seal-1' },
  ...{ certificateSha256: 'c'.repeat(64), sealedAt: 0 },
};

/** A library in memory with the contract of the real one, for what the wallet asks of it. */
export function createTestLibrary(clock: Clock) {
  const licences = new Map<string, Licence>();
  const statuses = new Map<string, LicenceStatus>();
  const library: WalletDependencies['library'] = {
    types: {
      find: async (code) => types.find((type) => type.code === code),
      list: async () => types,
    },
    findById: async (id) => licences.get(id),
    async findByHolder({ idType, idNumber, typeCode, after, limit = 100 }) {
      const all = [...licences.values()]
        .filter(
          (licence) =>
            (typeCode === undefined || licence.typeCode === typeCode) &&
            licence.versions
              .at(-1)
              ?.holders.some((holder) => holder.idType === idType && holder.idNumber === idNumber),
        )
        .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
      const from = after === undefined ? 0 : Number(after);
      const next = from + limit < all.length ? String(from + limit) : undefined;
      return { items: all.slice(from, from + limit), next };
    },
    async findEnding({ idType, idNumber, from, to, limit }) {
      const endOf = ({ versions }: Licence) => versions.at(-1)?.validUntil ?? '9999';
      const { items } = await library.findByHolder({ idType, idNumber, limit: 1000 });
      return items
        .filter((licence) => endOf(licence) >= from && endOf(licence) <= to)
        .sort((a, b) => endOf(a).localeCompare(endOf(b)))
        .slice(0, limit);
    },
    async stateAt(licence) {
      const version = licence.versions.at(-1);
      if (!version) return undefined;
      const end = version.validUntil === null ? Infinity : Date.parse(`${version.validUntil}T16:00:00Z`);
      const said = statuses.get(licence.id) ?? 'valid';
      const status = said === 'valid' && clock.now() > end ? 'expired' : said;
      return { status, version, since: licence.createdAt, isDisputed: licence.disputed !== undefined };
    },
    async fileOf(id, version) {
      const bytes = Buffer.from(`%PDF-1.7 ${id} ${version}`);
      return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    },
    async pictureOf(id, version, size) {
      const width = { blurred: 1, small: 2, large: 3 }[size];
      return { bytes: Buffer.from(`picture ${id} ${version} ${size}`), width, height: width };
    },
    async setDisputed(id, disputed) {
      const licence = licences.get(id);
      if (licence) licences.set(id, { ...licence, disputed });
    },
  };
  return {
    library,
    statuses,
    get: (id: string) => licences.get(id),
    /** Issues a licence; `n` makes it differ. */
    issue(
      holder: { idType: string; idNumber: string; name: string },
      changes: Partial<Licence> & { validUntil?: string | null; issuedOn?: string; isSealed?: boolean } = {},
    ): Licence {
      const { validUntil = null, issuedOn = '2026-01-05', isSealed = false, ...rest } = changes;
      const id = systemRandom.id();
      const licence: Licence = {
        id,
        typeCode: typeCodes.permit,
        issuerCode: authorityCode,
        jointIssuerCodes: [],
        number: `P${String(licences.size).padStart(12, '0')}`,
        versions: [
          {
            version: 1,
            typeVersion: 1,
            identifier: `1.2.156.3005.2.${authorityCode}.${id}`,
            holders: [{ ...holder, idType: holder.idType as '111' }],
            issuedOn,
            validFrom: '2026-01-05',
            validUntil,
            data: { address: '贵阳市示例路 1 号', reference: `本人 ${holder.idNumber}` },
            recordedAt: clock.now(),
            recordedBy: 'client',
            statusToken: systemRandom.id(),
            hash: 'a'.repeat(64),
            ...(isSealed && { file: sealedFile }),
          },
        ],
        transitions: [{ to: 'valid', effectiveAt: clock.now(), recordedAt: clock.now(), by: 'client' }],
        createdAt: clock.now() + licences.size,
        ...rest,
      };
      licences.set(id, licence);
      return licence;
    },
  };
}

/** People and whom they act for, in memory. */
export function createTestPeople() {
  const accounts = new Map<string, AccountView>();
  const bindings = new Map<string, RepresentedOrganisation[]>();
  const register = { isDown: false };
  const told: Parameters<WalletDependencies['identity']['tell']>[0][] = [];
  const identity: WalletDependencies['identity'] = {
    tell: async (notification) => void told.push(notification),
    findAccount: async (id) => accounts.get(id),
    organisations: {
      list: async (id) => bindings.get(id) ?? [],
      confirm: async (id, organisation) =>
        register.isDown
          ? 'unavailable'
          : bindings.get(id)?.some(({ organisationId }) => organisationId === organisation)
            ? 'confirmed'
            : 'ended',
      findRepresented: async (id, organisation) =>
        bindings.get(id)?.find(({ organisationId }) => organisationId === organisation),
    },
  };
  return {
    identity,
    /** What people were told. */
    told,
    /** The business register, which can be down. */
    register,
    /** Opens an account. */
    open(idNumber: string, name = '王示例'): string {
      const id = systemRandom.id();
      accounts.set(id, {
        ...{ id, kind: 'resident', status: 'active', name, proofingLevel: 2, reachableLevel: 2 },
        identifiers: [{ type: '111', value: idNumber }],
        ...{ sessionsNotBefore: 0, updatedAt: 0 },
      });
      return id;
    },
    disable: (id: string) => accounts.delete(id),
    bind(accountId: string, name = '贵阳示例食品有限公司', code = creditCode): string {
      const organisationId = systemRandom.id();
      const binding = {
        organisationId,
        name,
        creditCode: code,
        role: 'legal_representative',
        level: 2,
        confirmedAt: 0,
      };
      bindings.set(accountId, [...(bindings.get(accountId) ?? []), binding as RepresentedOrganisation]);
      return organisationId;
    },
    release: (accountId: string) => bindings.delete(accountId),
  };
}

/** A system with a token, and a counter. */
export const site: Verifier = { kind: 'client', id: 'site-1', name: { zh: '示例大厅', en: 'Demo hall' } };
export const counter: Verifier = {
  ...{ kind: 'staff', id: 'staff-1', authorityCode, name: { zh: '示例医保局', en: 'Demo health insurance' } },
};
export const matter = { purpose: '办理参保登记', serviceItemCode, caseNumber: 'C-2026-0001' };

/** Opens the store on which the room is built. */
export type OpenStore = typeof openEmbedded;

/** The room over a real store and a real log; `again` is one more process. */
export async function createWalletHouse(open: OpenStore = openEmbedded) {
  const clock = createTestClock();
  const opened = await open(clock);
  const auditKeys = createTestKeyring();
  const people = createTestPeople();
  const shelf = createTestLibrary(clock);
  const logs: Pick<Audit, 'drain'>[] = [];

  function build(store: Store) {
    const metrics = createMetrics({ processMetrics: false });
    const audit = createAudit({ store, keyring: auditKeys, clock, random: systemRandom, metrics });
    logs.push(audit);
    store.onCommitted((_collection, _key, events) => void audit.append(events));
    const wallet = createWallet({
      ...{ store, audit, clock, random: systemRandom, rate: createRateCounter(store, clock) },
      keyring: {
        derive: (purpose) => createHash('sha256').update(purpose).digest(),
        cipher: createTestCipher(),
      },
      ...{ identity: people.identity, library: shelf.library },
      matters: {
        findServiceItem: async (code) =>
          code === serviceItemCode ? { name: { zh: '参保登记', en: 'Insurance registration' } } : undefined,
        mayAsk: async () => true,
        learns: async (_item, type) =>
          type === typeCodes.secret
            ? undefined
            : [{ zh: '是否有效', en: 'Whether it is valid', fact: 'valid' }],
        tells: async () => ({ valid: { value: true } }),
      },
      names: {
        ofClient: async (id) => (id === site.id ? site.name : undefined),
        ofAuthority: async (code) => (code === authorityCode ? counter.name : undefined),
      },
    });
    return { wallet, audit, store };
  }
  const { wallet, audit, store } = build(opened.store);
  return {
    ...{ wallet, audit, store, clock, people, shelf },
    again: async () => build(await opened.again()),
    async close() {
      for (const log of logs) await log.drain();
      await opened.remove();
    },
  };
}

export type WalletHouse = Awaited<ReturnType<typeof createWalletHouse>>;
