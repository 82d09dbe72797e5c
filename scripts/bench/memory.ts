import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../demo/processes.ts';
import { createClient } from './client.ts';
import { people } from './compare.ts';
import type { Bench, Figure, Progress, Scale } from './figures.ts';
import { median, parallel } from './figures.ts';
import { freshLogin, inParallel } from './flows.ts';
import { serverEnvironment, startServer } from './server-process.ts';
import { serviceEnvironment } from './service-environment.ts';
import { withFolder } from './temp-folder.ts';

const maxBytes = 300e6;
const maxStartMs = 2_000;

/** What the process weighs after many logins, and how soon it is there again on the store that they left. */
export const memory: Bench = {
  meaning: 'resident memory after many logins; time from the start of the command to /readyz',
  run: (scale, progress) =>
    withFolder(async (folder) => [
      await weigh(folder, scale, progress),
      await startToReady(folder, scale, progress),
    ]),
};

async function weigh(folder: string, { logins }: Scale, progress: Progress): Promise<Figure> {
  const seeding = await startServer('ours', { folder });
  await seeding.ask('seed', { people });
  await seeding.stop();
  // A fresh process: what seeding used would be counted otherwise.
  const server = await startServer('ours', { folder });
  const client = createClient(server.port, parallel);
  try {
    const { rssBytes: atStart } = await server.usage();
    progress(`${megabytes(atStart)} before the first login`);
    const tenth = Math.max(1, Math.ceil(logins / 10));
    for (let done = 0; done < logins; done += tenth) {
      const some = Math.min(tenth, logins - done);
      await inParallel(
        some,
        parallel,
        async (index) => void (await freshLogin(client, (done + index) % people)),
      );
      progress(`${megabytes((await server.usage()).rssBytes)} after ${done + some} logins`);
    }
    const { rssBytes } = await server.usage();
    const bar = `< 300 MB after 100000 logins (${logins} made)`;
    return { name: 'memory', value: Math.round(rssBytes / 1e6), unit: 'MB', bar, holds: rssBytes < maxBytes };
  } finally {
    client.close();
    await server.stop();
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

async function startToReady(folder: string, { rounds }: Scale, progress: Progress): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const took = await startOnce(folder);
    progress(`start ${round + 1}/${rounds}: ready after ${took.toFixed(0)} ms`);
    times.push(took);
  }
  const value = Math.round(median(times));
  return { name: 'start-to-ready', value, unit: 'ms', bar: '< 2000 ms', holds: value < maxStartMs };
}

/** Starts the command that production starts, and stops it by its own handle. */
async function startOnce(folder: string): Promise<number> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'serve'], {
    env: {
      ...serverEnvironment(),
      ...serviceEnvironment(folder),
      TONGXING_LISTEN: `127.0.0.1:${port}`,
      TONGXING_METRICS_LISTEN: `127.0.0.1:${metricsPort}`,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    while (!(await isReady(port))) {
      if (child.exitCode !== null)
        throw new Error(`the service ended with ${child.exitCode} before it was ready`);
      if (performance.now() - startedAt > 60_000)
        throw new Error('the service was not ready within a minute');
    }
    return performance.now() - startedAt;
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

async function isReady(port: number): Promise<boolean> {
  const isUp = await fetch(`http://127.0.0.1:${port}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );
  if (!isUp) await new Promise((resolve) => setTimeout(resolve, 10));
  return isUp;
}
