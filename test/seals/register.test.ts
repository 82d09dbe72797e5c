import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAudit } from '../../src/audit/index.ts';
import { type Clock, systemClock, systemRandom } from '../../src/core/index.ts';
import { createDrawing } from '../../src/drawing/index.ts';
import type { Authority } from '../../src/identity/index.ts';
import { type Keyring, openKeyring } from '../../src/keyring/index.ts';
import { createOutbound, type Outbound } from '../../src/outbound/index.ts';
import { createSeals, type Seal, type Seals, type SealsDependencies } from '../../src/seals/index.ts';
import { createRelay, openDatabase, type Relay, type Store } from '../../src/storage/index.ts';
import { createLogger, createMetrics } from '../../src/telemetry/index.ts';
import { startTestRegisters, type TestRegisters } from '../support/registers.ts';
import { makePdf } from '../support/sealed-pdf.ts';
import { registerSeal, type SealWorld } from '../support/seals.ts';
import { tempDirectory } from '../support/temp-store.ts';

const ownerCode = '11520000MB1A00001X';
const otherCode = '11520000MB1A000028';
const typeCode = `${ownerCode}001`;
const place = { name: 'seal', page: 0, rect: [400, 60, 519, 179] as const };
const folder = tempDirectory('seals');
const ahead = 0;
const clock: Clock = { now: () => systemClock.now() + ahead };
const drawing = createDrawing();
let registers: TestRegisters;
let keyring: Keyring;
let store: Store;
let relay: Relay;
let outbound: Outbound;
let seals: Seals;
let world: SealWorld;
let base: Omit<SealsDependencies, 'settings'>;
let settings: SealsDependencies['settings'];

const authority = (code: string): Authority => ({
  code,
  name: { zh: '示例省政务服务管理局', en: 'Sample Province Government Services' },
  areaCode: '520000',
  mayDefine: true,
  issues: [typeCode],
  status: 'active',
});

beforeAll(async () => {
  registers = await startTestRegisters();
  const database = await openDatabase(`sqlite:${join(folder, 'a.db')}`, { clock, random: systemRandom });
  keyring = await openKeyring({
    records: database.keyRecords,
    folder: join(folder, 'keys'),
    mode: 'demo',
    clock,
    random: systemRandom,
  });
  store = database.open(keyring.cipher);
  const metrics = createMetrics({ processMetrics: false });
  const logger = createLogger({ level: 'silent' });
  const audit = createAudit({ store, keyring, clock, random: systemRandom, metrics });
  outbound = createOutbound({ allow: [registers.hostPort], metrics, logger, clock });
  const authorities = {
    find: async (code: string) => ([ownerCode, otherCode].includes(code) ? authority(code) : undefined),
  };
  base = {
    ...{ store, audit, clock, random: systemRandom, logger, keyring, outbound, authorities },
    drawing: () => drawing,
  };
  registers.authority.writeAnchors(join(folder, 'anchors'), registers.url);
  settings = { anchors: join(folder, 'anchors'), tsaUrl: `${registers.url}/tsa`, level: 'b-t' };
  seals = createSeals({ ...base, settings });
  world = { seals, authorityUrl: registers.url };
  relay = createRelay({ store, clock, logger, consumers: [audit.append, seals.onEvents] });
});

afterAll(async () => {
  await seals.close();
  await relay.close();
  await outbound.close();
  keyring.close();
  await store.close();
  await registers.close();
  rmSync(folder, { recursive: true, force: true });
});

const sealOne = (with_: Seals = seals) =>
  with_.sealLicence({
    ...{ authorityCode: ownerCode, typeCode, licenceId: 'L'.repeat(22), version: 1 },
    ...{ pdf: makePdf(), place },
  });

describe('a seal from application to use', () => {
  let seal: Seal;

  it('is applied for by a keeper, approved by another, and active once its certificate is there', async () => {
    seal = await registerSeal(world, { ownerCode, typeCodes: [typeCode] });
    expect(seal.status).toBe('active');
    expect(seal.history.map(({ status }) => status)).toEqual(['applied', 'approved', 'active']);
    expect(await seals.register.certificateOf(seal.id)).toMatchObject({
      name: '示例省政务服务管理局电子证照专用章',
      issuerName: 'Demo Seal CA',
    });
  });

  it('seals a licence with a time stamp, and the file passes every check for its authority', async () => {
    const sealed = await sealOne();
    expect(sealed.sealId).toBe(seal.id);
    expect(Math.abs(sealed.sealedAt - clock.now())).toBeLessThan(10_000);
    const report = await seals.validate({ file: sealed.file, authorityCode: ownerCode, typeCode });
    expect(report.signatures[0]?.checks.filter(({ state }) => state !== 'passed')).toEqual([]);
  });
});
