import type { Client } from './client.ts';
import { createClient } from './client.ts';
import { type Figure, median, type Progress, parallel, type Scale, warmUp } from './figures.ts';
import { inParallel, loginPage } from './flows.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { withFolder } from './temp-folder.ts';

/** A server and the connections to it. */
export interface Side {
  server: ServerProcess;
  client: Client;
}

/** What is measured, once per flow. */
export interface Flow<P> {
  /** Before the clock: what the flow needs (a live session). */
  prepare?(client: Client, index: number): Promise<P>;
  run(client: Client, prepared: P, index: number): Promise<void>;
  /** Audit events that each flow leaves behind. */
  events: number;
}

/** People whom both servers know when they are compared. */
export const people = 1_000;

/** Starts the service on an empty store with people in it, and the bare server with the same; stops both afterwards. */
export async function withBoth<R>(
  progress: Progress,
  use: (ours: Side, bare: Side) => Promise<R>,
): Promise<R> {
  return withFolder(async (folder) => {
    const started: Side[] = [];
    const start = async (name: 'ours' | 'bare', settings: object): Promise<Side> => {
      const server = await startServer(name, settings);
      const side = { server, client: createClient(server.port, parallel) };
      started.push(side);
      return side;
    };
    try {
      progress(`starting the service and the bare server, ${people} people each`);
      const ours = await start('ours', { folder });
      await ours.server.ask('seed', { people });
      const bare = await start('bare', {});
      await bare.server.ask('seed', { people, html: await loginPage(ours.client) });
      return await use(ours, bare);
    } finally {
      for (const { server, client } of started) {
        client.close();
        await server.stop();
      }
    }
  });
}

/** A folder for profiles of what is measured, one file a measurement; summarise-profile.ts reads them. */
const profiles = process.env.TONGXING_BENCH_PROFILE;

/** Runs what is measured, with a profile of it where one is wanted. */
export async function profiled(server: ServerProcess, name: string, run: () => Promise<void>): Promise<void> {
  if (!profiles) return run();
  await server.ask('startProfile');
  await run();
  await server.usage();
  await server.ask('stopProfile', { path: `${profiles}/${name}.cpuprofile` });
}

/** CPU of a server for each of `size` flows, in milliseconds, and the events that became durable. */
export async function measure<P>(
  { server, client }: Side,
  flow: Flow<P>,
  size: number,
  first = 0,
): Promise<{ cpuMs: number; events: number }> {
  const prepared: P[] = [];
  const { prepare } = flow;
  if (prepare)
    await inParallel(size, parallel, async (index) => {
      prepared[index] = await prepare(client, first + index);
    });
  const eventsBefore = await server.events();
  const run = () =>
    inParallel(size, parallel, (index) => flow.run(client, prepared[index] as P, first + index));
  const before = await server.usage();
  await profiled(server, `${server.name}-${first}`, run);
  const after = await server.usage();
  return { cpuMs: (after.cpuMs - before.cpuMs) / size, events: (await server.events()) - eventsBefore };
}

/** Turns that each side takes within a round: a shared machine changes its speed within a second, and has to change it for both. */
const turns = 10;

/** CPU of both for each flow of one round, and the events of the first. */
async function measureRound<P>(
  [one, other]: readonly [Side, Side],
  flow: Flow<P>,
  size: number,
  first: number,
): Promise<{ mine: number; theirs: number; events: number }> {
  const some = Math.ceil(size / turns);
  const spent = { mine: 0, theirs: 0, events: 0 };
  for (let done = 0; done < size; done += some) {
    const count = Math.min(some, size - done);
    const mine = await measure(one, flow, count, first + done);
    const theirs = await measure(other, flow, count, first + done);
    spent.mine += (mine.cpuMs * count) / size;
    spent.theirs += (theirs.cpuMs * count) / size;
    spent.events += mine.events;
  }
  return spent;
}

/** Measures the two by turns and answers the median of each and of the ratios. Each side runs warm first. */
export async function alternate<P>(
  sides: readonly [Side, Side],
  flow: Flow<P>,
  { rounds, size }: Pick<Scale, 'rounds' | 'size'>,
  progress: Progress,
): Promise<{ value: number; baseline: number; ratio: number }> {
  for (const side of sides) await measure(side, flow, size * warmUp);
  const values: number[] = [];
  const baselines: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { mine, theirs, events } = await measureRound(sides, flow, size, (round + 1) * size);
    values.push(mine);
    baselines.push(theirs);
    ratios.push(mine / theirs);
    const [a, b, ratio] = [mine, theirs, mine / theirs].map((value) => value.toFixed(3));
    const expected = size * flow.events;
    progress(
      `round ${round + 1}/${rounds}: ${a} ms against ${b} ms, ratio ${ratio}; ${events} events of ${expected}`,
    );
    if (events !== expected) throw new Error(`${events} events became durable instead of ${expected}`);
  }
  return { value: median(values), baseline: median(baselines), ratio: median(ratios) };
}

/** A comparison as a row. */
export function ratioFigure(
  name: string,
  measured: { value: number; baseline: number; ratio: number },
  limit: number,
  against: string,
): Figure {
  const bar = `<= ${limit} x ${against}`;
  return { name, ...measured, unit: 'ms CPU', bar, holds: measured.ratio <= limit };
}
