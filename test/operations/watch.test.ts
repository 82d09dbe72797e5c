import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createInstallation,
  type Installation,
  runCommand,
  type ServeProcess,
  startServe,
} from '../support/installation.ts';
import { openSite, send, visit } from '../support/pages.ts';
import { personAt } from '../support/people.ts';
import { createVisitor } from '../support/relying-party.ts';
import { tempDirectory } from '../support/temp-store.ts';
import { eventually, logIn, password } from './flows.ts';

describe('the metrics of a process', () => {
  const people = Array.from({ length: 6 }, (_, n) => personAt(n + 1));
  let installation: Installation;
  let service: ServeProcess;
  const metrics = async () => (await fetch(`${service.metrics}/metrics`)).text();

  beforeAll(async () => {
    installation = await createInstallation();
    await installation.enrol(people.slice(0, 1), password);
    service = await installation.serve();
  });
  afterAll(() => installation?.close());

  it('are on the address of their own, which serves nothing else, and not on the public one', async () => {
    const answer = await fetch(`${service.metrics}/metrics`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/plain'),
    ]);
    for (const path of ['/', '/healthz', '/oidc/jwks', '/metrics/'])
      expect((await fetch(`${service.metrics}${path}`)).status).toBe(404);
    expect((await fetch(`${service.metrics}/metrics`, { method: 'POST' })).status).toBe(404);
    const outside = await fetch(`${service.origin}/metrics`);
    expect(outside.status).toBe(404);
    expect(await outside.text()).not.toContain('tongxing_http_requests_total');
  });

  it('name routes by their patterns: nothing that a caller wrote becomes a label', async () => {
    const marks = ['mark-in-a-path', 'mark-in-an-interaction', 'mark-in-a-report', 'mark-in-the-provider'];
    const paths = ['/', '/interaction/', '/report/', '/oidc/'].map((path, n) => `${path}${marks[n]}`);
    for (const path of paths) await fetch(`${service.origin}${path}`);
    await fetch(`${service.origin}/oidc/auth?client_id=mark-of-a-client`);
    await fetch(`${service.origin}/readyz`, { method: 'PROPFIND' });
    const site = await openSite(installation);
    await logIn(site, installation.visitor(), personAt(1));
    const text = await metrics();
    expect(text).not.toContain('mark-');
    expect(text).not.toContain('PROPFIND');
    expect(text).not.toContain(site.clientId);
    for (const route of [
      '/interaction/{uid}',
      '/interaction/{uid}/password',
      '/report/{token}',
      '/oidc/token',
    ])
      expect(text).toContain(`route="${route}"`);
    const routes = [...text.matchAll(/^tongxing_http_requests_total\{.*route="([^"]*)"/gm)].map(
      ([, route]) => route,
    );
    expect(routes).toContain('unmatched');
    expect(text).toMatch(/^tongxing_logins_total\{.*\} 1$/m);
    expect(text).toMatch(/^tongxing_sso_entries_total\{login="fresh"\} 1$/m);
  });

  it('show a register whose breaker has opened, and notices that wait', async () => {
    await installation.registers.control('', { register: 'police', mode: 'error' });
    for (const { name, idNumber } of people.slice(1)) {
      const visitor = installation.visitor();
      const page = await visit(visitor, '/register');
      await send(visitor, page, '/register', { name, idType: '111', idNumber, agree: 'yes' });
    }
    const text = await metrics();
    expect(text).toMatch(/^tongxing_register_breaker_state\{register="police-population"\} 2$/m);
    expect(text).toMatch(/^tongxing_register_breaker_state\{register="telecom-operator"\} 0$/m);
    expect(text).toMatch(/^tongxing_register_questions_total\{.*register="police-population".*\} \d+$/m);

    const site = await openSite(installation, { backchannel_logout_uri: 'https://site.invalid/logout' });
    const visitor = installation.visitor();
    const { id_token } = await logIn(site, visitor, personAt(1));
    await visitor.submit(await visitor.get(`/oidc/logout?id_token_hint=${id_token}`), {}, 'logout-yes');
    await eventually('a notice waits', async () => /^tongxing_notices_waiting 1$/m.test(await metrics()));
    await eventually('its failure is counted', async () =>
      /^tongxing_notices_total\{.*outcome="(?!delivered)[\w-]+".*\} \d+$/m.test(await metrics()),
    );
  });

  it('and the log of all this hold nobody by number or name', async () => {
    const text = `${await metrics()}\n${service.logs.join('\n')}`;
    for (const { idNumber, name, phoneNumber } of people)
      for (const secret of [idNumber, name, phoneNumber.slice(3)]) expect(text).not.toContain(secret);
  });
});

describe('in production, behind a proxy that ends TLS', () => {
  const folder = tempDirectory('watch');
  const issuer = 'https://sso.example';
  const settings = {
    TONGXING_ISSUER: issuer,
    TONGXING_STORE: `sqlite:${join(folder, 'tongxing.db')}`,
    TONGXING_KEYS: join(folder, 'keys'),
    TONGXING_TRUST_PROXYS: 'a slip of the keyboard',
  };
  let trusting: ServeProcess;
  let trustless: ServeProcess;
  beforeAll(async () => {
    // Both at once on a store that is not there yet: one makes it, and both have the same keys.
    [trusting, trustless] = await Promise.all([
      startServe({ ...settings, TONGXING_TRUST_PROXY: '127.0.0.1' }),
      startServe(settings),
    ]);
  });
  afterAll(async () => {
    await Promise.all([trusting?.end('SIGKILL'), trustless?.end('SIGKILL')]);
    rmSync(folder, { recursive: true, force: true });
  });

  const from = (address: string, proto = 'https') => ({
    'x-forwarded-for': address,
    'x-forwarded-proto': proto,
  });

  it('two processes that start at once on no store at all make one, with one set of keys', async () => {
    const kids = async ({ origin }: ServeProcess) =>
      (await fetch(`${origin}/oidc/jwks`, { headers: from('203.0.113.7') })).text();
    const proxied = await kids(trusting);
    expect(JSON.parse(proxied)).toMatchObject({ keys: expect.any(Array) });
    const keys = await runCommand(['keys', 'list', '--json'], settings);
    const [token] = (JSON.parse(keys.stdout) as { kid: string; purpose: string }[]).filter(
      ({ purpose }) => purpose === 'sign:token:ES256',
    );
    expect(proxied).toContain(token?.kid);
  });

  it('the proxy is believed when it is listed, and nobody is when none is', async () => {
    const home = await fetch(trusting.origin, { headers: { accept: 'text/html', ...from('203.0.113.7') } });
    expect(home.status).toBe(200);
    expect(home.headers.get('strict-transport-security')).toContain('max-age=');
    const plain = await fetch(trusting.origin, { headers: from('203.0.113.7', 'http') });
    const unbelieved = await fetch(trustless.origin, { headers: from('203.0.113.7') });
    for (const answer of [plain, unbelieved]) {
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'insecure-transport' });
    }
    // Balancers ask for readiness beside the proxy.
    expect((await fetch(`${trustless.origin}/readyz`)).status).toBe(200);
  });

  it('limits by address count the callers, not the proxy, and what a caller writes left of it does not help', async () => {
    const visitor = createVisitor(trusting.origin);
    const report = async (address: string) => {
      const page = await visitor.get('/report/token', from(address));
      const [, token = ''] = /name="_csrf" value="([^"]+)"/.exec(page.text) ?? [];
      const headers = { origin: issuer, ...from(address) };
      return (await visitor.post('/report/token', { _csrf: token }, headers)).status;
    };
    for (let n = 0; n < 20; n += 1) expect(await report('203.0.113.7')).toBe(410);
    expect(await report('203.0.113.7')).toBe(429);
    expect(await report('198.51.100.9, 203.0.113.7')).toBe(429);
    expect(await report('203.0.113.8')).toBe(410);
  });

  it('a name that looks like a setting and is none is logged at the start', () => {
    expect(trusting.logs.find((line) => line.includes('TONGXING_TRUST_PROXYS'))).toContain('do not exist');
  });
});
