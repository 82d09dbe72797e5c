import { afterAll } from '@jest/globals';
import { systemRandom } from '../../src/core/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { isMongoAvailable, type MongoServer, startMongo } from '../support/mongo.ts';
import { createTestCipher } from '../support/test-cipher.ts';
import { walletRaces } from './races.ts';

walletRaces('the embedded store');

if (isMongoAvailable()) {
  let server: MongoServer | undefined;
  afterAll(async () => {
    await server?.stop();
  });
  walletRaces('the MongoDB wire', async (clock) => {
    server = await startMongo();
    const url = server.url();
    const open = async () => openDatabase(url, { clock, random: systemRandom });
    const opened = [await open()];
    const [first] = opened;
    if (!first) throw new Error('nothing was opened');
    return {
      store: first.open(createTestCipher()),
      async again() {
        const next = await open();
        opened.push(next);
        return next.open(createTestCipher());
      },
      async remove() {
        for (const database of opened) await database.close();
      },
    };
  });
}
