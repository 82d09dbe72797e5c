import { systemRandom } from '../../src/core/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { storeContract } from '../contract/store.ts';
import { openTempStore } from '../support/temp-store.ts';
import { createTestCipher } from '../support/test-cipher.ts';

storeContract('SQLite', async ({ clock }) => {
  const opened = await openTempStore({ clock });
  return {
    ...opened,
    again: async (cipher = createTestCipher()) =>
      (await openDatabase(opened.url, { clock, random: systemRandom })).open(cipher),
  };
});
