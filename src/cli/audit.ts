import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Command } from 'commander';
import { openFoundation } from '../app.ts';
import { readConfig } from '../config.ts';
import { print, progress } from './output.ts';

/** `tongxing audit check | export`. */
export function auditCommand(): Command {
  const command = new Command('audit').description('the append-only log');
  command
    .command('check')
    .description('proves the whole log and names the first damaged entry')
    .option('--json', 'machine-readable output')
    .action(async ({ json }: { json?: boolean }) => {
      const foundation = await openFoundation(readConfig(process.env));
      const bar = progress('batches checked');
      const found = await foundation.audit.check((batch) => bar.step(batch));
      bar.end();
      print(found, json, (answer) =>
        answer.whole
          ? `The log is whole: ${answer.events} events in ${answer.batches} batches, head ${answer.head}`
          : `The log is damaged from batch ${answer.batch} on (${answer.fault}): ${answer.detail}`,
      );
      if (!found.whole) process.exitCode = 1;
      await foundation.close();
    });
  command
    .command('export')
    .description('every signed batch in order, one JSON document a line')
    .option('--to <file>', 'write to a file instead of stdout')
    .action(async ({ to }: { to?: string }) => {
      const foundation = await openFoundation(readConfig(process.env));
      const out = to === undefined ? process.stdout : createWriteStream(to, { mode: 0o600 });
      const bar = progress('batches exported');
      let count = 0;
      await foundation.audit.record('audit.log.exported', { actor: 'operator' });
      for await (const batch of foundation.audit.export()) {
        if (!out.write(`${JSON.stringify(batch)}\n`)) await once(out, 'drain');
        bar.step(++count);
      }
      bar.end();
      if (out !== process.stdout) {
        out.end();
        await once(out, 'finish');
      }
      await foundation.close();
    });
  return command;
}
