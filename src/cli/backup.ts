import { Command } from 'commander';
import { type Config, readConfig } from '../config.ts';
import { systemClock, systemRandom } from '../core/index.ts';
import { openFoundation } from '../foundation.ts';
import { proveMasterKey } from '../keyring/index.ts';
import { type BackupProgress, type BackupReport, restore } from '../storage/index.ts';
import { withExistingStore } from './existing-store.ts';
import { logAside, print, progress } from './output.ts';

/** `tongxing backup TO`: a copy of a store in use. */
export function backupCommand(): Command {
  return new Command('backup')
    .argument('<to>', 'a new or empty folder')
    .description('copies the store into a folder while the service runs; the master key is not in it')
    .option('--json', 'machine-readable output')
    .action(async (to: string, { json }: { json?: boolean }) => {
      await withExistingStore(async ({ database, audit }) => {
        const report = await shown('documents copied', (onProgress) => database.backup(to, onProgress));
        const { documents, blobs } = report;
        await audit.record('storage.backup.made', { actor: 'operator', documents, blobs });
        print({ ...report, to }, json, (made) => `${counted(made)} lie in ${to}.\n${made.notice}`);
      });
    });
}

/** `tongxing restore FROM`: fills the empty store of TONGXING_STORE. */
export function restoreCommand(): Command {
  return new Command('restore')
    .argument('<from>', 'the folder of a backup')
    .description('fills an empty store from a backup, after proving that the master key opens it')
    .option('--json', 'machine-readable output')
    .action(async (from: string, { json }: { json?: boolean }) => {
      const config = readConfig(process.env);
      const report = await shown('documents restored', (onProgress) =>
        restore({
          ...{ from, url: config.store, clock: systemClock, onProgress },
          prove: (records) =>
            proveMasterKey({
              ...{ records, folder: config.keys, mode: config.demo ? 'demo' : 'production' },
              ...{ clock: systemClock, random: systemRandom },
            }),
        }),
      );
      await recordRestore(config, report);
      print({ ...report, from }, json, (restored) =>
        [
          `${counted(restored)} are restored from ${from}. Nobody is logged in: sessions are in no backup.`,
          'Start the service, then prove the log:  tongxing audit check',
        ].join('\n'),
      );
    });
}

async function recordRestore(config: Config, { documents, blobs }: BackupReport): Promise<void> {
  const foundation = await openFoundation(config, logAside);
  await foundation.audit.record('storage.backup.restored', { actor: 'operator', documents, blobs });
  await foundation.close();
}

async function shown<T>(
  label: string,
  work: (onProgress: (at: BackupProgress) => void) => Promise<T>,
): Promise<T> {
  const bar = progress(label);
  const result = await work(({ documents, documentsEstimate }) => bar.step(documents, documentsEstimate));
  bar.end();
  return result;
}

const counted = ({ documents, keys, blobs }: BackupReport): string =>
  `${documents} documents, ${keys} wrapped keys and ${blobs} files`;
