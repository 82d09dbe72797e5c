import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isProblem, Problem, systemClock, systemRandom } from '../../src/core/index.ts';
import { openKeyring } from '../../src/keyring/index.ts';
import type { Licence } from '../../src/licences/index.ts';
import { renewalsCollection } from '../../src/licences/renewals.ts';
import { licencesCollection } from '../../src/licences/store.ts';
// Its problems are among those that sealing ends with.
import '../../src/seals/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import {
  createLicenceWorld,
  draftOf,
  issueLicence,
  type LicenceWorld,
  testActor,
} from '../support/licences.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { tempDirectory } from '../support/temp-store.ts';

const codeOf = (outcome: PromiseSettledResult<unknown>): string =>
  outcome.status === 'fulfilled'
    ? 'done'
    : isProblem(outcome.reason)
      ? outcome.reason.code
      : String(outcome.reason);

/** How often each outcome came. */
function tally(outcomes: readonly PromiseSettledResult<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[codeOf(outcome)] = (counts[codeOf(outcome)] ?? 0) + 1;
  return counts;
}

/** What holds on every store. */
function races(name: string, open: () => Promise<LicenceWorld>, isSkipped = false): void {
  (isSkipped ? describe.skip : describe)(`races on ${name}`, () => {
    let world: LicenceWorld;
    beforeAll(async () => {
      world = await open();
    }, 300_000);
    afterAll(() => world?.close());

    const processes = () => [world.licences, world.sibling()];
    const many = <T>(count: number, work: (index: number) => Promise<T>) =>
      Promise.allSettled(Array.from({ length: count }, (_, index) => work(index)));

    it('50 issues of one number have one winner', async () => {
      const two = processes();
      const outcomes = await many(50, (index) =>
        issueLicence(
          two[index % 2] ?? world.licences,
          'social-security-card',
          { number: 'G10000001' },
          'now',
        ),
      );
      expect(tally(outcomes)).toEqual({ done: 1, 'licence-number-taken': 49 });
    });

    it('50 repeats of one request all get the one licence that they made', async () => {
      const two = processes();
      const outcomes = await many(50, (index) =>
        (two[index % 2] ?? world.licences).issue(
          draftOf('social-security-card', { number: 'G10000002' }),
          testActor,
          { request: 'r'.repeat(22) },
        ),
      );
      expect(tally(outcomes)).toEqual({ done: 50 });
      const made = outcomes as PromiseFulfilledResult<Licence>[];
      expect(new Set(made.map(({ value }) => value.versions[0]?.file?.sha256)).size).toBe(1);
    });

    it('issue and revoke at once leave a licence that is whole, and revoked if it was there to be revoked', async () => {
      const id = (await issueLicence(world.licences, 'social-security-card', { number: 'G10000003' })).id;
      const outcomes = await Promise.allSettled([
        issueLicence(world.licences, 'social-security-card', { number: 'G10000003' }),
        world.licences.move(id, { to: 'revoked', reason: '吊销' }, testActor),
        world.sibling().move(id, { to: 'cancelled', reason: '注销' }, testActor),
        world.sibling().library.fileOf(id, 1),
      ]);
      const moves = outcomes.slice(1, 3).map(codeOf).sort();
      expect(moves).toEqual(['done', 'transition-not-allowed']);
      const licence = await world.licences.library.findById(id);
      expect(licence?.transitions).toHaveLength(2);
      expect(['revoked', 'cancelled']).toContain(licence?.transitions[1]?.to);
    });

    it('50 renewals of one licence at once, each under a number of its own, have one winner', async () => {
      const { id } = await issueLicence(world.licences, 'social-security-card', { number: 'G10000005' });
      const two = processes();
      const renew = (index: number) =>
        issueLicence(
          two[index % 2] ?? world.licences,
          'social-security-card',
          { number: `G2000${String(index).padStart(4, '0')}`, renews: id },
          'now',
        );
      const outcomes = await many(50, renew);
      expect(tally(outcomes)).toEqual({ done: 1, 'already-renewed': 49 });
      expect(codeOf((await many(1, () => renew(50)))[0] as PromiseSettledResult<unknown>)).toBe(
        'already-renewed',
      );
      const { items } = await world.store
        .collection(licencesCollection)
        .find({ index: 'predecessor', equals: [id] });
      expect(items).toHaveLength(1);
      const now = world.clock.now();
      const renewed = await world.licences.library.findById(id);
      expect(renewed && (await world.licences.library.stateAt(renewed, now))?.status).toBe('superseded');
    });

    it('50 repeats of one renewal all get the one licence that renews, also after it counts', async () => {
      const { id } = await issueLicence(world.licences, 'social-security-card', { number: 'G10000006' });
      const draft = draftOf('social-security-card', { number: 'G10000007', renews: id });
      const two = processes();
      const renew = (index: number) =>
        (two[index % 2] ?? world.licences).issue(draft, testActor, { request: 'n'.repeat(22) });
      expect(tally(await many(50, renew))).toEqual({ done: 50 });
      const { items } = await world.store
        .collection(licencesCollection)
        .find({ index: 'predecessor', equals: [id] });
      expect(items.map(({ key }) => key)).toEqual([(await renew(0)).id]);
    });

    it('a renewal that was cut off before its licence was written makes room for another half a minute later', async () => {
      const { id } = await issueLicence(world.licences, 'social-security-card', { number: 'G10000008' });
      await world.store
        .collection(renewalsCollection)
        .insert({ predecessorId: id, successorId: 'x'.repeat(22), claimedAt: world.clock.now() });
      const renew = () =>
        issueLicence(world.licences, 'social-security-card', { number: 'G10000009', renews: id });
      await expect(renew()).rejects.toMatchObject({ code: 'already-renewed', status: 409 });
      world.clock.advance(31);
      expect((await renew()).predecessorId).toBe(id);
    });

    it('of 20 changes at once each makes a version of its own or is told to look again', async () => {
      const { id } = await issueLicence(world.licences, 'social-security-card', { number: 'G10000004' });
      const outcomes = tally(
        await many(20, (index) =>
          (processes()[index % 2] ?? world.licences).addVersion(
            id,
            draftOf('social-security-card', { data: { insured_area: `示范市${index}区` } }),
            testActor,
          ),
        ),
      );
      const { done = 0, 'licence-busy': busy = 0 } = outcomes;
      expect([Object.keys(outcomes).sort(), done + busy]).toEqual([['done', 'licence-busy'], 20]);
      const versions = (await world.licences.library.findById(id))?.versions ?? [];
      expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
      expect(versions).toHaveLength(1 + done);
    });

    it('what ends within some days is found by its holder, the earliest first, and by its present version only', async () => {
      const holders = [{ idType: '111', idNumber: '520382189506151231', name: '周示例' }] as const;
      const ends = ['2030-05-02', '2030-05-31', '2030-05-01', '2030-06-01', '2031-01-01'];
      const issued = await Promise.all(
        ends.map((validUntil, index) =>
          issueLicence(world.licences, 'social-security-card', {
            ...{ number: `G3000000${index}`, holders, validUntil },
          }),
        ),
      );
      const ending = async () => {
        const query = { idType: '111', idNumber: '520382189506151231', from: '2030-05-01', to: '2030-05-31' };
        const found = await world.licences.library.findEnding({ ...query, limit: 2 });
        return found.map(({ number }) => number);
      };
      expect(await ending()).toEqual(['G30000002', 'G30000000']);
      const renewed = draftOf('social-security-card', { holders, validUntil: '2031-01-01' });
      await world.licences.addVersion(issued[2]?.id ?? '', renewed, testActor);
      expect(await ending()).toEqual(['G30000000', 'G30000001']);
    });
  });
}

races('SQLite', () => createLicenceWorld());

const hasMongo = isMongoAvailable();
let server: MongoServer | undefined;
afterAll(() => server?.stop());
races(
  'MongoDB',
  async () => {
    server = await startMongo();
    const url = server.url();
    return createLicenceWorld({ open: (deps) => openDatabase(url, deps) });
  },
  !hasMongo,
);

describe('a process that is killed while it issues', () => {
  const folder = tempDirectory('killed');
  const url = `sqlite:${join(folder, 'test.db')}`;
  const keys = join(folder, 'keys');
  const script = fileURLToPath(new URL('./issue-process.ts', import.meta.url));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function runUntil(hold: string, number: string, request: string): Promise<string> {
    const child = spawn(process.execPath, ['--no-warnings', script, url, keys, request, hold, number], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    if (hold !== 'run') child.kill('SIGKILL');
    await ended;
    return said.toString().trim();
  }

  async function look(number: string) {
    const deps = { clock: systemClock, random: systemRandom };
    const database = await openDatabase(url, deps);
    const keyring = await openKeyring({ records: database.keyRecords, folder: keys, mode: 'demo', ...deps });
    const store = database.open(keyring.cipher);
    const { items } = await store.collection(licencesCollection).find({ index: 'issuer' });
    const found = items.map(({ value }) => value).filter((licence) => licence.number === number);
    const pending = (await store.collection(licencesCollection).pending(100)).flatMap(({ events }) => events);
    const file = found[0]?.versions[0]?.file;
    const bytes = file && (await store.blobs.get(file.sha256));
    await keyring.close();
    await store.close();
    return { found, pending: pending.map(({ type }) => type), hasFile: bytes !== undefined };
  }

  it.each([
    ['before-file', 'G20000001', 0],
    ['after-file', 'G20000002', 0],
    ['after-write', 'G20000003', 1],
  ])(
    'killed %s: the licence is whole or absent, and a repeat of the request finishes it',
    async (hold, number, there) => {
      const request = number.padEnd(22, 'r');
      expect(await runUntil(hold, number, request)).toBe('here');
      const killed = await look(number);
      expect(killed.found).toHaveLength(there);
      if (there === 1) expect(killed).toMatchObject({ hasFile: true });
      const id = JSON.parse(await runUntil('run', number, request)) as string;
      const after = await look(number);
      expect(after.found.map((licence) => licence.id)).toEqual([id]);
      expect(after.hasFile).toBe(true);
      if (there === 1) expect(after.found[0]?.versions[0]?.file).toEqual(killed.found[0]?.versions[0]?.file);
      expect(after.pending.filter((type) => type === 'licences.licence.issued').length).toBe(
        after.pending.filter((type) => type === 'tests.seal.used').length,
      );
    },
    120_000,
  );
});

describe('what a licence needs and does not get', () => {
  let world: LicenceWorld;
  const full = { isFull: false };
  beforeAll(async () => {
    world = await createLicenceWorld();
    const { put } = world.store.blobs;
    world.store.blobs.put = (bytes) => (full.isFull ? Promise.reject(new Problem('store-full')) : put(bytes));
  });
  afterAll(() => world.close());

  const filesNow = async () => {
    let count = 0;
    for await (const _ of world.store.blobs.list(-1)) count += 1;
    return count;
  };

  it.each(['time-stamp-unavailable', 'seal-key-unavailable'])(
    '%s: the problem is told and nothing is stored',
    async (code) => {
      const before = await filesNow();
      world.seals.fail = () => new Problem(code);
      const outcome = await issueLicence(world.licences, 'hygiene-licence', {}, 'now').catch(
        (error: unknown) => error,
      );
      delete world.seals.fail;
      expect(isProblem(outcome, code)).toBe(true);
      expect(await filesNow()).toBe(before);
      expect(
        await world.licences.library.findByHolder({ idType: '001', idNumber: '91520000MA0DEM005M' }),
      ).toEqual({
        items: [],
      });
    },
  );

  it('a full disk: the problem is told, no document names a file that is not there, and it works once there is room', async () => {
    full.isFull = true;
    const outcome = await issueLicence(world.licences, 'hygiene-licence', {}, 'now').catch(
      (error: unknown) => error,
    );
    full.isFull = false;
    expect(isProblem(outcome, 'store-full')).toBe(true);
    const issued = await issueLicence(world.licences, 'hygiene-licence', {}, 'now');
    expect((await world.licences.library.fileOf(issued.id, 1)).bytes.length).toBe(
      issued.versions[0]?.file?.sizeBytes,
    );
  });

  it('nothing is sealed any more for a licence that was ended', async () => {
    const { id } = await issueLicence(world.licences, 'food-business-licence');
    await world.licences.move(id, { to: 'rescinded', reason: '撤销' }, testActor);
    await expect(world.licences.library.fileOf(id, 1)).rejects.toMatchObject({ code: 'licence-ended' });
  });
});
