import { systemRandom } from '../../src/core/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { storeContract } from '../contract/store.ts';
import { isMongoAvailable, startMongo } from '../support/mongo.ts';
import { createTestCipher } from '../support/test-cipher.ts';

storeContract(
  'MongoDB',
  async ({ clock }) => {
    const server = await startMongo();
    const url = server.url();
    const open = () => openDatabase(url, { clock, random: systemRandom });
    const database = await open();
    return {
      database,
      store: database.open(createTestCipher()),
      again: async (cipher = createTestCipher()) => (await open()).open(cipher),
      async remove() {
        await database.close();
        await server.stop();
      },
    };
  },
  { isSkipped: !isMongoAvailable() },
);
