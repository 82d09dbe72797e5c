import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { Problem } from '../core/index.ts';
import { type KeyHistory, parseKeyHistory, type ReceiptVerdict, verifyReceipt } from '../receipts/index.ts';
import { print } from './output.ts';

interface VerifyOptions {
  proof?: string;
  keys?: string;
  trust?: string;
  headBefore?: string;
  json?: boolean;
}

/** Where the root lies that is trusted when nothing else is said: a public anchor, beside the others. */
const usualRoot = 'keys/anchors/receipt-root.pem';

/** `tongxing verify-receipt`: needs no store, no keys of its own and no network. */
export function verifyReceiptCommand(): Command {
  return new Command('verify-receipt')
    .description('checks a receipt offline: who signed it, that nothing was changed, that it is in the log')
    .argument('<file>', 'the receipt: one signed text (JWS)')
    .option('--proof <file>', 'saved answer of /api/v1/receipts/{id}/proof: also checks that the log has it')
    .option('--keys <file>', 'saved copy of /.well-known/tongxing-receipt-keys: the root in it is trusted')
    .option('--trust <file>', `the root certificate to trust, PEM or DER (default ${usualRoot})`)
    .option('--head-before <file>', 'an older head or proof: also checks that the log only grew since then')
    .option('--json', 'machine-readable output')
    .action((file: string, options: VerifyOptions, command: Command) => {
      if (options.headBefore !== undefined && options.proof === undefined)
        command.error('error: --head-before compares with the head of a proof: add --proof');
      const history = options.keys === undefined ? undefined : readHistory(options.keys);
      const verdict = verifyReceipt({
        receipt: read(file).toString().trim(),
        root: readRoot(options, history),
        ...(history && { history }),
        ...(options.proof !== undefined && { proof: readJson(options.proof) }),
        ...(options.headBefore !== undefined && { headBefore: readJson(options.headBefore) }),
      });
      print(verdict, options.json, asText);
      if (!verdict.isGenuine) process.exitCode = 1;
    });
}

function asText({ isGenuine, checks, claims }: ReceiptVerdict): string {
  const steps = checks.map(({ isPassed, text }) => `${isPassed ? 'ok ' : 'NO '} ${text}`);
  const { conclusion } = claims ?? {};
  return [
    ...steps,
    isGenuine
      ? `The receipt is genuine. Its answer was: ${conclusion}.`
      : 'The receipt is refused. Do not rely on it.',
  ].join('\n');
}

const unreadable = (file: string, what: string): Problem =>
  new Problem('not-found', { detail: `${file} ${what}` });

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw unreadable(file, `cannot be read (${(cause as { code?: string }).code}). Check the path.`);
  }
}

/** JSON of a file; a text that is none is judged like any other wrong form. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(read(file).toString());
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function readHistory(file: string): KeyHistory {
  const history = parseKeyHistory(readJson(file));
  if (!history)
    throw unreadable(file, 'is not a saved copy of /.well-known/tongxing-receipt-keys. Save it again.');
  return history;
}

/** The certificate to trust: said outright, or of the history that was given, or the usual place. */
function readRoot({ trust }: VerifyOptions, history: KeyHistory | undefined): X509Certificate {
  if (trust === undefined && !history && !existsSync(usualRoot))
    throw unreadable(
      usualRoot,
      'is not there, so there is no root to trust. Give --keys, a saved copy of /.well-known/tongxing-receipt-keys of the issuer, or --trust.',
    );
  const [name, bytes] =
    trust === undefined && history
      ? ['the history of keys', Buffer.from(history.root, 'base64')]
      : [trust ?? usualRoot, read(trust ?? usualRoot)];
  try {
    return new X509Certificate(bytes);
  } catch {
    throw unreadable(name, 'holds no certificate, PEM or DER.');
  }
}
