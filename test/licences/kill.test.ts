import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp, type Service } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createInstallation, type Installation, type ServeProcess } from '../support/installation.ts';
import { allTypes, testAuthority, typeCodeOf, wireOf } from '../support/licences.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { createDemoSeals } from '../support/seals.ts';
import { type ApiReply, openSystem, type TestSystem } from '../support/systems.ts';

/** When the process is killed: while it waits for the time stamp, so many milliseconds after it got it, or after its answer. */
type Moment = 'waiting' | number | 'answered';

/** So long a request is held for a process that died over it. */
const leaseMs = 4_000;

interface AuditLine {
  type: string;
  data: { licence?: string };
}

function kills(name: string, openStore: () => Promise<string | undefined>, moments: readonly Moment[]): void {
  describe(`a service on ${name} that is killed while it issues`, () => {
    let installation: Installation;
    let settings: Record<string, string>;
    let running: ServeProcess;
    let system: TestSystem;
    const waits: number[] = [];

    /** One more process's worth of the service, inside the test. */
    async function beside<T>(work: (service: Service) => Promise<T>): Promise<T> {
      const service = await createApp(readConfig({ ...settings, TONGXING_LOG_LEVEL: 'silent' }));
      return work(service).finally(() => service.close());
    }

    beforeAll(async () => {
      const store = await openStore();
      installation = await createInstallation(store === undefined ? {} : { store });
      const { folder, registers } = installation;
      registers.authority.writeAnchors(join(folder, 'anchors'), registers.url);
      const more = { TONGXING_ANCHORS: join(folder, 'anchors'), TONGXING_TSA_URL: `${registers.url}/tsa` };
      settings = { ...installation.settings, ...more };
      await beside((service) =>
        createDemoSeals({ service, registers }, [{ code: testAuthority, issues: allTypes.map(typeCodeOf) }]),
      );
      running = await installation.serve(settings);
      system = await openSystem(installation, 'bureau', {
        scope: 'licences:issue licences:read',
        ...{ authority_code: testAuthority, licence_types: ['*'] },
      });
    }, 300_000);
    afterAll(() => installation?.close());

    const issue = (number: string, key: string): Promise<ApiReply> =>
      system.call('POST', '/api/v1/licences', { body: wireOf('social-security-card', { number }), key });

    /** Sends the request and resolves at the moment when the process is to die. */
    async function sendUntil(when: Moment, send: () => Promise<unknown>): Promise<void> {
      const { authority, control } = installation.registers;
      if (when === 'answered') return void (await send());
      if (when === 'waiting') {
        await control('', { register: 'tsa', delay_ms: 60_000 });
        void send();
        return delay(700);
      }
      const { stamp } = authority;
      await new Promise<void>((resolve) => {
        authority.stamp = (request) => {
          resolve();
          return stamp(request);
        };
        void send();
      });
      authority.stamp = stamp;
      await delay(when);
    }

    it.each(moments.map((when, index) => [when, `G4000000${index}`] as const))(
      'at the moment %s: the same request makes one whole licence afterwards, within seconds',
      async (when, number) => {
        const key = `key-${number}`;
        await sendUntil(when, () => issue(number, key).catch(() => undefined));
        await running.end('SIGKILL');
        const killedAt = performance.now();
        installation.balancer.leave(running.port);
        await installation.registers.control('', { register: 'tsa' });
        running = await installation.serve(settings);

        let sentAt = performance.now();
        let reply = await issue(number, key);
        while (reply.status === 409 && reply.body.code === 'request-running') {
          expect(reply.headers.get('retry-after')).toBe('2');
          expect(sentAt - killedAt).toBeLessThan(leaseMs);
          await delay(100);
          sentAt = performance.now();
          reply = await issue(number, key);
        }
        waits.push(sentAt - killedAt);
        expect([reply.status, reply.body.number, reply.body.version]).toEqual([201, number, 1]);
        const file = await system.call('GET', reply.body.file.href);
        expect([file.status, file.body.length]).toEqual([200, reply.body.file.size_bytes]);
        expect((await issue(number, key)).body).toEqual(reply.body);
        const other = await issue(number, `${key}-other`);
        expect([other.status, other.body.code]).toEqual([409, 'licence-number-taken']);
      },
      120_000,
    );

    it('leaves one document, one file, one place in every index and one event of each kind for each licence', async () => {
      await running.end('SIGTERM');
      const issued = await beside(async ({ licences: { library } }) => {
        const { items } = await library.findByHolder({ idType: '111', idNumber: '520102188001010014' });
        for (const licence of items) {
          const [version] = licence.versions;
          const found = await library.findByFile(version?.file?.sha256 ?? '');
          expect(found?.licence.id).toBe(licence.id);
          expect((await library.findByStatusToken(version?.statusToken ?? ''))?.licence.id).toBe(licence.id);
        }
        return items;
      });
      expect(issued.map(({ number }) => number).sort()).toEqual(
        moments.map((_, index) => `G4000000${index}`),
      );
      expect(new Set(issued.map(({ versions }) => versions[0]?.file?.sha256)).size).toBe(moments.length);
      const exported = (await installation.run(['audit', 'export'])).stdout.split('\n').filter(Boolean);
      const events = exported.flatMap((line) => (JSON.parse(line) as { events?: AuditLine[] }).events ?? []);
      for (const { id } of issued) {
        const about = events.filter(({ data }) => data.licence === id).map(({ type }) => type);
        expect(about.sort()).toEqual(['licences.licence.issued', 'seals.seal.used']);
      }
      process.stdout.write(
        `from the kill on ${name} until the request was let in again: ${waits.map(Math.round).join(', ')} ms\n`,
      );
    }, 120_000);
  });
}

kills('SQLite', async () => undefined, ['waiting', 0, 10, 40, 'answered']);

if (isMongoAvailable()) {
  let server: MongoServer | undefined;
  afterAll(() => server?.stop());
  const open = async () => {
    server = await startMongo();
    return server.url();
  };
  kills('MongoDB', open, ['waiting', 15, 'answered']);
}
