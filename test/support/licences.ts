import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createAudit } from '../../src/audit/index.ts';
import { type Clock, type Random, sha256Hex, systemRandom } from '../../src/core/index.ts';
import type { DrawnLicence, Template } from '../../src/drawing/index.ts';
import type { Authority } from '../../src/identity/index.ts';
import { openKeyring } from '../../src/keyring/index.ts';
import {
  type Actor,
  createLicences,
  type Licence,
  type LicenceDraft,
  type Licences,
  type LicencesDeps,
  seedTypes,
} from '../../src/licences/index.ts';
import type { SealService } from '../../src/seals/index.ts';
import { type Database, openDatabase, type Store } from '../../src/storage/index.ts';
import { createMetrics } from '../../src/telemetry/index.ts';
import { definingAuthority } from './authority.ts';
import { createMovableClock } from './sso.ts';
import { tempDirectory } from './temp-store.ts';

/** Credit code of the authority that defines and issues everything in tests. */
export const testAuthority = definingAuthority.code;
/** Another one, that issues nothing until a test says so. */
export const otherAuthority = '12520000MB0000000P';

/** Names of the eight types that come with the house: their templates'. */
export type TypeName =
  | 'residence-permit'
  | 'marriage-certificate'
  | 'driving-licence'
  | 'social-security-card'
  | 'business-licence'
  | 'food-business-licence'
  | 'construction-qualification'
  | 'hygiene-licence';

/** Code of one of the eight types under the test authority. */
export const typeCodeOf = (name: TypeName): string =>
  testAuthority + (seedTypes.find(({ template }) => template === name)?.suffix ?? '');

/** All eight. */
export const allTypes = seedTypes.map(({ template }) => template as TypeName);

const zhao = { idType: '111', idNumber: '520102188001010014', name: '赵示例' } as const;
const sun = { idType: '111', idNumber: '522626188811118887', name: '孙样例' } as const;
const li = { idType: '111', idNumber: '520382189506151231', name: '李演示' } as const;
const aygul = { idType: '111', idNumber: '520102188912310026', name: '阿依古丽·示例木' } as const;
const company = { idType: '001', idNumber: '91520000MA0DEM005M', name: '示例省演示食品有限公司' } as const;
const premises = '贵州省示范市样板区演示街道虚构路1号';
const dates = { issuedOn: '2024-03-05', validFrom: '2024-03-05' };

/** A right draft of each type, on people and companies that cannot exist. */
const drafts: Readonly<Record<TypeName, Omit<LicenceDraft, 'typeCode' | 'issuingAuthorityCode'>>> = {
  'residence-permit': {
    ...dates,
    holders: [aygul],
    number: '520100202400000001',
    validUntil: '2025-03-04',
    data: {
      sex: '女',
      ethnicity: '维吾尔',
      born_on: '1889-12-31',
      residence_address: premises,
      household_address: '贵州省示范市试用县样例镇演示村',
    },
  },
  'marriage-certificate': {
    ...dates,
    holders: [zhao, sun],
    number: 'J520100-2024-000001',
    validUntil: null,
    data: {
      registered_on: '2024-03-05',
      registrar: '钱演示',
      remarks: '无',
      holders: [
        { sex: '男', nationality: '中国', born_on: '1880-01-01' },
        { sex: '女', nationality: '中国', born_on: '1888-11-11' },
      ],
    },
  },
  'driving-licence': {
    ...dates,
    holders: [li],
    number: '520382189506151231',
    validUntil: '2034-03-05',
    data: {
      sex: '男',
      nationality: '中国',
      address: premises,
      born_on: '1895-06-15',
      first_issued_on: '2014-03-05',
      vehicle_classes: 'C1',
      file_number: '520100000001',
      records: '请于每个记分周期结束后三十日内接受审验。',
    },
  },
  'social-security-card': {
    ...dates,
    holders: [zhao],
    number: 'G00000001',
    validUntil: '2034-03-04',
    data: { insured_area: '贵州省示范市样板区' },
  },
  'business-licence': {
    ...dates,
    holders: [company],
    number: '91520000MA0DEM005M',
    validUntil: null,
    data: {
      copy: '副本',
      company_type: '有限责任公司（自然人投资或控股）',
      legal_representative: '周试用',
      business_scope: '示例食品销售；示例餐饮服务；示例软件开发。',
      registered_capital: '壹佰万元整',
      established_on: '2019-08-08',
      address: premises,
    },
  },
  'food-business-licence': {
    ...dates,
    holders: [company],
    number: 'JY25201000000001',
    validUntil: '2029-03-04',
    data: {
      legal_representative: '周试用',
      address: premises,
      premises,
      business_form: '餐饮服务经营者（小型餐馆）',
      business_items: '预包装食品销售，热食类食品制售，冷食类食品制售',
      supervising_authority: '示范市样板区市场监督管理局演示分局',
      supervisors: '郑样例、王演示',
      complaint_phone: '12315',
      signed_by: '冯示例',
    },
  },
  'construction-qualification': {
    ...dates,
    holders: [company],
    number: 'D252000001',
    validUntil: '2029-03-04',
    data: {
      address: premises,
      legal_representative: '陈试用',
      registered_capital: '贰仟万元整',
      economic_nature: '有限责任公司',
      qualifications: [
        { category: '建筑工程施工总承包', grade: '贰级', granted_on: '2024-03-05' },
        { category: '建筑装修装饰工程专业承包', grade: '壹级', granted_on: '2024-03-05' },
      ],
    },
  },
  'hygiene-licence': {
    ...dates,
    holders: [company],
    number: '黔示卫公证字［2024］第000001号',
    validUntil: '2028-03-04',
    data: { legal_representative: '褚示例', address: premises, licensed_items: '宾馆（客房、公共浴室）' },
  },
};

/** A right draft of a type of the test authority, with changes. */
export function draftOf(name: TypeName, changes: Partial<LicenceDraft> = {}): LicenceDraft {
  return { typeCode: typeCodeOf(name), issuingAuthorityCode: testAuthority, ...drafts[name], ...changes };
}

/** A right draft as it goes over the wire. */
export function wireOf(name: TypeName, changes: Partial<LicenceDraft> = {}): Record<string, unknown> {
  const draft = draftOf(name, changes);
  return {
    type_code: draft.typeCode,
    issuing_authority_code: draft.issuingAuthorityCode,
    holders: draft.holders.map((holder) => ({
      id_type: holder.idType,
      id_number: holder.idNumber,
      name: holder.name,
    })),
    number: draft.number,
    issued_on: draft.issuedOn,
    valid_from: draft.validFrom,
    valid_until: draft.validUntil,
    data: draft.data,
    ...(draft.renews && { renews: draft.renews }),
  };
}

/** An actor for the test authority. */
export const testActor: Actor = { id: 'test-system', authorityCodes: [testAuthority] };

/**
 * Issues a licence by the real use case. Data only unless `file` is `now`; then seal and drawing of the room at hand are used.
 */
export function issueLicence(
  licences: Pick<Licences, 'issue'>,
  name: TypeName,
  changes: Partial<LicenceDraft> = {},
  file: 'now' | 'later' = 'later',
): Promise<Licence> {
  return licences.issue(draftOf(name, changes), testActor, { file });
}

/** The register of authorities in memory: the test authority issues everything. */
export function testAuthorities(more: readonly Authority[] = []) {
  const all: Authority[] = [
    {
      code: testAuthority,
      name: { zh: '示例省演示监督管理局', en: 'Demo Supervision Bureau' },
      areaCode: '520000',
      mayDefine: true,
      issues: allTypes.map(typeCodeOf),
      status: 'active',
    },
    ...more,
  ];
  return {
    find: async (code: string) => all.find((one) => one.code === code),
    list: async () => ({ items: [...all] }),
    all,
  };
}

/** Seals that only mark a file; they say what was asked of them. */
export function fakeSeals(): Pick<SealService, 'sealLicence' | 'findSealFor'> & {
  sealed: number;
  fail?: () => Error;
} {
  const seals = {
    sealed: 0,
    fail: undefined as (() => Error) | undefined,
    async findSealFor(authorityCode: string) {
      return { id: 'seal-of-tests', ownerCode: authorityCode } as Awaited<
        ReturnType<SealService['findSealFor']>
      >;
    },
    async sealLicence({ pdf, licenceId, version, typeCode }: Parameters<SealService['sealLicence']>[0]) {
      if (seals.fail) throw seals.fail();
      seals.sealed += 1;
      const file = Buffer.concat([Buffer.from(pdf), Buffer.from(`\n% sealed ${systemRandom.id()}\n`)]);
      const sha256 = sha256Hex(file);
      const data = { seal: 'seal-of-tests', licence: licenceId, version, type: typeCode, file: sha256 };
      return {
        file,
        sha256,
        sealId: 'seal-of-tests',
        certificateSha256: 'c'.repeat(64),
        sealedAt: Date.now(),
        event: { id: systemRandom.id(), type: 'tests.seal.used', at: Date.now(), data },
      };
    },
  };
  return seals as ReturnType<typeof fakeSeals>;
}

/** Drawing that costs nothing: the content as text, with one place for a seal. */
export const quickDrawing: LicencesDeps['drawing'] = {
  async renderLicence(template: Template, content): Promise<DrawnLicence> {
    const pdf = Buffer.from(`%PDF-1.7\n% ${template.name} ${JSON.stringify(content)}\n%%EOF\n`);
    return { pdf, sealPlaces: [{ name: 'issuer', page: 0, rect: [0, 0, 100, 100] }] };
  },
  renderPicture: async (pdf, width) => ({ bytes: pdf, width, height: width }),
};

/** The room by itself on a real store, with quick drawing and seals that only mark. */
export interface LicenceWorld {
  licences: Licences;
  store: Store;
  clock: Clock & { advance(seconds: number): void };
  seals: ReturnType<typeof fakeSeals>;
  authorities: ReturnType<typeof testAuthorities>;
  /** Another process's worth of the room on the same store. */
  sibling(): Licences;
  close(): Promise<void>;
}

/** Makes the room for a test; parts may be replaced. */
export async function createLicenceWorld(
  options: Partial<Pick<LicencesDeps, 'drawing' | 'seals' | 'rightsOf'>> & {
    /** Opens another database than the embedded one in a folder of its own. */
    open?: (deps: { clock: Clock; random: Random }) => Promise<Database>;
  } = {},
): Promise<LicenceWorld> {
  const { open, ...parts } = options;
  const clock = createMovableClock();
  const random = systemRandom;
  const folder = tempDirectory('licences');
  const database = await (open?.({ clock, random }) ??
    openDatabase(`sqlite:${join(folder, 'test.db')}`, { clock, random }));
  const keyring = await openKeyring({
    ...{ records: database.keyRecords, folder: join(folder, 'keys'), clock, random },
    mode: 'demo',
    refreshSeconds: 0,
  });
  const store = database.open(keyring.cipher);
  const seals = fakeSeals();
  const authorities = testAuthorities();
  const audit = createAudit({ store, keyring, clock, random, metrics: createMetrics() });
  const make = () =>
    createLicences({
      ...{ store, keyring, audit, clock, random, authorities, seals, drawing: quickDrawing },
      rightsOf: async () => ({ authorityCode: testAuthority, licenceTypes: '*' }),
      ...parts,
      settings: { issuer: 'https://licences.example', definingAuthority: testAuthority },
    });
  const licences = make();
  await licences.start();
  return {
    ...{ licences, store, clock, seals, authorities },
    sibling: make,
    async close() {
      await audit.close();
      await keyring.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
