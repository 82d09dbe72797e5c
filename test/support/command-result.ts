import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How a command ended. */
export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Waits for the end of a command whose output is piped. */
export async function resultOf(child: ChildProcess): Promise<CommandResult> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}
