import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';

/** A process of the demo world. */
export interface Running {
  name: string;
  child: ChildProcess;
}

/** True when nothing listens on the loopback port. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** A loopback port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** What the runtime was told for this process holds for its children; of the rest of the environment nothing is handed on. */
function runtime(): Record<string, string> {
  const { PATH = '', NODE_OPTIONS = '', NODE_COMPILE_CACHE = '' } = process.env;
  return { PATH, NODE_OPTIONS, ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }) };
}

/** Starts a node script with its output in a log file of the folder. */
export function start(
  name: string,
  words: readonly string[],
  environment: Record<string, string>,
  folder: string,
): Running {
  mkdirSync(`${folder}/log`, { recursive: true });
  const log = openSync(`${folder}/log/${name}.log`, 'a');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...words], {
    stdio: ['ignore', log, log],
    env: { ...runtime(), ...environment },
  });
  return { name, child };
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

/** Waits until the address answers, at most `seconds`; false when the process ended or the time is up. */
export async function answers({ child }: Running, url: string, seconds = 30): Promise<boolean> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until && isAlive(child)) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(2000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** Asks all to stop and waits until they have. */
export async function stopAll(running: readonly Running[]): Promise<void> {
  await Promise.all(
    running.map(
      ({ child }) =>
        new Promise<void>((resolve) => {
          if (!isAlive(child)) return resolve();
          child.once('exit', () => resolve());
          child.kill('SIGTERM');
        }),
    ),
  );
}
