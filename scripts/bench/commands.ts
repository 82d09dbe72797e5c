import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/** What a server says of itself when it is asked between two measurements. */
export interface Usage {
  /** CPU of the process with all its threads since its start, in milliseconds. */
  cpuMs: number;
  rssBytes: number;
}

/** A command as it travels to a server process. */
export interface Command {
  id: number;
  name: string;
  argument?: unknown;
}

/** A server's answer; the first one, without having been asked, is `{ id: 0, result: { port } }`. */
export interface Reply {
  id: number;
  result?: unknown;
  error?: string;
}

/** Runs this process as a server of the bench: says that it is ready, answers commands, ends with its parent. */
export function answerCommands(
  ready: { port: number },
  commands: Readonly<Record<string, (argument: never) => unknown>>,
): void {
  const reply = (message: Reply): void => void process.send?.(message);
  const known: Readonly<Record<string, (argument: never) => unknown>> = { ...profiler(), ...commands };
  process.on('message', ({ id, name, argument }: Command) => {
    const run = async (): Promise<unknown> => {
      const command = known[name];
      if (!command) throw new Error(`this server has no command ${name}`);
      return command(argument as never);
    };
    run().then(
      (result) => reply({ id, result }),
      (error: unknown) =>
        reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
  reply({ id: 0, result: ready });
}

/** CPU and memory of this process. */
export function ownUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() };
}

/** Commands that take a profile of what is measured, and of nothing else. */
function profiler() {
  const session = new Session();
  return {
    async startProfile() {
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.start');
    },
    async stopProfile({ path }: { path: string }) {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      writeFileSync(path, JSON.stringify(profile));
    },
  };
}
