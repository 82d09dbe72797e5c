import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command, Reply, Usage } from './commands.ts';

/** A server in a process of its own. */
export interface ServerProcess {
  name: string;
  port: number;
  /** Runs one of its commands. */
  ask<R = unknown>(command: string, argument?: unknown): Promise<R>;
  /** Once its audit log is drained. */
  usage(): Promise<Usage>;
  /** Audit events that became durable in it so far. Asked for outside of what is measured: counting is work too. */
  events(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts `ours.ts` or `bare.ts`. @throws {Error} when it ends before it is ready */
export async function startServer(name: 'ours' | 'bare', settings: object = {}): Promise<ServerProcess> {
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const child = fork(script, [JSON.stringify(settings)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: serverEnvironment(),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`the server process ${name} ended`));
  });
  child.on('message', ({ id, result, error }: Reply) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(`${name}: ${error}`));
  });

  let last = 0;
  const answerTo = <R>(id: number): Promise<R> =>
    new Promise<R>((resolve, reject) =>
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject }),
    );
  const ask = <R>(command: string, argument?: unknown): Promise<R> => {
    last += 1;
    child.send({ id: last, name: command, argument } satisfies Command);
    return answerTo<R>(last);
  };
  const { port } = await answerTo<{ port: number }>(0);
  return {
    name,
    port,
    ask,
    usage: () => ask<Usage>('usage'),
    events: () => ask<number>('events'),
    async stop() {
      if (child.connected) await ask('stop').catch(() => undefined);
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** The environment of every server process: the settings of the runtime are those of this command. */
export function serverEnvironment(): Record<string, string> {
  const { PATH = '', NODE_OPTIONS = '', LD_PRELOAD = '', NODE_COMPILE_CACHE } = process.env;
  const kept = { ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), TZ: 'Asia/Shanghai' };
  return { PATH, NODE_OPTIONS, LD_PRELOAD, ...kept };
}
