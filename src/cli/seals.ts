import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { Problem, readAll } from '../core/index.ts';
import type { Seal, SealRefusal, SealRegister } from '../seals/index.ts';
import { asLines, instant, print, table } from './output.ts';
import { withService } from './with-service.ts';

/** `tongxing seals list | show | request | install | suspend | revoke`. */
export function sealsCommand(): Command {
  const command = new Command('seals').description('the register of electronic seals');
  const json = ['--json', 'machine-readable output'] as const;
  command
    .command('list')
    .description('every seal, newest application first')
    .option('--authority <code>', 'only those of this credit code')
    .option(...json)
    .action(async (options: { authority?: string; json?: boolean }) => {
      await withRegister(async (register) => {
        print(await listAll(register, options.authority), options.json, sealTable);
      });
    });
  command
    .command('show')
    .argument('<id>', 'seal id')
    .description('one seal with its certificate and history')
    .option(...json)
    .action(async (id: string, options: { json?: boolean }) => {
      await withRegister(async (register) => {
        const seal = await register.find(id);
        if (!seal) throw absent(id);
        const facts = {
          ...seal,
          certificate: await register.certificateOf(id),
          uses: await register.countUses(id),
        };
        print(facts, options.json, asLines);
      });
    });
  command
    .command('request')
    .argument('<id>', 'seal id')
    .description(
      "prints the certificate request (PKCS #10, PEM) of a seal's key, for a certificate authority to answer",
    )
    .action(async (id: string) => {
      await withRegister(async (register) => {
        const pem = await register.request(id);
        if (!pem) throw absent(id);
        process.stdout.write(pem);
      });
    });
  command
    .command('install')
    .argument('<id>', 'seal id')
    .argument('<chain>', "PEM file: the seal's certificate, then those above it")
    .description(
      'installs what the certificate authority answered; the first certificate puts an approved seal into use',
    )
    .option(...json)
    .action(async (id: string, file: string, options: { json?: boolean }) => {
      const pem = await readText(file);
      await withRegister(async (register) => {
        const done = await register.install({ sealId: id, actor: { id: 'operator' }, pem });
        if (done.outcome === 'certificate-refused')
          throw new Problem('invalid-input', { detail: faultTexts[done.fault] });
        if (done.outcome !== 'installed') throw refused(done, id);
        print(
          done.seal,
          options.json,
          ({ status }) => `The certificate of ${id} is installed; the seal is ${status}.`,
        );
      });
    });
  for (const action of ['suspend', 'revoke'] as const) {
    command
      .command(action)
      .argument('<id>', 'seal id')
      .requiredOption('--reason <text>', 'why; kept in the register')
      .description(
        action === 'suspend' ? 'takes a seal out of use for a time' : 'takes a seal out of use for good',
      )
      .option(...json)
      .action(async (id: string, options: { reason: string; json?: boolean }) => {
        await withRegister(async (register) => {
          const uses = await register.countUses(id);
          const done = await register.act(action, {
            sealId: id,
            actor: { id: 'operator' },
            reason: options.reason,
          });
          if (done.outcome !== 'changed') throw refused(done, id);
          print(
            done.seal,
            options.json,
            ({ status }) => `${id} is ${status}. It sealed ${counted(uses)}; they stay sealed.`,
          );
        });
      });
  }
  return command;
}

const counted = (uses: number): string =>
  uses >= 10_000 ? 'at least 10,000 files' : `${uses} file${uses === 1 ? '' : 's'}`;

const faultTexts: Record<
  Extract<Awaited<ReturnType<SealRegister['install']>>, { fault: unknown }>['fault'],
  string
> = {
  unreadable:
    'The file holds no certificate in PEM. Give the chain as the authority sent it, the seal first.',
  'other-key':
    "The certificate is for another key. Have the authority answer this seal's own request (tongxing seals request).",
  unfit: 'The certificate may not sign documents (keyUsage). Ask the authority for one for electronic seals.',
  'not-in-time':
    'The certificate, or one above it, is not valid now. Check its validity and the clock of this machine.',
  untrusted:
    'No trusted root that may vouch for this authority issued it. Check anchors.json (keys/README.md) and that the chain is complete.',
  'already-installed': 'This certificate is installed already.',
};

function refused(refusal: SealRefusal, id: string): Problem {
  if (refusal.outcome === 'not-found') return absent(id);
  const texts: Record<Exclude<SealRefusal['outcome'], 'not-found'>, string> = {
    'not-allowed': 'The console may not do this: it takes the people of the authority.',
    'same-person': 'Whoever applied for a seal does not approve it.',
    'wrong-status': `The seal is ${refusal.outcome === 'wrong-status' ? refusal.status : ''}; this cannot be done to it now.`,
    'reason-missing': 'Say why, with --reason.',
  };
  return new Problem('invalid-input', { detail: texts[refusal.outcome] });
}

const absent = (id: string): Problem =>
  new Problem('not-found', { detail: `There is no seal ${id}. tongxing seals list shows those there are.` });

const listAll = (register: SealRegister, ownerCode: string | undefined): Promise<Seal[]> =>
  readAll((from) => register.list({ limit: 200, ...(ownerCode && { ownerCode }), ...from }));

const sealTable = (seals: readonly Seal[]): string =>
  table(
    ['id', 'owner', 'seal', 'code number', 'status', 'certificate until'],
    seals.map((seal) => [
      seal.id,
      seal.ownerName,
      seal.name.zh,
      seal.codeNumber,
      seal.status,
      instant(seal.certificates[0]?.notAfter),
    ]),
  );

const withRegister = (work: (register: SealRegister) => Promise<void>): Promise<void> =>
  withService({}, ({ seals }) => work(seals.register));

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Problem('invalid-input', { detail: `The file ${file} cannot be read.`, cause });
  }
}
