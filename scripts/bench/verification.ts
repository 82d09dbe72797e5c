import { createClient } from './client.ts';
import { profiled, type Side } from './compare.ts';
import { type Bench, type Figure, median, type Progress, parallel, type Scale, warmUp } from './figures.ts';
import { inParallel, systemToken } from './flows.ts';
import { stockItem, stockNumber, stockType } from './seed-licences.ts';
import { startServer } from './server-process.ts';
import { type KeptFolder, withKeptFolder } from './temp-folder.ts';

/** A stride without a common factor with the number of licences, so that questions are spread over all of them. */
const stride = 7_919;
const leastPerSecond = 2_000;
const mostMs = 20;
const mostGrowth = 1.3;

/** Flows of one measurement for each unit of `--size`: one verification is a small thing to time. */
const flowsPerUnit = 10;

/** The runtime compiles for 3 % of the time up to the fifty-thousandth verification, and for a fifth of that from there on. */
const longerWarmUp = 2;

interface Stock extends Side {
  licences: number;
}

/** One round of questions: CPU of the server for each, and how long each took. */
interface Round {
  cpuMs: number;
  latencies: number[];
}

type Ask = (index: number) => Record<string, unknown>;

const matter = { purpose: '测速', service_item_code: stockItem, case_number: 'BENCH-1' };

async function measureRound(name: string, stock: Stock, ask: Ask, size: number): Promise<Round> {
  const { server, client } = stock;
  // A new one for each round: a token lives for minutes, the rounds together may take longer.
  const authorization = `Bearer ${await systemToken(client)}`;
  const latencies: number[] = [];
  const eventsBefore = await server.events();
  const before = await server.usage();
  const askOne = async (index: number): Promise<void> => {
    const startedAt = performance.now();
    const json = { ...matter, ...ask(index) };
    const { status, text } = await client.send('POST', '/api/v1/verifications', { json, authorization });
    latencies.push(performance.now() - startedAt);
    if (status !== 200 || !text.includes('"conclusion":"valid"'))
      throw new Error(`a verification answered ${status}: ${text.slice(0, 400)}`);
  };
  await profiled(server, name, () => inParallel(size, parallel, askOne));
  const after = await server.usage();
  const events = (await server.events()) - eventsBefore;
  if (events !== size) throw new Error(`${events} events became durable instead of ${size}`);
  return { cpuMs: (after.cpuMs - before.cpuMs) / size, latencies };
}

/** The questions of one round, over the whole stock. */
type Prepare = (stock: Stock, indexes: readonly number[]) => Promise<Ask>;

const byNumber: Prepare = async (_, indexes) => (index) => ({
  by: 'number',
  type_code: stockType,
  number: stockNumber(indexes[index] ?? 0),
});

const byCode: Prepare = async ({ server }, indexes) => {
  const codes = await server.ask<string[]>('showCodes', { indexes });
  return (index) => ({ by: 'code', code: codes[index] ?? '' });
};

async function measureBoth(
  stocks: readonly [Stock, Stock],
  prepare: Prepare,
  { rounds, size }: Pick<Scale, 'rounds' | 'size'>,
  progress: Progress,
): Promise<readonly [Round[], Round[]]> {
  const measured: readonly [Round[], Round[]] = [[], []];
  let first = 0;
  for (let round = 0; round <= rounds; round += 1) {
    const asked = round === 0 ? size * warmUp * longerWarmUp : size;
    for (const [side, stock] of stocks.entries()) {
      const indexes = Array.from({ length: asked }, (_, at) => ((first + at) * stride) % stock.licences);
      const name = `verify-${stock.licences}-${round}`;
      const result = await measureRound(name, stock, await prepare(stock, indexes), asked);
      if (round > 0) measured[side]?.push(result);
      const [cpu, p99] = [result.cpuMs, percentile(result.latencies, 0.99)].map((value) => value.toFixed(3));
      progress(`round ${round}/${rounds}, ${stock.licences} licences: ${cpu} ms CPU each, p99 ${p99} ms`);
    }
    first += asked;
  }
  return measured;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function figuresOf(
  name: string,
  [large, small]: readonly [Round[], Round[]],
  stocks: readonly Stock[],
): Figure[] {
  const cpu = median(large.map(({ cpuMs }) => cpuMs));
  const p99 = median(large.map(({ latencies }) => percentile(latencies, 0.99)));
  const baseline = median(small.map(({ cpuMs }) => cpuMs));
  const ratio = median(large.map(({ cpuMs }, at) => cpuMs / (small[at]?.cpuMs ?? Number.NaN)));
  const [most, fewest] = stocks.map(({ licences }) => licences);
  const perSecond = 1000 / cpu;
  return [
    {
      ...{ name, value: perSecond, unit: `/s of CPU, ${most} licences` },
      ...{ bar: `>= ${leastPerSecond}`, holds: perSecond >= leastPerSecond },
    },
    { name: `${name}-p99`, value: p99, unit: 'ms', bar: `< ${mostMs}`, holds: p99 < mostMs },
    {
      ...{ name: `${name}-growth`, value: cpu, unit: 'ms CPU', baseline, ratio },
      ...{ bar: `<= ${mostGrowth} x ${fewest} licences, with ${most}`, holds: ratio <= mostGrowth },
    },
  ];
}

async function openStock(folder: KeptFolder, licences: number, progress: Progress): Promise<Stock> {
  progress(`a library of ${licences} licences${folder.isFilled ? ', of an earlier run' : ''}`);
  const server = await startServer('ours', { folder: folder.path });
  const client = createClient(server.port, parallel);
  if (!folder.isFilled) {
    await server.ask('seed', { people: 1 });
    await server.ask('seedLicences', { count: licences });
    folder.setFilled();
  }
  return { server, client, licences };
}

/** Nobody else's folder has this name: one that is not whole is thrown away. */
const libraryName = (licences: number): string => `tongxing-bench-${licences}-licences`;

/** Verifications in a small and in a large library: receipt and durable event included. */
function verificationBench(name: string, prepare: Prepare): Bench {
  return {
    meaning: 'verifications over HTTP, sixteen at a time, each with its receipt and its durable event',
    run: ({ rounds, size, licences, keep }, progress) =>
      withKeptFolder({ keep, name: libraryName(licences[0]) }, (small) =>
        withKeptFolder({ keep, name: libraryName(licences[1]) }, async (large) => {
          const stocks: Stock[] = [];
          try {
            stocks.push(await openStock(large, licences[1], progress));
            stocks.push(await openStock(small, licences[0], progress));
            const scale = { rounds, size: size * flowsPerUnit };
            const both = stocks as [Stock, Stock];
            return figuresOf(name, await measureBoth(both, prepare, scale, progress), stocks);
          } finally {
            for (const { server, client } of stocks) {
              client.close();
              await server.stop();
            }
          }
        }),
      ),
  };
}

/** By type and number, as an approver's system asks. */
export const verifyNumber = verificationBench('verify-number', byNumber);
/** By a code that the holder shows, used up by the question. */
export const verifyCode = verificationBench('verify-code', byCode);
