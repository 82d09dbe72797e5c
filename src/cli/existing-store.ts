import { existsSync } from 'node:fs';
import { type Config, readConfig } from '../config.ts';
import { Problem, systemClock, systemRandom } from '../core/index.ts';
import { type Foundation, openFoundation } from '../foundation.ts';
import { openDatabase, parseStoreUrl } from '../storage/index.ts';
import { logAside } from './output.ts';

/** Works on the installation that the environment names, which must be there, and closes it whatever happens. */
export async function withExistingStore(work: (foundation: Foundation) => Promise<void>): Promise<void> {
  const config = readConfig(process.env);
  await refuseAbsentStore(config);
  const foundation = await openFoundation(config, logAside);
  try {
    await work(foundation);
  } finally {
    await foundation.close();
  }
}

/**
 * Opening makes an empty store where there is none: a wrong setting would look like a log that is whole or a good backup.
 * @throws {Problem} not-found
 */
export async function refuseAbsentStore({ store }: Config): Promise<void> {
  const address = parseStoreUrl(store);
  if (address.kind === 'sqlite' && !existsSync(address.path)) throw absent(address.path);
  const database = await openDatabase(store, { clock: systemClock, random: systemRandom });
  const keys = await database.keyRecords.list().finally(() => database.close());
  if (keys.length === 0) throw absent(address.kind === 'sqlite' ? address.path : 'that address');
}

const absent = (place: string): Problem =>
  new Problem('not-found', {
    detail: `No service has kept anything at ${place} yet. Check TONGXING_STORE. Example: TONGXING_STORE=sqlite:/var/lib/tongxing/tongxing.db`,
  });
