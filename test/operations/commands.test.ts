import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { resultOf } from '../support/command-result.ts';
import {
  createInstallation,
  type Installation,
  metadataFile,
  type ServeProcess,
} from '../support/installation.ts';
import { typeCodeOf } from '../support/licences.ts';
import { send } from '../support/pages.ts';
import { personAt } from '../support/people.ts';
import { freePortBase } from '../support/world.ts';
import { eventually, password } from './flows.ts';

const person = personAt(1);
const commands = fileURLToPath(new URL('../../src/cli', import.meta.url));
const callback = 'https://site.example/callback';
let installation: Installation;
let service: ServeProcess;

beforeAll(async () => {
  installation = await createInstallation();
  await installation.enrol([person], password);
  service = await installation.serve();
});
afterAll(() => installation?.close());

const add = (name: string, metadata: unknown, ...words: string[]) =>
  installation.run(['clients', 'add', metadataFile(installation.folder, name, metadata), ...words]);

it.each([
  ['existing-store.ts', 'withExistingStore('],
  ['with-service.ts', 'withService({}, '],
])('what the rooms log stands beside the answer of a command, not in it (%s)', async (file, begin) => {
  const program = `
    import { ${begin.slice(0, begin.indexOf('('))} } from '${commands}/${file}';
    import { print } from '${commands}/output.ts';
    await ${begin}async ({ logger }) => {
      print({ answer: 1 }, true, String);
      logger.warn({}, 'the rooms say something');
    });`;
  const { stdout, stderr } = await resultOf(
    spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program],
      { env: { PATH: process.env.PATH, ...installation.settings } },
    ),
  );
  expect(JSON.parse(stdout)).toEqual({ answer: 1 });
  expect(JSON.parse(stderr)).toMatchObject({ level: 'warn', msg: 'the rooms say something' });
});

describe('clients', () => {
  it('are added with settings that work as they are printed: the program for openid-client logs somebody in', async () => {
    const { code, stdout } = await add('printed', { client_name: '示例网站', redirect_uris: [callback] });
    expect(code).toBe(0);
    const [, program = ''] = /# openid-client[^\n]*\n([\s\S]*?)\n\n# Spring/.exec(stdout) ?? [];
    const waiting = `console.log(url.href);
      const requestUrl = new URL(String(await new Promise((next) => process.stdin.once('data', next))).trim());`;
    const whole = `${program.replace(/^\/\/ when the browser comes back.*$/m, waiting)}
      console.log(JSON.stringify({ sub, acr })); process.exit();`;
    const site = spawn(process.execPath, ['--input-type=module', '-e', whole], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: site.stdout });
    const [address] = (await once(lines, 'line')) as [string];
    const visitor = installation.visitor();
    const page = await visitor.follow(await visitor.get(address));
    const consent = await send(visitor, page, '/password', { identifier: person.idNumber, password });
    const back = await send(visitor, consent, '/allow');
    site.stdin.write(`${back.location}\n`);
    const [claims] = (await once(lines, 'line')) as [string];
    expect(JSON.parse(claims)).toMatchObject({
      sub: expect.stringMatching(/^[\w-]{22,}$/),
      acr: 'urn:tongxing:loa:2',
    });
  });

  it('get settings for Spring Security and mod_auth_openidc that say what was registered', async () => {
    const [basic, posted, system] = await Promise.all([
      add('basic', { client_id: 'basic', redirect_uris: [callback] }),
      add('posted', {
        ...{ client_id: 'posted', redirect_uris: [callback], id_token_signed_response_alg: 'ES256' },
        token_endpoint_auth_method: 'client_secret_post',
      }),
      add('system', {
        client_id: 'system',
        grant_types: ['client_credentials'],
        scope: 'audit:read',
        redirect_uris: [],
      }),
    ]);
    expect(basic.stdout).toContain('spring.security.oauth2.client:');
    expect(basic.stdout).toContain(`redirect-uri: '${callback}'`);
    expect(basic.stdout).toContain('OIDCIDTokenSignedResponseAlg RS256');
    expect(basic.stdout).not.toContain('setJwsAlgorithmResolver');
    expect(posted.stdout).toContain('OIDCIDTokenSignedResponseAlg ES256');
    expect(posted.stdout).toContain('OIDCProviderTokenEndpointAuth client_secret_post');
    expect(posted.stdout).toContain('SignatureAlgorithm.ES256');
    expect(posted.stdout).toContain('client.ClientSecretPost');
    const [, command = ''] = /^curl (.*)$/m.exec(system.stdout) ?? [];
    const [, user = '', body = '', url = ''] = /^-u '([^']+)' -d '([^']+)' (\S+)$/.exec(command) ?? [];
    const headers = {
      authorization: `Basic ${btoa(user)}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
  });

  it('are listed, shown without a secret, and removed; each as text and as JSON', async () => {
    const added = await add('shown', { client_id: 'shown', redirect_uris: [callback] }, '--json');
    const { client_secret } = JSON.parse(added.stdout) as { client_secret: string };
    const [list, table, shown, text] = await Promise.all([
      installation.run(['clients', 'list', '--json']),
      installation.run(['clients', 'list']),
      installation.run(['clients', 'show', 'shown', '--json']),
      installation.run(['clients', 'show', 'shown']),
    ]);
    expect(JSON.parse(list.stdout)).toContainEqual(expect.objectContaining({ client_id: 'shown' }));
    expect(table.stdout).toMatch(/^shown +https:\/\/site\.example\/callback$/m);
    expect(JSON.parse(shown.stdout)).toMatchObject({ client_id: 'shown', redirect_uris: [callback] });
    expect(text.stdout).toContain('client_id: shown');
    for (const { stdout } of [list, table, shown, text]) expect(stdout).not.toContain(client_secret);
    expect((await installation.run(['clients', 'remove', 'shown', '--json'])).stdout).toContain(
      '"removed": true',
    );
    const gone = await installation.run(['clients', 'show', 'shown']);
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no client shown') });
  });

  it('with wrong metadata are refused in words: which member, what is wrong, what to do', async () => {
    const [wildcard, broken, twice, absent] = await Promise.all([
      add('wildcard', { redirect_uris: ['https://*.example/callback'] }),
      add('broken', '{"redirect_uris": ['),
      add('basic', { client_id: 'basic', redirect_uris: [callback] }),
      installation.run(['clients', 'add', join(installation.folder, 'nowhere.json')]),
    ]);
    expect(wildcard).toMatchObject({ code: 1, stdout: '' });
    expect(wildcard.stderr).toContain('redirect_uris are compared as whole texts; wildcards');
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringContaining('broken.json is not JSON') });
    expect(twice).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('tongxing clients remove basic'),
    });
    expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining('nowhere.json cannot be read') });
  });

  it('that come with another redirect_uri get a log line with what was received and what is registered', async () => {
    const query = new URLSearchParams({
      ...{ client_id: 'basic', response_type: 'code', scope: 'openid' },
      redirect_uri: `${callback}/`,
    });
    expect((await fetch(`${service.origin}/oidc/auth?${query}`)).status).toBe(400);
    await eventually('the refusal is logged', async () =>
      service.logs.some((line) => line.includes('a redirect_uri is not the registered one')),
    );
    const line = service.logs.find((text) => text.includes('a redirect_uri is not')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      ...{ level: 'warn', client: 'basic', received: `${callback}/`, registered: [callback] },
    });
  });
});

describe('the command line', () => {
  it('ends with 2 on wrong usage and says how it is used', async () => {
    const wrong = [
      ['clinets'],
      ['clients', 'add'],
      ['keys', 'rotate', '--often'],
      ['backup'],
      ['demo', '--port-base', 'x'],
    ];
    for (const { code, stdout, stderr } of await Promise.all(wrong.map((words) => installation.run(words)))) {
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^error: /);
    }
    const help = await installation.run(['--help']);
    expect(help.code).toBe(0);
    for (const command of ['serve', 'demo', 'clients', 'keys', 'audit', 'backup', 'restore', 'bench'])
      expect(help.stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });

  it('prints the people of the demo as data: members that other programs read, and no others', async () => {
    const { code, stdout, stderr } = await installation.run(['demo', '--personas', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const shape = z.strictObject({
      id: z.string().regex(/^[a-z]+(-[a-z0-9]+)*$/),
      name: z.string(),
      identifiers: z.strictObject({
        id_number: z.string().regex(/^\d{17}[\dX]$/),
        phone: z.string().regex(/^1\d{10}$/),
        credit_code: z.string().length(18).optional(),
      }),
      password: z.string().optional(),
      acr: z.string().regex(/^urn:tongxing:loa:[0-3]$/),
      may: z.string(),
    });
    const people = z.array(shape).parse(JSON.parse(stdout));
    const ids = people.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining([
        'newcomer',
        'resident-0',
        'resident-1',
        'resident-2',
        'resident-3',
        'deceased',
      ]),
    );
  });

  it('refuses to read a store that is not there instead of making an empty one', async () => {
    const path = join(installation.folder, 'slip.db');
    const commands = [
      ['audit', 'check'],
      ['keys', 'list'],
      ['clients', 'list'],
      ['backup', join(installation.folder, 'none')],
    ];
    const runs = commands.map((words) => installation.run(words, { TONGXING_STORE: `sqlite:${path}` }));
    for (const { code, stderr } of await Promise.all(runs)) {
      expect(code).toBe(1);
      expect(stderr).toContain(path);
      expect(stderr).toContain('TONGXING_STORE');
    }
    expect(existsSync(path)).toBe(false);
  });

  it('marks each member of a file that is wrong, and says what to do about it', async () => {
    const put = (item: object) => {
      const file = metadataFile(installation.folder, 'items', {
        service_items: [{ code: 'trial', ...item }],
      });
      return installation.run(['service-items', 'put', file]);
    };
    const { code, stdout, stderr } = await put({ name: { zh: '示例事项' }, types: [{ type: 'short' }] });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^invalid-input: /),
      '  /service_items/0/name/en: Fill in this field',
      expect.stringMatching(/^ {2}\/service_items\/0\/types\/0\/type: \S/),
    ]);
    const name = { zh: '示例事项', en: 'Trial' };
    const misspelt = { type: typeCodeOf('driving-licence'), learns: [{ field: 'data.vehicle_clas' }] };
    expect((await put({ name, types: [misspelt] })).stderr).toContain(
      '  /service_items/0/types/0/learns/0/field: The type has no such field',
    );
  });

  it('shows keys without secrets', async () => {
    const { stdout } = await installation.run(['keys', 'list', '--json']);
    const keys = JSON.parse(stdout) as Record<string, unknown>[];
    expect(keys.map(({ purpose }) => purpose)).toContain('sign:token:ES256');
    for (const key of keys)
      expect(Object.keys(key).filter((name) => !/^(kid|purpose|state|\w+At)$/.test(name))).toEqual([]);
  });
});

describe('serve refuses to start', () => {
  const refusal = async (settings: Record<string, string | undefined>) => {
    const { code, stdout, stderr } = await installation.run(['serve'], {
      TONGXING_LISTEN: '127.0.0.1:0',
      TONGXING_METRICS_LISTEN: '127.0.0.1:0',
      ...settings,
    });
    expect([code, stdout]).toEqual([1, '']);
    // No stack: it is the operator's turn, not the programmer's.
    expect(stderr).not.toMatch(/^\s+at /m);
    return stderr;
  };
  const copyOfKeys = (name: string): string => {
    const folder = join(installation.folder, name);
    cpSync(join(installation.folder, 'keys'), folder, { recursive: true });
    chmodSync(folder, 0o700);
    return folder;
  };

  it('with wrong settings: every one by name, what is wrong, and an example of a right value', async () => {
    const said = await refusal({
      TONGXING_ISSUER: 'https://sso.example/path',
      TONGXING_TRUST_PROXY: '10.0.0.0/33',
      TONGXING_LISTEN: '3000',
      TONGXING_LOG_LEVEL: 'loud',
      TONGXING_OUTBOUND_ALLOW: 'gateway',
    });
    expect(said).toContain('TONGXING_ISSUER must be an origin');
    expect(said).toContain('Example: TONGXING_ISSUER=https://sso.gz.example');
    expect(said).toContain('TONGXING_TRUST_PROXY has the entry 10.0.0.0/33');
    expect(said).toContain('TONGXING_LISTEN must be HOST:PORT');
    expect(said).toContain('TONGXING_LOG_LEVEL must be one of');
    expect(said).toContain('TONGXING_OUTBOUND_ALLOW has the entry gateway');
    expect(await refusal({ TONGXING_ISSUER: undefined })).toContain('TONGXING_ISSUER is missing');
    expect(await refusal({ TONGXING_DEMO: 'no' })).toContain('TONGXING_ISSUER must be https in production');
  });

  it('with a master key that others can read', async () => {
    const folder = copyOfKeys('exposed');
    chmodSync(join(folder, 'master-key.json'), 0o644);
    expect(await refusal({ TONGXING_KEYS: folder })).toMatch(/^master-key-exposed: .*0600/);
  });

  it('with the keys of the demo in production', async () => {
    const said = await refusal({ TONGXING_DEMO: 'no', TONGXING_ISSUER: 'https://sso.example' });
    expect(said).toMatch(/^master-key-of-demo: .*TONGXING_KEYS/);
  });

  it('with a master key that does not open the store, and with none', async () => {
    const folder = join(installation.folder, 'foreign');
    const settings = { ...installation.settings, TONGXING_LOG_LEVEL: 'silent', TONGXING_KEYS: folder };
    const store = `sqlite:${join(installation.folder, 'other.db')}`;
    await (await createApp(readConfig({ ...settings, TONGXING_STORE: store }))).close();
    expect(await refusal({ TONGXING_KEYS: folder })).toMatch(/^master-key-foreign: .*TONGXING_KEYS/);
    const none = join(installation.folder, 'no-keys');
    expect(await refusal({ TONGXING_KEYS: none })).toMatch(/^master-key-missing: .*TONGXING_KEYS/);
    expect(existsSync(join(none, 'master-key.json'))).toBe(false);
  });

  it('on a store of a newer release, and on one that is damaged, by the name of the file', async () => {
    const folder = join(installation.folder, 'newer');
    mkdirSync(folder);
    const path = join(folder, 'newer.db');
    const database = new DatabaseSync(join(installation.folder, 'tongxing.db'));
    database.exec(`VACUUM INTO '${path}'`);
    database.close();
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    const said = await refusal({ TONGXING_STORE: `sqlite:${path}` });
    expect(said).toMatch(/^store-newer: /);
    expect(said).toContain(path);
    const damaged = join(folder, 'damaged.db');
    copyFileSync(fileURLToPath(import.meta.url), damaged);
    expect(await refusal({ TONGXING_STORE: `sqlite:${damaged}` })).toContain(damaged);
    expect(readFileSync(damaged, 'utf8')).toContain('by the name of the file');
  });

  it('on a port that is taken, naming it and the setting; and so does a second demo', async () => {
    const taken = `127.0.0.1:${service.port}`;
    const second = await refusal({ TONGXING_LISTEN: taken });
    expect(second).toContain(
      `Port ${service.port} on 127.0.0.1 is in use; perhaps this service is already running`,
    );
    expect(second).toContain('TONGXING_LISTEN');
    expect(await refusal({ TONGXING_METRICS_LISTEN: taken })).toContain('TONGXING_METRICS_LISTEN');
    expect(await refusal({ TONGXING_LISTEN: '192.0.2.1:80' })).toContain(
      'TONGXING_LISTEN cannot be listened on',
    );

    const base = await freePortBase();
    const hall: Server = createServer().listen(base + 1, '127.0.0.1');
    await once(hall, 'listening');
    const folder = join(installation.folder, 'second-demo');
    const demo = await installation.run(['demo', '--data', folder, '--port-base', String(base)]);
    hall.close();
    expect(demo.code).toBe(1);
    expect(demo.stderr).toContain(`Port ${base + 1} is in use: the demo may already be running`);
    expect(existsSync(folder)).toBe(false);
  });
});
