import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { licencesCollection } from '../../src/licences/store.ts';
import type { Seal } from '../../src/seals/index.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { allTypes, testAuthority, typeCodeOf, wireOf } from '../support/licences.ts';
import { createDemoSeals } from '../support/seals.ts';
import { type ApiReply, openSystem, type TestSystem } from '../support/systems.ts';
import { tempDirectory } from '../support/temp-store.ts';

/** What issuing needs from outside, taken away and given back under the feet of a whole service. */

const folder = tempDirectory('needs');
const files = join(folder, 'tongxing.db-blobs');
mkdirSync(files);
const isMounted = mountSmallDisk();
let app: TestApp;
let system: TestSystem;
let seal: Seal | undefined;

/** Puts the folder of files on a disk of 4 MB; false (loudly, and an error with CI=true) where that is not allowed. */
function mountSmallDisk(): boolean {
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', files]).status === 0) return true;
  const message = 'SKIPPED: a full disk under the service needs a tmpfs, which needs root';
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`\n*** ${message} ***\n`);
  return false;
}

beforeAll(async () => {
  app = await createTestApp({ store: `sqlite:${join(folder, 'tongxing.db')}` });
  [seal] = await createDemoSeals(app, [{ code: testAuthority, issues: allTypes.map(typeCodeOf) }]);
  system = await openSystem(app, 'bureau', {
    scope: 'licences:issue licences:read licences:manage',
    ...{ authority_code: testAuthority, licence_types: ['*'] },
  });
}, 60_000);
afterAll(async () => {
  await app.close();
  if (isMounted) spawnSync('umount', [files]);
  rmSync(folder, { recursive: true, force: true });
});

const issue = (number: string, key: string): Promise<ApiReply> =>
  system.call('POST', '/api/v1/licences', { body: wireOf('social-security-card', { number }), key });

/** Everything that an issue leaves behind: documents, files, entries of each index, uses of the seal. */
async function traces(): Promise<Record<string, number>> {
  const { store, seals } = app.service;
  const licences = store.collection(licencesCollection);
  // What was issued before has told all its consequences.
  while ((await licences.pending(1)).length > 0) await delay(20);
  let blobs = 0;
  for await (const _ of store.blobs.list(-1)) blobs += 1;
  return {
    blobs,
    byIssuer: await licences.count({ index: 'issuer', equals: [testAuthority] }),
    byHolder: await licences.count({ index: 'holder', equals: ['111|520102188001010014'] }),
    byFile: await licences.count({ index: 'file' }),
    uses: (await seals.uses(seal?.id ?? '')).items.length,
  };
}

/** Issues while something is missing, then again with the same key once it is back. */
async function refusedThenIssued(
  number: string,
  { takeAway, giveBack }: { takeAway(): unknown; giveBack(): unknown },
): Promise<ApiReply> {
  const before = await traces();
  await takeAway();
  const refused = await issue(number, `key-${number}`);
  const after = await traces();
  await giveBack();
  expect(after).toEqual(before);
  const typeCode = typeCodeOf('social-security-card');
  expect(await app.service.licences.library.findByNumber({ typeCode, number })).toBeUndefined();
  const issued = await issue(number, `key-${number}`);
  expect([issued.status, issued.body.number]).toEqual([201, number]);
  const file = await system.call('GET', issued.body.file.href);
  expect(file.body.length).toBe(issued.body.file.size_bytes);
  expect((await issue(number, `key-${number}`)).body).toEqual(issued.body);
  return refused;
}

const tsa = (mode: string, delay_ms = 0) => app.registers.control('', { register: 'tsa', mode, delay_ms });

describe('a time-stamping authority', () => {
  it.each([
    ['that answers with an error', 'G30000001', () => tsa('error'), 503, 'time-stamp-unavailable'],
    ['that hangs up', 'G30000002', () => tsa('no-answer'), 503, 'time-stamp-unavailable'],
    [
      'that takes longer than we wait',
      'G30000003',
      () => tsa('normal', 60_000),
      503,
      'time-stamp-unavailable',
    ],
    ['that stamps something else', 'G30000004', () => tsa('malformed'), 502, 'time-stamp-refused'],
  ])(
    '%s stops the issue loudly, leaves nothing behind, and the same request succeeds when it is back',
    async (_, number, takeAway, status, code) => {
      const began = performance.now();
      const refused = await refusedThenIssued(number, { takeAway, giveBack: () => tsa('normal') });
      expect(performance.now() - began).toBeLessThan(10_000);
      expect([refused.status, refused.body.code]).toEqual([status, code]);
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
      expect(refused.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
      expect(refused.body.detail).toMatch(/未盖章/);
    },
    30_000,
  );

  it('that is slow delays the issue and nothing else', async () => {
    await tsa('normal', 1_000);
    const began = performance.now();
    const issued = issue('G30000005', 'key-G30000005');
    const read = await system.call('GET', `/api/v1/licences/${'x'.repeat(22)}`);
    expect([read.status, performance.now() - began < 800]).toEqual([404, true]);
    expect((await issued).status).toBe(201);
    expect(performance.now() - began).toBeGreaterThan(1_000);
    await tsa('normal');
  }, 30_000);
});

describe('a seal key', () => {
  it('that cannot be reached stops the issue in the same way', async () => {
    const { keyring } = app.service;
    const { signer } = keyring;
    const refused = await refusedThenIssued('G30000006', {
      takeAway: () => {
        keyring.signer = async (use, algorithm) => {
          const reached = await signer(use, algorithm);
          const sign = () => Promise.reject(new Error('the device does not answer'));
          return use.startsWith('seal:') ? { ...reached, sign } : reached;
        };
      },
      giveBack: () => {
        keyring.signer = signer;
      },
    });
    expect([refused.status, refused.body.code]).toEqual([503, 'seal-key-unavailable']);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(JSON.stringify(refused.body)).not.toContain('device does not answer');
  });
});

(isMounted ? describe : describe.skip)('a disk', () => {
  it('that has no room for the file stops the issue in the same way', async () => {
    const ballast = join(files, 'zz', 'ballast');
    mkdirSync(join(files, 'zz'));
    const refused = await refusedThenIssued('G30000007', {
      takeAway: () => {
        for (let size = 4 * 1024 * 1024; size >= 4096; size /= 2)
          try {
            writeFileSync(`${ballast}-${size}`, Buffer.alloc(size));
          } catch {
            rmSync(`${ballast}-${size}`);
          }
      },
      giveBack: () => {
        for (let size = 4 * 1024 * 1024; size >= 4096; size /= 2)
          rmSync(`${ballast}-${size}`, { force: true });
      },
    });
    expect([refused.status, refused.body.code]).toEqual([507, 'store-full']);
  });
});
