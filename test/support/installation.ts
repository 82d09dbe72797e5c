import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/demo/processes.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { ClientMetadata } from '../../src/sso/index.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type CommandResult, resultOf } from './command-result.ts';
import type { TestPerson } from './people.ts';
import { startTestRegisters, type TestRegisters } from './registers.ts';
import { createVisitor, type Visitor } from './relying-party.ts';
import { tempDirectory } from './temp-store.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A `tongxing serve` of its own, as an operator runs it. */
export interface ServeProcess {
  port: number;
  origin: string;
  metrics: string;
  child: ChildProcess;
  /** What it wrote, line by line. */
  logs: string[];
  /** Sends the signal and answers how the process ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<{ code: number | null; signal: string | null }>;
}

/** A store, its keys and its settings, and the processes that work on them behind one public address. */
export interface Installation {
  folder: string;
  issuer: string;
  settings: Record<string, string>;
  registers: TestRegisters;
  balancer: Balancer;
  /** Starts a process and puts it behind the balancer once it is ready. */
  serve(settings?: Record<string, string>): Promise<ServeProcess>;
  /** Runs `tongxing WORDS` with the settings, some of them changed; undefined takes one away. */
  run(words: readonly string[], settings?: Record<string, string | undefined>): Promise<CommandResult>;
  /** Opens accounts at level 2 with a password, before or beside the processes. */
  enrol(people: readonly TestPerson[], password: string): Promise<string[]>;
  addClient(metadata?: ClientMetadata): Promise<ClientMetadata>;
  visitor(): Visitor;
  close(): Promise<void>;
}

const environment = (settings: Record<string, string | undefined>) => ({
  PATH: process.env.PATH ?? '',
  ...settings,
});

/** Runs `tongxing WORDS` and waits for its end. */
export async function runCommand(
  words: readonly string[],
  settings: Record<string, string | undefined>,
): Promise<CommandResult> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...words], {
    env: environment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return resultOf(child);
}

/** Starts a process and waits until it is ready. @throws {Error} with its output when it ends before that */
export async function startServe(settings: Record<string, string>): Promise<ServeProcess> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'serve'], {
    env: environment({
      ...settings,
      TONGXING_LISTEN: `127.0.0.1:${port}`,
      TONGXING_METRICS_LISTEN: `127.0.0.1:${metricsPort}`,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const logs: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (said + text).split('\n');
      said = lines.pop() ?? '';
      logs.push(...lines);
    });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const origin = `http://127.0.0.1:${port}`;
  while (!(await isReady(origin))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`serve ended: ${logs.join('\n')}`);
    await delay(25);
  }
  return {
    ...{ port, origin, child, logs },
    metrics: `http://127.0.0.1:${metricsPort}`,
    async end(signal) {
      child.kill(signal);
      const [code, by] = await ended;
      return { code, signal: by };
    },
  };
}

/** What /readyz says; false as well when nobody answers. */
export const isReady = (origin: string): Promise<boolean> =>
  fetch(`${origin}/readyz`).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.ok;
    },
    () => false,
  );

/** Makes an installation with simulated registers beside it. Nothing is started and nothing stored before it is asked for. */
export async function createInstallation(
  options: { store?: string; settings?: Record<string, string> } = {},
): Promise<Installation> {
  const folder = tempDirectory('operations');
  const registers = await startTestRegisters();
  const balancer = await startBalancer();
  const issuer = `http://localhost:${balancer.port}`;
  const settings: Record<string, string> = {
    TONGXING_DEMO: 'yes',
    TONGXING_ISSUER: issuer,
    TONGXING_STORE: options.store ?? `sqlite:${join(folder, 'tongxing.db')}`,
    TONGXING_KEYS: join(folder, 'keys'),
    TONGXING_TRUST_PROXY: '127.0.0.1',
    ...registers.settings,
    ...options.settings,
  };
  const running: ServeProcess[] = [];

  /** Works on the store as one more process of it. */
  async function beside<T>(work: (app: Awaited<ReturnType<typeof createApp>>) => Promise<T>): Promise<T> {
    const app = await createApp(readConfig({ ...settings, TONGXING_LOG_LEVEL: 'silent' }));
    try {
      return await work(app);
    } finally {
      await app.close();
    }
  }

  return {
    ...{ folder, issuer, settings, registers, balancer },
    async serve(more = {}) {
      const started = await startServe({ ...settings, ...more });
      running.push(started);
      balancer.join(started.port);
      return started;
    },
    run: (words, changed = {}) => runCommand(words, { ...settings, TONGXING_LOG_LEVEL: 'warn', ...changed }),
    enrol: (people, password) =>
      beside((app) =>
        Promise.all(
          people.map(async ({ idType, idNumber, name, phoneNumber }) => {
            const enrolled = await app.identity.enrolment.enrolResident({
              ...{ idType, idNumber, name, phoneNumber, password, level: 2, isPhoneMatched: true },
              ...{ source: 'test-counter', reference: 'test', by: 'test' },
            });
            if (enrolled.outcome !== 'enrolled') throw new Error(`enrolment ended with ${enrolled.outcome}`);
            return enrolled.accountId;
          }),
        ),
      ),
    addClient: (metadata = {}) =>
      beside((app) =>
        app.sso.clients.add({
          client_name: '示例网站',
          redirect_uris: ['https://site.example/callback'],
          scope: 'openid profile phone id_number',
          id_token_signed_response_alg: 'ES256',
          ...metadata,
        }),
      ),
    visitor: () => createVisitor(issuer),
    async close() {
      await Promise.all(
        running.map(({ child, end }) =>
          child.exitCode === null && child.signalCode === null ? end('SIGKILL') : undefined,
        ),
      );
      await balancer.close();
      await registers.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes client metadata to a file, as `clients add` takes it. */
export function metadataFile(folder: string, name: string, metadata: unknown): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, typeof metadata === 'string' ? metadata : JSON.stringify(metadata));
  return file;
}
