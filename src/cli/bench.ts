import { Command, InvalidArgumentError } from 'commander';
import { benches, type MeasuredFigure, runBenches, type Scale } from '../../scripts/bench/index.ts';
import { print, table } from './output.ts';

interface BenchOptions {
  only?: string;
  json?: boolean;
  rounds?: number;
  size?: number;
  logins?: number;
  licences?: number;
  keep?: string;
}

const count = (text: string): number => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a number from 1');
};

/** `tongxing bench`: the figures of this program, each against its bar, measured on this machine now. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('measure the figures and hold them against their bars; ratios are within one run')
    .option('--only <name>', `one figure or group: ${Object.keys(benches).join(', ')}`)
    .option('--rounds <n>', 'pairs of measurements, of whose ratios the median counts (default 5)', count)
    .option('--size <n>', 'flows of one measurement (default 400)', count)
    .option('--logins <n>', 'logins after which memory is read (default 100000)', count)
    .option(
      '--licences <n>',
      'licences in the larger library (default 1000000; the smaller has a hundredth)',
      count,
    )
    .option('--keep <folder>', 'fill the libraries of verifications there, or use them as they are there')
    .option('--json', 'machine-readable output')
    .action(async ({ only, json, licences, ...rest }: BenchOptions, command: Command) => {
      const scale: Partial<Scale> = {
        ...rest,
        ...(licences && { licences: [Math.ceil(licences / 100), licences] as const }),
      };
      if (only !== undefined && !(only in benches)) {
        command.error(`error: there is no bench ${only}; known are ${Object.keys(benches).join(', ')}`);
      }
      const figures = await runBenches(only, scale);
      print(figures, json, asTable);
      if (figures.some((figure) => figure.holds === false)) process.exitCode = 1;
    });
}

const number = (value: number | undefined): string =>
  value === undefined ? '' : Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);

const asTable = (figures: readonly MeasuredFigure[]): string =>
  table(
    ['figure', 'value', 'unit', 'baseline', 'ratio', 'yardstick ms', 'bar', 'holds'],
    figures.map((figure) => [
      figure.name,
      number(figure.value),
      figure.unit,
      number(figure.baseline),
      number(figure.ratio),
      number(figure.yardstickMs),
      figure.bar,
      figure.holds ? 'yes' : 'NO',
    ]),
  );
