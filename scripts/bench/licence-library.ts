import { join } from 'node:path';
import { createAudit } from '../../src/audit/index.ts';
import { dayMs, type PendingEvent, sha256Hex, systemClock, systemRandom } from '../../src/core/index.ts';
import { type Drawing, openDrawing } from '../../src/drawing/index.ts';
import { openKeyring } from '../../src/keyring/index.ts';
import { createLicences, type LicenceDraft, type Licences, seedTypes } from '../../src/licences/index.ts';
import { createSealSigner, type SealService, sealFile, type TimeStamper } from '../../src/seals/index.ts';
import { pictureOf, pictureOn } from '../../src/seals/pictures.ts';
import { createRelay, openDatabase, type Store } from '../../src/storage/index.ts';
import { createLogger, createMetrics } from '../../src/telemetry/index.ts';
import { makeHolder, makeToken } from '../demo/authority/pki.ts';
import { personOf } from './people.ts';

/** The authority that defines and issues everything in these benches. */
const authorityCode = '11520000000000019J';
const typeCode = `${authorityCode}104`;

/** The library on a store of its own, with real drawing and sealing in this thread. */
export interface Library {
  licences: Licences;
  store: Store;
  drawing: Drawing;
  /** CPU that the simulated time-stamp authority took, which is not counted; milliseconds. */
  stamping: { spentMs: number };
  close(): Promise<void>;
}

/** Seals as the room does, with certificates of this minute. */
function makeSeals(drawing: Drawing, stamping: { spentMs: number }) {
  const life = { notBefore: Date.now() - dayMs, notAfter: Date.now() + 365 * dayMs };
  const root = makeHolder({ name: 'Bench Root', use: 'root', ...life });
  const { key, certificate, chain } = makeHolder({ name: 'Bench Seal', use: 'seal', issuer: root, ...life });
  const stamper = makeHolder({ name: 'Bench Stamping', use: 'tsa', issuer: root, ...life });
  const words = { ownerName: '示例省人力资源和社会保障厅', name: { zh: '电子证照专用章' } };
  const drawn = pictureOf(drawing, { ...words, codeNumber: '5200000000001', diameterMm: 42 });
  if ('faults' in drawn) throw new Error('the seal of the bench cannot be drawn');
  const picture = pictureOn({ picture: drawn });
  const signer = createSealSigner({ privateKey: key, certificateDer: certificate.der, chain });
  const timeStamper: TimeStamper = {
    async stamp(digest) {
      const start = process.cpuUsage();
      const token = makeToken(stamper, digest, { at: Date.now() });
      const { user, system } = process.cpuUsage(start);
      stamping.spentMs += (user + system) / 1000;
      return token;
    },
  };
  const service: Pick<SealService, 'sealLicence' | 'findSealFor'> = {
    findSealFor: async () => ({ id: 'bench-seal' }) as Awaited<ReturnType<SealService['findSealFor']>>,
    async sealLicence({ pdf, place, licenceId, version }) {
      const at = Date.now();
      const file = await sealFile({ pdf, place, picture, at, signer, timeStamper });
      const sha256 = sha256Hex(file);
      const data = { seal: 'bench-seal', licence: licenceId, version, type: typeCode, file: sha256 };
      const event: PendingEvent = { id: systemRandom.id(), type: 'bench.seal.used', at, data };
      return {
        file,
        sha256,
        sealId: 'bench-seal',
        certificateSha256: certificate.sha256,
        sealedAt: at,
        event,
      };
    },
  };
  return service;
}

/** Opens the library in a folder; the log is written and pending events are relayed as in the service. */
export async function openLibrary(folder: string): Promise<Library> {
  const deps = { clock: systemClock, random: systemRandom };
  const database = await openDatabase(`sqlite:${join(folder, 'bench.db')}`, deps);
  const keys = { records: database.keyRecords, folder: join(folder, 'keys'), mode: 'demo' as const };
  const keyring = await openKeyring({ ...keys, ...deps });
  const store = database.open(keyring.cipher);
  const audit = createAudit({ store, keyring, metrics: createMetrics({ processMetrics: false }), ...deps });
  const relay = createRelay({
    ...{ store, clock: systemClock, logger: createLogger({ level: 'silent' }), consumers: [audit.append] },
  });
  relay.start();
  const drawing = await openDrawing();
  const stamping = { spentMs: 0 };
  const authority = {
    ...{ code: authorityCode, name: { zh: '示例省人力资源和社会保障厅', en: 'Bench bureau' } },
    ...{ areaCode: '520000', mayDefine: true, status: 'active' as const },
    issues: seedTypes.map(({ suffix }) => authorityCode + suffix),
  };
  const licences = createLicences({
    ...{ ...deps, store, keyring, audit, seals: makeSeals(drawing, stamping) },
    drawing: {
      renderLicence: drawing.renderLicence,
      // Only the wallet asks for pictures.
      renderPicture: () => Promise.reject(new Error('nothing here is looked at')),
    },
    authorities: { find: async () => authority, list: async () => ({ items: [authority] }) },
    rightsOf: async () => undefined,
    settings: { issuer: 'https://bench.example', definingAuthority: authorityCode },
  });
  await licences.start();
  return {
    ...{ licences, store, drawing, stamping },
    async close() {
      await relay.drain();
      await relay.close();
      await audit.close();
      await keyring.close();
      await store.close();
    },
  };
}

/** Who issues. */
export const actor = { id: 'bench', authorityCodes: [authorityCode] };

/** A right draft of the n-th card, each of another person. */
export function cardOf(index: number): LicenceDraft {
  const { idNumber, name } = personOf(index);
  return {
    ...{ typeCode, issuingAuthorityCode: authorityCode, number: `G${String(index).padStart(8, '0')}` },
    holders: [{ idType: '111', idNumber, name }],
    ...{ issuedOn: '2024-03-05', validFrom: '2024-03-05', validUntil: '2034-03-04' },
    data: { insured_area: '贵州省示范市样板区' },
  };
}

/** A right draft of the n-th certificate of one page, all of one company. */
export function certificateOf(index: number): LicenceDraft {
  const company = { idType: '001' as const, idNumber: '91520000MA0DEM005M', name: '示例省演示食品有限公司' };
  const address = '贵州省示范市样板区演示街道虚构路1号';
  return {
    ...{ typeCode: `${authorityCode}204`, issuingAuthorityCode: authorityCode, holders: [company] },
    number: `黔示卫公证字［2024］第${String(index).padStart(6, '0')}号`,
    ...{ issuedOn: '2024-03-05', validFrom: '2024-03-05', validUntil: '2028-03-04' },
    data: { legal_representative: '褚示例', address, licensed_items: `宾馆（客房${index}间）` },
  };
}
