import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createInstallation,
  type Installation,
  isReady,
  type ServeProcess,
} from '../support/installation.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { heading, openSite, send, type TestSite, visit } from '../support/pages.ts';
import { personAt } from '../support/people.ts';
import { tempDirectory } from '../support/temp-store.ts';
import { enterSilently, eventually, logIn, password } from './flows.ts';

const person = personAt(1);

(isMongoAvailable() ? describe : describe.skip)('a MongoDB that goes away', () => {
  const folder = tempDirectory('away');
  let server: MongoServer;
  let installation: Installation;
  let process: ServeProcess;
  let site: TestSite;

  beforeAll(async () => {
    server = await startMongo({ file: join(folder, 'data.h2') });
    installation = await createInstallation({ store: server.url() });
    await installation.enrol([person], password);
    process = await installation.serve();
    site = await openSite(installation);
  }, 300_000);
  afterAll(async () => {
    await installation?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is said to people and to systems with 503 and when to come back, and is over by itself', async () => {
    const [inside, underWay] = [installation.visitor(), installation.visitor()];
    const { access_token } = await logIn(site, inside, person);
    const { page, attempt } = await site.open(underWay, { scope: 'openid profile' });
    expect(heading(await visit(inside, '/account'))).toBe('我的账号');
    const another = await site.party.begin();
    await server.stop();

    const form = () => send(underWay, page, '/password', { identifier: person.idNumber, password });
    const pages = await Promise.all([
      form(),
      inside.get('/account'),
      installation.visitor().get(another.url),
    ]);
    for (const answer of pages) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(answer.text).toContain('数据存储暂时无法访问');
      expect(answer.location).toBeUndefined();
    }
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'x',
      client_id: 'never-seen',
      client_secret: 'x',
    });
    const [token, userinfo, document, ready, health] = await Promise.all([
      fetch(`${installation.issuer}/oidc/token`, { method: 'POST', body }),
      fetch(`${installation.issuer}/oidc/userinfo`, { headers: { authorization: `Bearer ${access_token}` } }),
      inside.get('/account', { accept: 'application/json' }),
      fetch(`${installation.issuer}/readyz`),
      fetch(`${installation.issuer}/healthz`),
    ]);
    for (const answer of [token, userinfo]) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await answer.json()).toMatchObject({ error: 'temporarily_unavailable' });
    }
    expect(document.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.parse(document.text)).toMatchObject({ status: 503, code: 'store-unavailable' });
    expect([ready.status, health.status]).toEqual([503, 200]);
    expect(await ready.json()).toMatchObject({
      checks: { store: expect.stringMatching(/store-unavail|timed-out/) },
    });

    await server.start();
    await eventually('readiness is green again', () => isReady(process.origin));
    const done = await form();
    const back = done.location ? done : await send(underWay, done, '/allow');
    expect((await site.party.finish(attempt, back.location ?? '')).id_token).toBeDefined();
    expect((await enterSilently(site, inside)).access_token).toBeDefined();
    expect(heading(await visit(inside, '/account'))).toBe('我的账号');
    const check = await installation.run(['audit', 'check', '--json']);
    expect(JSON.parse(check.stdout)).toMatchObject({ whole: true });
  }, 120_000);

  it('does not hold a process that is told to stop, nor lets one start', async () => {
    await server.stop();
    const [ended, start] = await Promise.all([
      Promise.race([process.end('SIGTERM'), delay(25_000, 'still there', { ref: false })]),
      installation.run(['serve']),
    ]);
    expect(ended).toMatchObject({ signal: null });
    expect(start).toMatchObject({ code: 1, stderr: expect.stringContaining('store-unavailable') });
    expect(start.stderr).toContain('TONGXING_STORE');
  });
});

describe('an embedded store that another program has locked', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await createInstallation();
  });
  afterAll(() => installation?.close());

  it('refuses the login with 503 and when to come back, and goes on when the lock is gone', async () => {
    await installation.enrol([person], password);
    await installation.serve();
    const site = await openSite(installation);
    const visitor = installation.visitor();
    const { page, attempt } = await site.open(visitor, { scope: 'openid profile' });
    const form = () => send(visitor, page, '/password', { identifier: person.idNumber, password });
    const lock = new DatabaseSync(join(installation.folder, 'tongxing.db'));
    lock.exec('BEGIN IMMEDIATE');
    const refused = await form();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    lock.exec('ROLLBACK');
    lock.close();
    const done = await form();
    const back = done.location ? done : await send(visitor, done, '/allow');
    expect((await site.party.finish(attempt, back.location ?? '')).id_token).toBeDefined();
  });
});
