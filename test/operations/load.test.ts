import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import {
  createInstallation,
  type Installation,
  isReady,
  type ServeProcess,
} from '../support/installation.ts';
import { openSite, type TestSite } from '../support/pages.ts';
import { personAt } from '../support/people.ts';
import { createRelyingParty, type RelyingParty, type Visitor } from '../support/relying-party.ts';
import { enterSilently, eventually, logIn, password, userinfo } from './flows.ts';

const people = [personAt(1), personAt(2), personAt(3)];

/** People and systems at work until told to stop: logins, entries with a session, tokens of a system, userinfo. */
interface Load {
  /** What failed, which is nothing. */
  failures: string[];
  /** Flows that came to their end. */
  done(): number;
  /** Keys that tokens were signed with. */
  kids: Set<string>;
  stop(): Promise<void>;
}

describe('under load', () => {
  let installation: Installation;
  let site: TestSite;
  let system: RelyingParty;
  let first: ServeProcess;
  let second: ServeProcess;
  let load: Load;

  beforeAll(async () => {
    installation = await createInstallation();
    await installation.enrol(people, password);
    [first, second] = await Promise.all([installation.serve(), installation.serve()]);
    site = await openSite(installation);
    const { client_id = '', client_secret = '' } = await installation.addClient({
      redirect_uris: [],
      grant_types: ['client_credentials'],
      scope: 'audit:read',
    });
    system = await createRelyingParty({
      ...{ issuer: installation.issuer, clientId: client_id, clientSecret: client_secret },
      redirectUri: '',
    });
    load = await startLoad();
  });
  afterAll(async () => {
    await load?.stop();
    await installation?.close();
  });

  const systemToken = () =>
    oidc.clientCredentialsGrant(system.config, {
      scope: 'audit:read',
      resource: `${installation.issuer}/api`,
    });

  const publishedKeys = async () =>
    createLocalJWKSet((await (await fetch(`${installation.issuer}/oidc/jwks`)).json()) as never);

  async function startLoad(): Promise<Load> {
    const failures: string[] = [];
    const kids = new Set<string>();
    let isOver = false;
    let done = 0;
    const sessions: Visitor[] = people.map(() => installation.visitor());

    async function flow(worker: number, round: number): Promise<void> {
      const person = people[worker] as (typeof people)[number];
      if (round % 4 === 0) await logIn(site, installation.visitor(), person);
      else if (round % 4 === 2) await systemToken();
      else {
        const tokens = await enterSilently(site, sessions[worker] as Visitor);
        kids.add(String(decodeProtectedHeader(String(tokens.id_token)).kid));
        await userinfo(site.party, tokens.access_token);
      }
      done += 1;
    }

    async function work(worker: number): Promise<void> {
      for (let round = worker; !isOver; round += 1) {
        await flow(worker, round).catch((error: { message: string; cause?: unknown; error?: string }) =>
          failures.push(
            `flow ${round % 4}: ${error.message} ${error.error ?? ''} ${String(error.cause ?? '')}`,
          ),
        );
        await delay(150);
      }
    }

    await Promise.all(people.map((person, n) => logIn(site, sessions[n] as Visitor, person)));
    const workers = people.map((_, n) => work(n));
    return {
      ...{ failures, kids },
      done: () => done,
      async stop() {
        isOver = true;
        await Promise.all(workers);
      },
    };
  }

  it('two rotations fail no request; what was signed before verifies; the next key is published ahead of its use', async () => {
    const visitor = installation.visitor();
    const old = await logIn(site, visitor, personAt(1));
    const oldSystem = await systemToken();
    // However slow the machine: the load is there before the keys change, and meets each of them.
    const meetsKeys = (count: number) =>
      eventually(`the load has met ${count} keys`, async () => load.kids.size === count, 90);
    await meetsKeys(1);
    for (let rotation = 0; rotation < 2; rotation += 1) {
      const publishedBefore = await publishedKeys();
      expect((await installation.run(['keys', 'rotate'])).code).toBe(0);
      // Both processes have read the keys within five seconds; until then each signs with a key that is still valid.
      await delay(5_500);
      const fresh = await enterSilently(site, visitor);
      // A site that cached the set before the rotation needs no new one.
      await jwtVerify(String(fresh.id_token), publishedBefore);
      const published = await publishedKeys();
      for (const jwt of [old.id_token, oldSystem.access_token, fresh.id_token])
        await jwtVerify(String(jwt), published);
      expect(await userinfo(site.party, old.access_token)).toMatchObject({ name: people[0]?.name });
      await meetsKeys(rotation + 2);
    }
    expect(load.failures).toEqual([]);
    expect(load.kids.size).toBe(3);
    expect(load.done()).toBeGreaterThan(30);
  });

  it('a process that is told to stop goes red first, loses no request, and ends with code 0', async () => {
    const third = await installation.serve();
    const ended = first.end('SIGTERM');
    await delay(300);
    const ready = await fetch(`${first.origin}/readyz`);
    expect(ready.status).toBe(503);
    expect(ready.headers.get('connection')).toBe('close');
    expect(await ready.json()).toMatchObject({
      code: 'not-ready',
      checks: { process: 'closing', store: 'ok' },
    });
    // Red, and still serving what balancers that have not looked yet send.
    expect((await fetch(`${first.origin}/oidc/jwks`)).status).toBe(200);
    installation.balancer.leave(first.port);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(first.logs.at(-1)).toContain('stopped');
    expect(await isReady(first.origin)).toBe(false);
    await delay(500);
    const secondEnded = second.end('SIGTERM');
    while (await isReady(second.origin)) await delay(50);
    installation.balancer.leave(second.port);
    expect(await secondEnded).toEqual({ code: 0, signal: null });
    await delay(500);
    await load.stop();
    expect({ failures: load.failures, lost: installation.balancer.lost }).toEqual({ failures: [], lost: [] });
    expect(await third.end('SIGTERM')).toEqual({ code: 0, signal: null });
    const check = await installation.run(['audit', 'check', '--json']);
    expect(JSON.parse(check.stdout)).toMatchObject({ whole: true });
  });
});
