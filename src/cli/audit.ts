import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { type Audit, headDocument } from '../audit/index.ts';
import { Problem } from '../core/index.ts';
import { withExistingStore } from './existing-store.ts';
import { print, progress } from './output.ts';

/** `tongxing audit check | head | export`. */
export function auditCommand(): Command {
  const command = new Command('audit').description('the append-only log');
  command
    .command('check')
    .description('proves the whole log and names the first damaged entry')
    .option('--json', 'machine-readable output')
    .action(async ({ json }: { json?: boolean }) => {
      await withExistingStore(async ({ audit }) => {
        const bar = progress('batches checked');
        const found = await audit.check((batch) => bar.step(batch));
        bar.end();
        print(found, json, (answer) =>
          answer.whole
            ? `The log is whole: ${answer.events} events in ${answer.batches} batches, head ${answer.head}`
            : `The log is damaged from batch ${answer.batch} on (${answer.fault}): ${answer.detail}`,
        );
        if (!found.whole) process.exitCode = 1;
      });
    });
  command
    .command('head')
    .description(
      'the signed head of the log, as JSON: keep it elsewhere, and later logs can be held against it',
    )
    .option('--json', 'taken for the sake of scripts: the head is JSON in any case')
    .action(async () => {
      await withExistingStore(async ({ audit }) => {
        const head = await audit.tree.head();
        if (!head) throw new Problem('not-found', { detail: 'The log is empty: it has no head yet.' });
        print({ ...headDocument(head), signature: head.signature }, true, String);
      });
    });
  command
    .command('export')
    .description('every signed batch in order, one JSON document a line')
    .option('--to <file>', 'write to a file instead of stdout')
    .option('--json', 'taken for the sake of scripts: the export is JSON in any case')
    .action(async ({ to }: { to?: string }) => {
      await withExistingStore(async ({ audit }) => {
        await audit.record('audit.log.exported', { actor: 'operator' });
        await writeBatches(audit.export(), to);
      });
    });
  return command;
}

async function writeBatches(batches: ReturnType<Audit['export']>, to: string | undefined): Promise<void> {
  const bar = progress('batches exported');
  async function* lines() {
    let count = 0;
    for await (const batch of batches) {
      yield `${JSON.stringify(batch)}\n`;
      bar.step(++count);
    }
  }
  if (to === undefined) await pipeline(lines, process.stdout, { end: false });
  else await pipeline(lines, createWriteStream(to, { mode: 0o600, flush: true }));
  bar.end();
}
