import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { openSite, send, type TestSite } from '../support/pages.ts';
import { personAt } from '../support/people.ts';
import { enterSilently, logIn, password } from './flows.ts';

const people = [1, 2, 3, 4, 5].map(personAt);
let installation: Installation;
let site: TestSite;
let backup: string;

beforeAll(async () => {
  installation = await createInstallation();
  await installation.enrol(people, password);
  await installation.serve();
  site = await openSite(installation);
  backup = join(installation.folder, 'backup');
});
afterAll(() => installation?.close());

it('a backup is taken while people log in, holds no master key and nobody by name, and says what it lacks', async () => {
  const visitor = installation.visitor();
  await logIn(site, visitor, personAt(1));
  const [made] = await Promise.all([
    installation.run(['backup', backup]),
    ...people.map((person) => logIn(site, installation.visitor(), person)),
  ]);
  expect(made.code).toBe(0);
  expect(made.stdout).toContain('The master key is not in this backup');
  const { key } = JSON.parse(readFileSync(join(installation.folder, 'keys/master-key.json'), 'utf8'));
  const files = readdirSync(backup, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThanOrEqual(4);
  const secrets = [key, Buffer.from(key, 'base64url').toString('latin1'), ...people.map(({ name }) => name)];
  for (const file of files) {
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (const secret of secrets) {
      expect(bytes.includes(secret, 0, 'utf8')).toBe(false);
      expect(bytes.includes(secret, 0, 'latin1')).toBe(false);
    }
  }
  expect((await enterSilently(site, visitor)).access_token).toBeDefined();
  const again = await installation.run(['backup', backup]);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/^store-not-empty: .*backup/) });
});

it('without the right master key a restore writes nothing, and never into a store that holds something', async () => {
  const target = join(installation.folder, 'refused.db');
  const foreign = join(installation.folder, 'foreign-keys');
  const other = `sqlite:${join(installation.folder, 'other.db')}`;
  const settings = { ...installation.settings, TONGXING_LOG_LEVEL: 'silent', TONGXING_KEYS: foreign };
  await (await createApp(readConfig({ ...settings, TONGXING_STORE: other }))).close();
  const restore = (changed: Record<string, string>) =>
    installation.run(['restore', backup], { TONGXING_STORE: `sqlite:${target}`, ...changed });
  const [wrong, none, full] = await Promise.all([
    restore({ TONGXING_KEYS: foreign }),
    restore({ TONGXING_KEYS: join(installation.folder, 'no-keys') }),
    installation.run(['restore', backup]),
  ]);
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/^master-key-foreign: /) });
  expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/^master-key-missing: /) });
  expect(full).toMatchObject({ code: 1, stderr: expect.stringMatching(/^store-not-empty: /) });
  expect(readdirSync(installation.folder).filter((name) => name.startsWith('refused'))).toEqual([]);
  expect(existsSync(join(installation.folder, 'no-keys'))).toBe(false);
  // The store that held something is as it was.
  await logIn(site, installation.visitor(), personAt(2));
});

it('on a restored store everybody logs in again, by password and by SMS, and the log is whole', async () => {
  const store = `sqlite:${join(installation.folder, 'restored.db')}`;
  const restored = await installation.run(['restore', backup, '--json'], { TONGXING_STORE: store });
  expect(restored.code).toBe(0);
  expect(JSON.parse(restored.stdout)).toMatchObject({
    documents: expect.any(Number),
    notice: expect.stringContaining('master key'),
  });
  const [before] = installation.balancer.ports();
  installation.balancer.leave(before ?? 0);
  await installation.serve({ TONGXING_STORE: store });

  for (const person of people) {
    const tokens = await logIn(site, installation.visitor(), person);
    expect(tokens.claims()).toMatchObject({ acr: 'urn:tongxing:loa:2' });
  }
  const person = personAt(5);
  const visitor = installation.visitor();
  const { page } = await site.open(visitor);
  const sms = await visitor.get(`${page.url.split('?')[0]}?way=sms`);
  const ask = await send(visitor, sms, '/sms', { identifier: person.idNumber });
  const code = await installation.registers.lastCode(person.phoneNumber);
  const done = await send(visitor, ask, '/code', { code });
  expect(done.location).toMatch(/^https:\/\/site\.example\/callback\?code=/);

  const check = await installation.run(['audit', 'check', '--json'], { TONGXING_STORE: store });
  expect(JSON.parse(check.stdout)).toMatchObject({ whole: true });
  const log = await installation.run(['audit', 'export'], { TONGXING_STORE: store });
  expect(log.stdout).toContain('storage.backup.restored');
  const original = await installation.run(['audit', 'export']);
  expect(original.stdout).toContain('storage.backup.made');
});
