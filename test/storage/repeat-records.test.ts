import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemRandom } from '../../src/core/index.ts';
import { createRepeatRecords, openDatabase, type Store } from '../../src/storage/index.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { createMovableClock } from '../support/sso.ts';
import { openTempStore } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

const answer = { status: 201, body: '{}', headers: { Location: '/there' } };
const leaseMs = 300;

function repeats(name: string, open: (clock: ReturnType<typeof createMovableClock>) => Promise<Opened>) {
  describe(`the memory of repeated requests on ${name}`, () => {
    const clock = createMovableClock();
    let opened: Opened;
    const process = () => createRepeatRecords(opened.store, clock, leaseMs);
    beforeAll(async () => {
      opened = await open(clock);
    }, 300_000);
    afterAll(() => opened?.close());

    it('lets one of 50 in two processes begin, and gives its answer to all that come later', async () => {
      const two = [process(), process()];
      const begun = await Promise.all(
        Array.from({ length: 50 }, (_, index) => two[index % 2]?.begin('fifty', 'd')),
      );
      expect(begun.filter((one) => one?.outcome === 'begun')).toHaveLength(1);
      expect(begun.filter((one) => one?.outcome === 'running')).toHaveLength(49);
      const winner = two[begun.findIndex((one) => one?.outcome === 'begun') % 2];
      await winner?.finish('fifty', answer);
      for (const one of two) expect(await one.begin('fifty', 'd')).toEqual({ outcome: 'done', answer });
      expect(await process().begin('fifty', 'other')).toEqual({ outcome: 'other' });
    });

    it('holds a request as long as its process works on it, many times the lease', async () => {
      const [one, other] = [process(), process()];
      expect(await one.begin('slow', 'd')).toEqual({ outcome: 'begun' });
      for (let round = 0; round < 8; round += 1) {
        await delay(leaseMs / 2);
        expect(await other.begin('slow', 'd')).toEqual({ outcome: 'running' });
      }
      await one.finish('slow', answer);
      expect(await other.begin('slow', 'd')).toEqual({ outcome: 'done', answer });
    });

    it('gives a request to the next one as soon as the lease of a dead process has passed', async () => {
      const [dead, next] = [createRepeatRecords(opened.store, clock, 60_000), process()];
      await dead.begin('dead', 'd');
      clock.advance(59);
      expect(await next.begin('dead', 'd')).toEqual({ outcome: 'running' });
      clock.advance(2);
      expect(await next.begin('dead', 'd')).toEqual({ outcome: 'begun' });
      // It was only standing still: its answer counts, and what it gives up is not its own any more.
      await dead.abandon('dead');
      expect(await process().begin('dead', 'd')).toEqual({ outcome: 'running' });
      await next.finish('dead', answer);
      await dead.finish('dead', { ...answer, body: '{"late":true}' });
      expect(await dead.begin('dead', 'd')).toEqual({ outcome: 'done', answer });
    });

    it('forgets at once what was refused', async () => {
      const [one, other] = [process(), process()];
      await one.begin('refused', 'd');
      await delay(leaseMs);
      await one.abandon('refused');
      expect(await other.begin('refused', 'another')).toEqual({ outcome: 'begun' });
      await other.abandon('refused');
    });
  });
}

interface Opened {
  store: Store;
  close(): Promise<void>;
}

repeats('SQLite', async (clock) => {
  const { store, remove } = await openTempStore({ clock });
  return { store, close: remove };
});

if (isMongoAvailable()) {
  let server: MongoServer | undefined;
  afterAll(() => server?.stop());
  repeats('MongoDB', async (clock) => {
    server = await startMongo();
    const database = await openDatabase(server.url(), { clock, random: systemRandom });
    return { store: database.open(createTestCipher()), close: () => database.close() };
  });
}
