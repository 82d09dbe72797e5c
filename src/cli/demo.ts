import { Command } from 'commander';
import { runDemo, showPersonas } from '../../scripts/demo/world.ts';

/** `tongxing demo`: the production program with simulators and two service sites beside it, each its own process. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('run the demo world on this machine: service, registers, SMS inbox, two service sites')
    .option('--fresh', 'forget everything in data/demo first')
    .option('--port-base <port>', 'first port of the demo', '3000')
    .option('--personas', 'print the people of the demo and stop')
    .option('--json', 'machine-readable output')
    .action(
      async (
        options: { fresh?: boolean; portBase: string; personas?: boolean; json?: boolean },
        command: Command,
      ) => {
        const portBase = Number(options.portBase);
        if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 65_000) {
          command.error(`error: --port-base must be a number from 1024 to 65000, not ${options.portBase}`);
        }
        if (options.personas) showPersonas(options.json === true);
        else await runDemo({ fresh: options.fresh === true, portBase, json: options.json === true });
      },
    );
}
