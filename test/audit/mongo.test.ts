import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { type Database, openDatabase } from '../../src/storage/index.ts';
import { createTestAudit, createTestKeyring, pending } from '../support/audit.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { createTestCipher } from '../support/test-cipher.ts';

(isMongoAvailable() ? describe : describe.skip)('the log on MongoDB', () => {
  let server: MongoServer;
  const databases: Database[] = [];
  const keyring = createTestKeyring();

  beforeAll(async () => {
    server = await startMongo();
    const url = server.url();
    for (let process = 0; process < 2; process++)
      databases.push(await openDatabase(url, { clock: systemClock, random: systemRandom }));
  }, 300_000);
  afterAll(async () => {
    for (const database of databases) await database.close();
    await server.stop();
  });

  it('has one order for two processes, each relayed event once, and the events of an account newest first', async () => {
    const audits = databases.map((database) => createTestAudit(database.open(createTestCipher()), keyring));
    const relayed = Array.from({ length: 100 }, (_, turn) => pending({ account: 'relayed', turn }));
    const work = audits.map(async (audit, process) => {
      for (let round = 0; round < 20; round++) {
        const own = Array.from({ length: 10 }, () =>
          audit.record('demo.person.greeted', { account: `process-${process}`, turn: round }),
        );
        await Promise.all([...own, audit.append(relayed.slice(round * 5, round * 5 + 5 + process))]);
      }
    });
    await Promise.all(work);
    const [audit] = audits as [ReturnType<typeof createTestAudit>];
    expect(await audit.check()).toMatchObject({ whole: true, events: 500 });
    const { items } = await audit.eventsOf('process-1', { limit: 200 });
    expect(items.map((event) => event.data.turn)).toEqual(
      Array.from({ length: 200 }, (_, at) => 19 - Math.floor(at / 10)),
    );
    expect((await audit.eventsOf('relayed', { limit: 200 })).items).toHaveLength(100);
  });
});
