import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openAuthority } from '../../scripts/demo/authority/authority.ts';
import { askForCertificate } from '../../scripts/demo/register-seals.ts';
import { createAudit } from '../../src/audit/index.ts';
import { type Clock, systemClock, systemRandom } from '../../src/core/index.ts';
import { openDrawing } from '../../src/drawing/index.ts';
import type { Authority } from '../../src/identity/index.ts';
import { type Keyring, openKeyring } from '../../src/keyring/index.ts';
import { createOutbound, type Outbound } from '../../src/outbound/index.ts';
import {
  createSeals,
  type Seal,
  type SealActor,
  type SealApplication,
  type SealReport,
  type Seals,
  type SealsDependencies,
  sealStatusAt,
} from '../../src/seals/index.ts';
import { createRelay, openDatabase, type Relay, type Store } from '../../src/storage/index.ts';
import { createLogger, createMetrics } from '../../src/telemetry/index.ts';
import { startTestRegisters, type TestRegisters } from '../support/registers.ts';
import { makePdf } from '../support/sealed-pdf.ts';
import { keeperOf, registerSeal, type SealWorld } from '../support/seals.ts';
import { tempDirectory } from '../support/temp-store.ts';

const ownerCode = '11520000MB1A00001X';
const otherCode = '11520000MB1A000028';
const typeCode = `${ownerCode}001`;
const place = { name: 'seal', page: 0, rect: [400, 60, 519, 179] as const };
const folder = tempDirectory('seals');
let ahead = 0;
const clock: Clock = { now: () => systemClock.now() + ahead };
const drawing = await openDrawing();
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
    drawing: async () => drawing,
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
  await keyring.close();
  await store.close();
  await registers.close();
  rmSync(folder, { recursive: true, force: true });
});

const sealOne = (room: Seals = seals, authorityCode = ownerCode) =>
  room.sealLicence({
    ...{ authorityCode, typeCode, licenceId: 'L'.repeat(22), version: 1 },
    ...{ pdf: makePdf(), place },
  });
const application = (more: Partial<SealApplication> = {}): SealApplication => ({
  ownerCode,
  name: { zh: '行政审批专用章', en: 'Approval seal' },
  kind: 'licence',
  diameterMm: 40,
  codeNumber: '5200000900001',
  typeCodes: [typeCode],
  ...more,
});
const openChecks = (report: SealReport) =>
  report.signatures[0]?.checks
    .filter(({ state }) => state !== 'passed')
    .map(({ id, state, reason }) => `${id} ${state} ${reason}`);
const judge = (file: Uint8Array, authorityCode = ownerCode) =>
  seals.validate({ file, authorityCode, typeCode });
const console_ = { id: 'operator' } as const;
const security = (id: string): SealActor => ({
  id,
  duties: [{ role: 'security-administrator', authorityCode: otherCode }],
});

describe('a seal from application to use', () => {
  let seal: Seal;
  let file: Buffer;
  let sealedAt: number;

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
    const begunAt = clock.now();
    const sealed = await sealOne();
    file = sealed.file;
    sealedAt = sealed.sealedAt;
    expect(sealed.sealId).toBe(seal.id);
    // The stamp counts whole seconds: it must not lie before the activation of the moment before.
    expect(sealed.sealedAt).toBeGreaterThanOrEqual(begunAt);
    expect(Math.abs(sealed.sealedAt - clock.now())).toBeLessThan(10_000);
    const report = await judge(file);
    expect(openChecks(report)).toEqual([]);
    expect(report.signatures[0]).toMatchObject({
      time: { source: 'time_stamp' },
      revocation: { state: 'good' },
    });
  });

  it('is nobody else’s seal: for another authority the same file fails, and unasked the question stays open', async () => {
    expect(openChecks(await judge(file, otherCode))).toEqual(['signer-bound failed other-seal']);
    expect(openChecks(await seals.validate({ file }))).toEqual(['signer-bound indeterminate not-asked']);
  });

  it('lists its uses once each, however often they are told, and pages them', async () => {
    const events = Array.from({ length: 5 }, (_, index) =>
      base.audit.event('seals.seal.used', {
        ...{ seal: seal.id, authority: ownerCode, type: typeCode },
        ...{ licence: `licence-${index}`, version: 1, file: 'ab'.repeat(32) },
      }),
    );
    await seals.onEvents(events);
    await seals.onEvents(events.slice(2));
    const first = await seals.uses(seal.id, { limit: 3 });
    const rest = await seals.uses(seal.id, { limit: 3, ...(first.next && { after: first.next }) });
    expect(new Set([...first.items, ...rest.items].map(({ licenceId }) => licenceId)).size).toBe(5);
    expect(await seals.register.countUses(seal.id)).toBe(5);
    expect(rest.next).toBeUndefined();
  });

  it('seals nothing while it is suspended, and again once it is resumed', async () => {
    await seals.register.act('suspend', {
      sealId: seal.id,
      actor: keeperOf(ownerCode),
      reason: '保管人休假',
    });
    await expect(sealOne()).rejects.toMatchObject({ code: 'seal-not-available', status: 409 });
    expect(await seals.findSealFor(ownerCode, typeCode)).toBeUndefined();
    await seals.register.act('resume', { sealId: seal.id, actor: keeperOf(ownerCode), reason: '恢复使用' });
    expect((await sealOne()).sealId).toBe(seal.id);
  });

  it('lets what it sealed stand when it and its certificate are revoked later', async () => {
    const { serial = '' } = (await seals.register.certificateOf(seal.id)) ?? {};
    ahead = 20 * 60_000;
    registers.authority.revoke(serial, clock.now());
    const done = await seals.register.act('revoke', {
      ...{ sealId: seal.id, actor: security('s-1'), reason: '机构撤并' },
    });
    expect(done).toMatchObject({ outcome: 'changed', seal: { status: 'revoked' } });
    await judge(file);
    const report = await untilLists(() => judge(file), 'revoked_after_sealing');
    expect(openChecks(report)).toEqual([]);
    const known = await seals.statusOf(seal.id);
    expect(known && sealStatusAt(known.seal, sealedAt)).toBe('active');
    expect(known?.seal.status).toBe('revoked');
    expect(known?.certificateRevokedAt).toBeGreaterThan(report.signatures[0]?.time.at ?? 0);
    await expect(sealOne()).rejects.toMatchObject({ code: 'seal-not-available' });
    const again = await seals.register.act('resume', {
      ...{ sealId: seal.id, actor: keeperOf(ownerCode), reason: '又要用' },
    });
    expect(again).toEqual({ outcome: 'wrong-status', status: 'revoked' });
    ahead = 0;
  });
});

/** Lists are brought up to date beside the answer: the next one has them. */
async function untilLists(ask: () => Promise<SealReport>, state: string): Promise<SealReport> {
  for (let tries = 0; ; tries += 1) {
    const report = await ask();
    if (report.signatures[0]?.revocation.state === state || tries > 50) return report;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the people of the register', () => {
  it.each<[string, SealActor]>([
    ['the console', console_],
    ['a keeper of another authority', keeperOf(otherCode)],
    ['a security administrator', security('s-1')],
    ['a clerk', { id: 'c-1', duties: [{ role: 'issuing-clerk', authorityCode: ownerCode }] }],
  ])('does not let %s apply', async (_, actor) => {
    expect(await seals.register.apply(application(), actor)).toEqual({ outcome: 'not-allowed' });
  });

  it('says every fault of an application at once', async () => {
    const wrong = application({
      ...{ name: { zh: '一二三四五六七八九十一二三', en: '' } },
      ...{ diameterMm: 41, codeNumber: '123', typeCodes: [] },
    });
    const done = await seals.register.apply(wrong, keeperOf(ownerCode));
    expect(done).toMatchObject({ outcome: 'invalid' });
    expect('faults' in done && done.faults.map(({ field }) => field)).toEqual([
      ...['nameZh', 'nameEn', 'diameterMm', 'codeNumber', 'typeCodes'],
    ]);
    const odd = application({ name: { zh: '\u{20000}专用章', en: 'Odd' } });
    expect(await seals.register.apply(odd, keeperOf(ownerCode))).toMatchObject({ outcome: 'invalid' });
  });

  it('takes two: the applicant does not approve, a keeper elsewhere and the console do not, another keeper or a security administrator does', async () => {
    const applied = await seals.register.apply(application(), keeperOf(ownerCode, 'k-1'));
    const sealId = 'seal' in applied ? applied.seal.id : '';
    const approveBy = async (actor: SealActor) =>
      (await seals.register.act('approve', { sealId, actor })).outcome;
    expect(await approveBy(keeperOf(ownerCode, 'k-1'))).toBe('same-person');
    expect(await approveBy(keeperOf(otherCode, 'k-9'))).toBe('not-allowed');
    expect(await approveBy(console_)).toBe('not-allowed');
    expect(await approveBy(security('s-2'))).toBe('changed');
    expect(await approveBy(keeperOf(ownerCode, 'k-2'))).toBe('wrong-status');
  });

  it('files a code number once, and gives it back when an application is refused', async () => {
    const first = await seals.register.apply(
      application({ codeNumber: '5200000900002' }),
      keeperOf(ownerCode),
    );
    const twice = await seals.register.apply(
      application({ codeNumber: '5200000900002' }),
      keeperOf(ownerCode),
    );
    expect(twice).toMatchObject({ outcome: 'invalid', faults: [{ field: 'codeNumber' }] });
    const sealId = 'seal' in first ? first.seal.id : '';
    const refuse = { sealId, actor: security('s-1') };
    expect(await seals.register.act('revoke', refuse)).toEqual({ outcome: 'reason-missing' });
    await seals.register.act('revoke', { ...refuse, reason: '备案编码有误' });
    const again = await seals.register.apply(
      application({ codeNumber: '5200000900002' }),
      keeperOf(ownerCode),
    );
    expect(again.outcome).toBe('applied');
  });

  it('writes every change into the log under random ids, and no reason', async () => {
    await relay.drain();
    const types: string[] = [];
    for await (const batch of base.audit.export()) types.push(JSON.stringify(batch));
    const log = types.join('');
    for (const what of ['applied', 'approved', 'activated', 'suspended', 'resumed', 'revoked'])
      expect(log).toContain(`seals.seal.${what}`);
    expect(log).not.toContain('保管人休假');
  });
});

describe('what a certificate authority answers', () => {
  let sealId: string;
  const install = (pem: string, actor: SealActor = console_) =>
    seals.register.install({ sealId, actor, pem });

  it('goes only onto an approved seal', async () => {
    const applied = await seals.register.apply(
      application({ codeNumber: '5200000900003' }),
      keeperOf(ownerCode),
    );
    sealId = 'seal' in applied ? applied.seal.id : '';
    expect(await install('')).toEqual({ outcome: 'wrong-status', status: 'applied' });
    await seals.register.act('approve', { sealId, actor: security('s-1') });
  });

  it('is refused when it is another key’s, of an authority that nobody believes, without its issuer, or no certificate', async () => {
    const request = (await seals.register.request(sealId)) ?? '';
    const chain = await askForCertificate(registers.url, request);
    const other = await registerSeal(world, { ownerCode, typeCodes: [`${ownerCode}002`] });
    const others = await askForCertificate(registers.url, (await seals.register.request(other.id)) ?? '');
    const stranger = openAuthority({ now: clock.now });
    const der = Buffer.from(request.replace(/-----[^-]+-----/g, ''), 'base64');
    const faultOf = async (pem: string) => ({ fault: '', ...(await install(pem)) }).fault;
    expect(await faultOf('hello')).toBe('unreadable');
    expect(await faultOf(others)).toBe('other-key');
    expect(await faultOf(stranger.certify(der))).toBe('untrusted');
    expect(await faultOf(chain.slice(0, chain.indexOf('-----END') + 26))).toBe('untrusted');
    expect((await install(chain)).outcome).toBe('installed');
  });

  it('renews a seal in use: the same seal, its newest certificate', async () => {
    const chain = await askForCertificate(registers.url, (await seals.register.request(sealId)) ?? '');
    expect(await install(chain, keeperOf(otherCode))).toEqual({ outcome: 'not-allowed' });
    const done = await install(chain, keeperOf(ownerCode));
    expect(done).toMatchObject({ outcome: 'installed', seal: { status: 'active' } });
    expect('seal' in done && done.seal.certificates).toHaveLength(2);
    expect(await install(chain)).toMatchObject({ fault: 'already-installed' });
    const sealed = await sealOne();
    expect(sealed).toMatchObject({
      sealId,
      certificateSha256: 'seal' in done && done.seal.certificates[0]?.sha256,
    });
    expect((await seals.register.findByCertificate(sealed.certificateSha256))?.id).toBe(sealId);
  });

  it('lets the two writes of one moment not both count', async () => {
    const races = ['保管人一', '保管人二'].map((reason) =>
      seals.register.act('suspend', { sealId, actor: keeperOf(ownerCode), reason }).then(
        ({ outcome }) => outcome,
        (error: { code: string }) => error.code,
      ),
    );
    expect((await Promise.all(races)).filter((outcome) => outcome === 'changed')).toHaveLength(1);
    await seals.register.act('resume', { sealId, actor: keeperOf(ownerCode), reason: '恢复' });
  });
});

describe('what is missing is said loudly', () => {
  const withSettings = async (more: Partial<SealsDependencies>, settings_ = settings) => {
    const room = createSeals({ ...base, settings: settings_, ...more });
    try {
      return await sealOne(room).then(
        () => 'sealed',
        (error: { code: string }) => error.code,
      );
    } finally {
      await room.close();
    }
  };

  it('no time-stamping authority, one that is down, or one that is not believed: nothing is sealed', async () => {
    const { anchors, level } = settings;
    expect(await withSettings({}, { anchors, level })).toBe('time-stamp-unavailable');
    expect(await withSettings({}, { ...settings, tsaUrl: 'http://127.0.0.1:9/tsa' })).toBe(
      'time-stamp-unavailable',
    );
    expect(await withSettings({}, { ...settings, anchors: join(folder, 'none') })).toBe('time-stamp-refused');
  });

  it('B-B is made only where it was asked for', async () => {
    const room = createSeals({ ...base, settings: { anchors: settings.anchors, level: 'b-b' } });
    const { file } = await sealOne(room);
    await room.close();
    expect(openChecks(await judge(file))).toEqual(['time-stamp indeterminate no-time-stamp']);
  });

  it('a key that cannot be reached, or that is another one', async () => {
    const gone = { signer: () => Promise.reject(new Error('the module is away')) };
    expect(await withSettings({ keyring: gone })).toBe('seal-key-unavailable');
    const other = { signer: () => keyring.signer('audit') };
    expect(await withSettings({ keyring: other })).toBe('seal-signer-unfit');
  });

  it('an anchors.json that is wrong stops the start, and names the file', () => {
    const broken = join(folder, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'anchors.json'), '{"anchors":[{"file":"a.pem","kind":"seal"}]}');
    expect(() => createSeals({ ...base, settings: { ...settings, anchors: broken } })).toThrow(/a\.pem/);
  });

  it('a responder tells where no list does, and with neither the question stays open', async () => {
    const list = JSON.parse(readFileSync(join(folder, 'anchors/anchors.json'), 'utf8'));
    const judgeWith = async (name: string, ocsp: string | undefined) => {
      list.anchors[0].ocsp = ocsp;
      list.anchors[0].crls = [`${registers.url}/ca/crl/root`, 'http://127.0.0.1:9/gone.crl'];
      cpSync(join(folder, 'anchors'), join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'anchors.json'), JSON.stringify(list));
      const room = createSeals({ ...base, settings: { ...settings, anchors: join(folder, name) } });
      const { file, sealId } = await sealOne();
      const ask = () => room.validate({ file, authorityCode: ownerCode, typeCode });
      const known = await room.statusOf(sealId);
      const reports = [await ask(), await ask()];
      await room.close();
      return { open: reports.map(openChecks), known };
    };
    const told = await judgeWith('with-ocsp', `${registers.url}/ocsp`);
    expect(told.open).toEqual([[], []]);
    const silent = await judgeWith('without', undefined);
    expect(silent.open[0]).toEqual(['revocation indeterminate no-evidence']);
    expect((await judgeWith('gone', 'http://127.0.0.1:9/ocsp')).open[0]).toEqual(silent.open[0]);
    const { serial = '' } = (await seals.register.certificateOf(told.known?.seal.id ?? '')) ?? {};
    registers.authority.revoke(serial, clock.now() - 3600_000);
    const revoked = await judgeWith('revoked', `${registers.url}/ocsp`);
    expect(revoked.open[0]).toEqual(['revocation failed revoked']);
    expect(revoked.known?.certificateRevokedAt).toBeLessThan(clock.now());
  });

  it('anchors vouch only for their own authorities', async () => {
    const list = JSON.parse(readFileSync(join(folder, 'anchors/anchors.json'), 'utf8'));
    list.anchors[0].authorities = ['51', otherCode];
    cpSync(join(folder, 'anchors'), join(folder, 'narrow'), { recursive: true });
    writeFileSync(join(folder, 'narrow/anchors.json'), JSON.stringify(list));
    const room = createSeals({ ...base, settings: { ...settings, anchors: join(folder, 'narrow') } });
    const { file } = await sealOne();
    const report = await room.validate({ file, authorityCode: ownerCode, typeCode });
    await room.close();
    expect(openChecks(report)?.[0]).toBe('signer-trust failed untrusted');
  });
});
