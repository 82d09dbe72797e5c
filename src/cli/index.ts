/**
 * cli: the `tongxing` commands. Each file defines one command group over the rooms' doors; nothing is decided here.
 *
 * Exit codes: 0 done, 1 refused or failed, 2 wrong usage. `--json` prints machine-readable output on stdout; everything else
 * that a person reads goes to stderr or is plain text on stdout.
 */
import { Command, CommanderError } from 'commander';
import { escapeUnplain, isProblem, type Problem } from '../core/index.ts';
import { auditCommand } from './audit.ts';
import { authoritiesCommand } from './authorities.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { benchCommand } from './bench.ts';
import { clientsCommand } from './clients.ts';
import { demoCommand } from './demo.ts';
import { keysCommand } from './keys.ts';
import { licencesCommand } from './licences.ts';
import { sealsCommand } from './seals.ts';
import { serveCommand } from './serve.ts';
import { serviceItemsCommand } from './service-items.ts';
import { staffCommand } from './staff.ts';
import { verifyCommand } from './verify.ts';
import { verifyReceiptCommand } from './verify-receipt.ts';

/** Builds the whole command line. */
export function createProgram(): Command {
  const program = new Command('tongxing')
    .description('Unified identity and e-licence wallet of a province or city')
    .version('0.1.0')
    .showHelpAfterError('(add --help to see how it is used)')
    .exitOverride();
  const commands = [
    ...[serveCommand(), demoCommand(), clientsCommand(), keysCommand(), auditCommand()],
    ...[authoritiesCommand(), staffCommand(), sealsCommand(), verifyCommand(), serviceItemsCommand()],
    ...[licencesCommand(), backupCommand(), restoreCommand(), benchCommand(), verifyReceiptCommand()],
  ];
  for (const command of commands) program.addCommand(inherit(command));
  return program;
}

/** Sub-commands throw instead of exiting, so that one place decides the exit code. */
function inherit(command: Command): Command {
  command.exitOverride().showHelpAfterError('(add --help to see how it is used)');
  for (const inner of command.commands) inherit(inner as Command);
  return command;
}

/** Runs one command and sets the exit code of the process. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else if (isProblem(error)) {
      process.stderr.write([textOf(error), ...faultsOf(error), ''].join('\n'));
      process.exitCode = 1;
    } else {
      throw error;
    }
  }
}

/** The members of a file that are wrong, each with what to do about it. */
const faultsOf = ({ extensions: { errors = [] } }: Problem): string[] =>
  errors.map(({ pointer, detail }) => escapeUnplain(`  ${pointer || '/'}: ${detail}`));

/** A store that does not answer has a text for visitors; the operator at the command line needs to know where to look. */
function textOf(problem: Problem): string {
  if (problem.code !== 'store-unavailable') return problem.message;
  const { message } = (problem.cause ?? problem) as { message?: string };
  return `store-unavailable: The store of TONGXING_STORE does not answer (${message}). Check the setting, and that the store runs and can be reached from here.`;
}
