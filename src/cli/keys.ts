import { Command } from 'commander';
import type { KeySummary } from '../keyring/index.ts';
import { withExistingStore } from './existing-store.ts';
import { instant, print, showWait, table } from './output.ts';

const asTable = (keys: readonly KeySummary[]): string =>
  table(
    ['key id', 'purpose', 'state', 'created', 'in use since', 'retired'],
    keys.map((key) => [
      key.kid,
      key.purpose,
      key.state,
      instant(key.createdAt),
      instant(key.activatedAt),
      instant(key.retiredAt),
    ]),
  );

/** `tongxing keys list | rotate`. */
export function keysCommand(): Command {
  const command = new Command('keys').description('the keys of this installation; secrets are never shown');
  command
    .command('list')
    .description('every key with its purpose and state')
    .option('--json', 'machine-readable output')
    .action(async ({ json }: { json?: boolean }) => {
      await withExistingStore(async ({ keyring }) => print(keyring.list(), json, asTable));
    });
  command
    .command('rotate')
    .description(
      'next keys come into use, a new next is published, old ones stay until nothing made with them is alive',
    )
    .option('--json', 'machine-readable output')
    .action(async ({ json }: { json?: boolean }) => {
      await withExistingStore(async ({ keyring, audit }) => {
        const keys = await showWait(
          'waiting until every process has read the next keys, seconds:',
          keyring.rotate(),
        );
        await audit.record('keyring.keys.rotated', { actor: 'operator' });
        print(keys, json, asTable);
      });
    });
  return command;
}
