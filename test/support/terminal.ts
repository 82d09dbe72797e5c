import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** One bash that keeps its variables and functions from block to block, as a terminal does. */
export interface Terminal {
  /** What the block prints. Rejects when one of its commands fails, with what it said. */
  run(commands: string): Promise<string>;
  close(): void;
}

/** Opens one in the folder of the project. */
export function openTerminal(): Terminal {
  const shell = spawn('bash', ['-euo', 'pipefail'], { stdio: 'pipe' });
  let printed = '';
  let complaints = '';
  shell.stdout.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
  });
  shell.stderr.on('data', (bytes: Buffer) => {
    complaints += bytes.toString();
  });
  const ended = once(shell, 'exit');
  let blocks = 0;
  return {
    async run(commands) {
      blocks += 1;
      const mark = `-- end of block ${blocks} --`;
      [printed, complaints] = ['', ''];
      shell.stdin.write(`${commands}\necho '${mark}'\n`);
      while (!printed.includes(mark)) {
        if (shell.exitCode !== null) throw new Error(`the commands failed: ${complaints}${printed}`);
        await Promise.race([once(shell.stdout, 'data'), ended]);
      }
      return printed.slice(0, printed.indexOf(mark));
    },
    close: () => void shell.stdin.end(),
  };
}
