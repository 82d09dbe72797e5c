import { Command } from 'commander';
import { print, table } from './output.ts';
import { readJsonFile } from './read-json-file.ts';
import { withService } from './with-service.ts';

/** `tongxing service-items put | list`. */
export function serviceItemsCommand(): Command {
  const command = new Command('service-items').description(
    'the table of service items: who may verify which licences for it, and what it may learn of them',
  );
  command
    .command('put')
    .argument('<file>', 'JSON file: { "service_items": [ ... ] } (docs/service-items.md)')
    .description('registers service items or replaces them; the whole file is checked first')
    .option('--json', 'machine-readable output')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const content = await readJsonFile(file);
      await withService({}, async ({ verification }) => {
        const items = await verification.serviceItems.put(content);
        print(items, json, (all) => all.map(({ code, name }) => `${code}  ${name.zh}`).join('\n'));
      });
    });
  command
    .command('list')
    .description('every service item')
    .option('--json', 'machine-readable output')
    .action(async ({ json }: { json?: boolean }) => {
      await withService({}, async ({ verification }) => {
        print(await verification.serviceItems.list(), json, (items) =>
          table(
            ['code', 'name', 'ground', 'types', 'clients', 'authorities'],
            items.map(({ code, name, ground, types, clients, authorities }) => [
              code,
              name.zh,
              ground === 'consent' ? 'consent' : 'statute',
              String(types.length),
              clients.join(' '),
              authorities.join(' '),
            ]),
          ),
        );
      });
    });
  return command;
}
