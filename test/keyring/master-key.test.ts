import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { systemRandom } from '../../src/core/index.ts';
import { masterKeyFileName, proveMasterKey } from '../../src/keyring/index.ts';
import { createMemoryKeyRecords } from '../support/key-records.ts';
import { createInstallation } from './setup.ts';

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('the master key', () => {
  it('is made at the first start, for its owner only, and found at the next', async () => {
    const { folder, open } = await createInstallation();
    const first = await open();
    expect(await readdir(folder)).toEqual([masterKeyFileName]);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(join(folder, masterKeyFileName))).toBe(0o600);
    const second = await open();
    expect(second.list()).toEqual(first.list());
    expect(second.permanentSecret('pairwise')).toEqual(first.permanentSecret('pairwise'));
  });

  it('is not replaced when it is gone and the store holds keys', async () => {
    const { folder, open } = await createInstallation();
    await open();
    await rm(join(folder, masterKeyFileName));
    await expect(open()).rejects.toMatchObject({ code: 'master-key-missing' });
    await expect(open()).rejects.toThrow(/TONGXING_KEYS/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('of another installation opens nothing and changes nothing', async () => {
    const ours = await createInstallation();
    const theirs = await createInstallation();
    await ours.open();
    await theirs.open();
    const before = await ours.records.list();
    await expect(ours.open({ folder: theirs.folder })).rejects.toMatchObject({ code: 'master-key-foreign' });
    await expect(ours.open({ folder: theirs.folder })).rejects.toThrow(/TONGXING_KEYS/);
    expect(await ours.records.list()).toEqual(before);
  });

  it.each([0o640, 0o604, 0o660])('is refused when others may touch the file (mode %o)', async (mode) => {
    const { folder, open } = await createInstallation();
    await open();
    await chmod(join(folder, masterKeyFileName), mode);
    await expect(open()).rejects.toMatchObject({ code: 'master-key-exposed' });
  });

  it('is refused when others may write its folder', async () => {
    const { folder, open } = await createInstallation();
    await open();
    await chmod(folder, 0o770);
    await expect(open()).rejects.toMatchObject({ code: 'master-key-exposed' });
  });

  it('of the demo is refused in production, also when the file is relabelled', async () => {
    const { folder, open } = await createInstallation();
    await open({ mode: 'demo' });
    await expect(open()).rejects.toMatchObject({ code: 'master-key-of-demo' });
    const path = join(folder, masterKeyFileName);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"demo"', '"production"'));
    await expect(open()).rejects.toMatchObject({ code: 'master-key-foreign' });
  });

  it.each(['', 'not json', '{}', '{"format":"tongxing-master-key-1","mode":"production","key":"short"}'])(
    'that is damaged (%j) is refused without quoting it',
    async (content) => {
      const { folder, open } = await createInstallation();
      await open();
      await writeFile(join(folder, masterKeyFileName), content);
      const refusal = await open().catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'master-key-unreadable', cause: undefined });
    },
  );

  it('says so when its folder cannot be made', async () => {
    const { base, open } = await createInstallation();
    await writeFile(join(base, 'file'), '');
    await expect(open({ folder: join(base, 'file', 'private') })).rejects.toMatchObject({
      code: 'master-key-unreadable',
    });
  });

  it('is proven against the records of a backup before a restore', async () => {
    const { folder, records, clock, open } = await createInstallation();
    await open();
    const other = await createInstallation();
    const common = { mode: 'production' as const, clock, random: systemRandom };
    const list = await records.list();
    await expect(proveMasterKey({ ...common, folder, records: list })).resolves.toBeUndefined();
    await expect(proveMasterKey({ ...common, folder: other.folder, records: list })).rejects.toMatchObject({
      code: 'master-key-missing',
    });
    await other.open();
    await expect(proveMasterKey({ ...common, folder: other.folder, records: list })).rejects.toMatchObject({
      code: 'master-key-foreign',
    });
  });
});

describe('key records', () => {
  it('hold no secret in the clear', async () => {
    const { records, open } = await createInstallation();
    const keyring = await open();
    const text = JSON.stringify(await records.list());
    const secrets = [
      ...keyring.cookieKeys(),
      ...keyring.tokenKeySet().keys.flatMap(({ d, p }) => [d, p]),
      keyring.permanentSecret('pairwise').toString('base64url'),
    ].filter((secret) => secret !== undefined);
    expect(secrets.length).toBeGreaterThan(8);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toContain('"d":');
  });

  it('whose public key or purpose was changed by hand stop the start by name', async () => {
    const records = createMemoryKeyRecords();
    const { open } = await createInstallation(records);
    await open();
    const victim = [...records.stored.values()].find(({ purpose }) => purpose === 'sign:token:ES256');
    if (!victim) throw new Error('no token key');
    records.stored.set(victim.kid, { ...victim, publicJwk: { ...victim.publicJwk, x: 'forged' } });
    await expect(open()).rejects.toMatchObject({ code: 'key-record-damaged' });
    await expect(open()).rejects.toThrow(victim.kid);
    records.stored.set(victim.kid, { ...victim, purpose: 'sign:audit:ES256' });
    await expect(open()).rejects.toMatchObject({ code: 'key-record-damaged' });
  });
});

describe('drivers', () => {
  it('for hardware modules have their place, and choosing one stops the start instead of using files', async () => {
    const { records, open } = await createInstallation();
    await expect(open({ keyDriver: 'pkcs11' })).rejects.toMatchObject({ code: 'key-driver-unavailable' });
    expect(await records.list()).toEqual([]);
  });
});
