import { Command } from 'commander';
import { runDemo, showPersonas } from '../../scripts/demo/world.ts';

/** `tongxing demo`: the production program with simulators and two service sites beside it, each its own process. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('run the demo world on this machine: service, registers, SMS inbox, two service sites')
    .option('--fresh', 'forget everything that the demo kept first')
    .option('--data <folder>', 'folder of everything that the demo keeps', 'data/demo')
    .option('--port-base <port>', 'first port of the demo', '3000')
    .option('--personas', 'print the people of the demo and stop')
    .option('--json', 'machine-readable output')
    .action(
      async (
        options: { fresh?: boolean; data: string; portBase: string; personas?: boolean; json?: boolean },
        command: Command,
      ) => {
        const portBase = Number(options.portBase);
        if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 65_000) {
          command.error(`error: --port-base must be a number from 1024 to 65000, not ${options.portBase}`);
        }
        if (options.personas) showPersonas(options.json === true);
        else {
          const { data, fresh = false, json = false } = options;
          await runDemo({ data, fresh, portBase, json });
        }
      },
    );
}
