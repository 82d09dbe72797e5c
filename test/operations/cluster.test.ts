import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import {
  createInstallation,
  type Installation,
  metadataFile,
  type ServeProcess,
} from '../support/installation.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { heading, openSite, send, type TestSite, visit } from '../support/pages.ts';
import { personAt } from '../support/people.ts';
import { createRelyingParty } from '../support/relying-party.ts';
import { enterSilently, eventually, logIn, password, publishedKids, userinfo } from './flows.ts';

const people = [personAt(1), personAt(2), personAt(3)] as const;

/** Everything that two processes on one store promise, whatever the store. */
function twoProcesses(openStore: () => Promise<{ url?: string; close(): Promise<void> }>) {
  let store: Awaited<ReturnType<typeof openStore>>;
  let installation: Installation;
  let site: TestSite;
  let first: ServeProcess;
  let second: ServeProcess;
  let rotation: Promise<{ code: number | null; stdout: string }>;
  let kidsBefore: string[];

  beforeAll(async () => {
    store = await openStore();
    installation = await createInstallation(store.url ? { store: store.url } : {});
    await installation.enrol(people, password);
    [first, second] = await Promise.all([installation.serve(), installation.serve()]);
    site = await openSite(installation);
    kidsBefore = await publishedKids(first.origin);
    // It waits until every process must have read the next keys; meanwhile there is enough to do.
    rotation = installation.run(['keys', 'rotate', '--json']);
  }, 300_000);
  afterAll(async () => {
    await installation?.close();
    await store?.close();
  });

  it('a login changes the process at every request: pages, consent, code, token, userinfo, account, logout', async () => {
    const visitor = installation.visitor();
    const tokens = await logIn(site, visitor, people[0]);
    expect(tokens.claims()).toMatchObject({ acr: 'urn:tongxing:loa:2', amr: ['pwd'] });
    expect(await userinfo(site.party, tokens.access_token)).toMatchObject({ name: people[0].name });
    expect(heading(await visit(visitor, '/account'))).toBe('我的账号');
    const asked = await visitor.get(`/oidc/logout?id_token_hint=${tokens.id_token}`);
    const left = await visitor.submit(asked, {}, 'logout-yes');
    expect(left.status).toBe(200);
    await expect(enterSilently(site, visitor)).rejects.toMatchObject({ error: 'login_required' });
    const answered = [first.port, second.port].map((port) => installation.balancer.answered.get(port) ?? 0);
    expect(Math.min(...answered)).toBeGreaterThan(5);
    expect(Math.abs((answered[0] ?? 0) - (answered[1] ?? 0))).toBeLessThan(2);
  });

  it('a client that a command adds is known to both within seconds, and one that it removes is not', async () => {
    const file = metadataFile(installation.folder, 'site', {
      client_id: 'late-site',
      client_secret: 'a-secret-that-only-this-test-knows-0123456789',
      redirect_uris: ['https://late.example/callback'],
    });
    expect((await installation.run(['clients', 'add', file])).code).toBe(0);
    const party = await createRelyingParty({
      issuer: installation.issuer,
      clientId: 'late-site',
      redirectUri: 'https://late.example/callback',
    });
    const isKnown = async (process: ServeProcess) => {
      const { url } = await party.begin();
      const answer = await fetch(url.replace(installation.issuer, process.origin), { redirect: 'manual' });
      return answer.status === 303;
    };
    expect(await Promise.all([first, second].map(isKnown))).toEqual([true, true]);
    expect((await installation.run(['clients', 'remove', 'late-site'])).code).toBe(0);
    for (const process of [first, second])
      await eventually('the removed client is unknown', async () => !(await isKnown(process)));
  });

  it('keys that a command rotates are used by both without a restart', async () => {
    const { code, stdout } = await rotation;
    expect(code).toBe(0);
    const keys = JSON.parse(stdout) as { kid: string; purpose: string; state: string }[];
    const token = keys.filter(({ purpose }) => purpose.startsWith('sign:token:'));
    const published = token.map(({ kid }) => kid).sort();
    expect(published.length).toBe(kidsBefore.length + 2);
    for (const process of [first, second])
      await eventually(
        'the new keys are published',
        async () => String(await publishedKids(process.origin)) === String(published),
      );
    const active = token.find(({ purpose, state }) => purpose.endsWith('ES256') && state === 'active')?.kid;
    // It was published before it came into use.
    expect(kidsBefore).toContain(active);
    const visitor = installation.visitor();
    const { id_token = '' } = await logIn(site, visitor, people[1]);
    const again = await enterSilently(site, visitor);
    for (const jwt of [id_token, again.id_token ?? '']) expect(decodeProtectedHeader(jwt).kid).toBe(active);
  });

  it('a third with no master key says so and ends, whatever the store', async () => {
    const third = await installation.run(['serve'], { TONGXING_KEYS: `${installation.folder}/no-keys` });
    expect([third.code, third.stderr]).toEqual([1, expect.stringMatching(/^master-key-missing: /)]);
  });

  it('the end of one loses no session, and a login that began there goes on through the other', async () => {
    const [inside, underWay] = [installation.visitor(), installation.visitor()];
    await logIn(site, inside, people[1]);
    const { page, attempt } = await site.open(underWay, { scope: 'openid' });
    expect(await first.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    const done = await send(underWay, page, '/password', { identifier: people[2].phoneNumber, password });
    const back = done.location ? done : await send(underWay, done, '/allow');
    expect((await site.party.finish(attempt, back.location ?? '')).id_token).toBeDefined();
    const tokens = await enterSilently(site, inside);
    expect(await userinfo(site.party, tokens.access_token)).toMatchObject({ name: people[1].name });
    expect(heading(await visit(inside, '/account'))).toBe('我的账号');
    expect(installation.balancer.lost).toEqual([]);
    const check = await installation.run(['audit', 'check', '--json']);
    expect(JSON.parse(check.stdout)).toMatchObject({ whole: true });
  });
}

describe('two processes on one embedded store', () => {
  twoProcesses(async () => ({ close: async () => undefined }));
});

(isMongoAvailable() ? describe : describe.skip)('two processes on one MongoDB', () => {
  twoProcesses(async () => {
    const server: MongoServer = await startMongo();
    return { url: server.url(), close: () => server.stop() };
  });
});
