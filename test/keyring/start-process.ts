/** One process that opens the store and the keys named by its arguments and prints what it holds. */
import { createHash } from 'node:crypto';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { openKeyring } from '../../src/keyring/index.ts';
import { openDatabase } from '../../src/storage/index.ts';

const [url = '', folder = '', act = ''] = process.argv.slice(2);
const database = await openDatabase(url, { clock: systemClock, random: systemRandom });
const keyring = await openKeyring({
  records: database.keyRecords,
  folder,
  mode: 'production',
  clock: systemClock,
  random: systemRandom,
  refreshSeconds: 0,
});
if (act === 'rotate') await keyring.rotate();
await keyring.refresh();
const secrets = JSON.stringify([
  keyring.tokenKeySet(),
  keyring.cookieKeys(),
  keyring.derive('x').toString('hex'),
]);
const secretsHash = createHash('sha256').update(secrets).digest('hex');
process.stdout.write(JSON.stringify({ keys: keyring.list(), secretsHash }));
await keyring.close();
await database.close();
