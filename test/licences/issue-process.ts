/**
 * A process that issues one licence on the store at an address, to be killed in the middle of it: it says `sealing` when the
 * file is about to be made and `done` when the licence is stored. Arguments: store address, keys folder, request, where to stop.
 */
import { createAudit } from '../../src/audit/index.ts';
import { systemClock, systemRandom } from '../../src/core/index.ts';
import { openKeyring } from '../../src/keyring/index.ts';
import { createLicences } from '../../src/licences/index.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { createMetrics } from '../../src/telemetry/index.ts';
import {
  draftOf,
  fakeSeals,
  quickDrawing,
  testActor,
  testAuthorities,
  testAuthority,
} from '../support/licences.ts';

const [url = '', folder = '', request = '', hold = ''] = process.argv.slice(2);
const deps = { clock: systemClock, random: systemRandom };
const database = await openDatabase(url, deps);
const keyring = await openKeyring({ records: database.keyRecords, folder, mode: 'demo', ...deps });
const store = database.open(keyring.cipher);
const say = (word: string) => new Promise((resolve) => process.stdout.write(`${word}\n`, resolve));
const never = () => new Promise<never>(() => setInterval(() => undefined, 1000));

const blobs: typeof store.blobs = {
  ...store.blobs,
  async put(bytes) {
    if (hold === 'before-file') await say('here').then(never);
    const name = await store.blobs.put(bytes);
    if (hold === 'after-file') await say('here').then(never);
    return name;
  },
};
const licences = createLicences({
  ...{ ...deps, keyring, seals: fakeSeals(), drawing: quickDrawing, authorities: testAuthorities() },
  store: { ...store, blobs },
  audit: createAudit({ store, keyring, metrics: createMetrics(), ...deps }),
  rightsOf: async () => undefined,
  settings: { issuer: 'https://licences.example', definingAuthority: testAuthority },
});
await licences.start();
const number = process.argv[6] ?? 'G00000001';
const licence = await licences.issue(draftOf('social-security-card', { number }), testActor, { request });
await say(hold === 'after-write' ? 'here' : JSON.stringify(licence.id));
if (hold === 'after-write') await never();
await store.close();
process.exit(0);
