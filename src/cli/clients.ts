import { Command } from 'commander';
import type { ClientMetadata, Clients } from '../sso/index.ts';
import { asLines, print, table } from './output.ts';
import { readJsonFile } from './read-json-file.ts';
import { readySettings } from './ready-settings.ts';
import { withService } from './with-service.ts';

/** `tongxing clients add | list | show | remove`. */
export function clientsCommand(): Command {
  const command = new Command('clients').description('service sites and systems that may use this service');
  command
    .command('add')
    .argument(
      '<file>',
      'client metadata as JSON (RFC 7591 names); client_id and client_secret are kept when given',
    )
    .description('registers a client and prints ready settings for common relying parties')
    .option('--json', 'machine-readable output')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const metadata = await readJsonFile<ClientMetadata>(file);
      await withClients({ mayBeNew: true }, async (clients, issuer) => {
        const added = await clients.add(metadata);
        print(added, json, (client) => readySettings(issuer, client));
      });
    });
  command
    .command('list')
    .description('every client')
    .option('--json', 'machine-readable output')
    .action(async ({ json }: { json?: boolean }) => {
      await withClients({}, async (clients) => {
        print(await clients.list(), json, (all) =>
          table(
            ['client id', 'name', 'redirect addresses'],
            all.map((client) => [
              client.client_id ?? '',
              client.client_name ?? '',
              (client.redirect_uris ?? []).join(' '),
            ]),
          ),
        );
      });
    });
  command
    .command('show')
    .argument('<id>', 'client id')
    .description('one client, without its secret')
    .option('--json', 'machine-readable output')
    .action(async (id: string, { json }: { json?: boolean }) => {
      await withClients({}, async (clients) => print(await clients.get(id), json, asLines));
    });
  command
    .command('remove')
    .argument('<id>', 'client id')
    .description('removes a client; its tokens stop working within seconds')
    .option('--json', 'machine-readable output')
    .action(async (id: string, { json }: { json?: boolean }) => {
      await withClients({}, async (clients) => {
        await clients.remove(id);
        print({ client_id: id, removed: true }, json, () => `${id} is removed.`);
      });
    });
  return command;
}

const withClients = (
  options: { mayBeNew?: boolean },
  work: (clients: Clients, issuer: string) => Promise<void>,
): Promise<void> => withService(options, ({ sso }, { issuer }) => work(sso.clients, issuer));

/** One member a line, values as JSON where they are more than a word. */
