import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { createApp } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { isProblem, Problem, systemClock } from '../core/index.ts';
import {
  createValidator,
  readAnchors,
  type Seal,
  type SealCheck,
  type SealReport,
  type SignatureReport,
  sealChecks,
  sealReasons,
} from '../seals/index.ts';
import { refuseAbsentStore } from './existing-store.ts';
import { instant, logAside, print } from './output.ts';

/** What the command knows of a file. */
interface Findings {
  report: SealReport;
  /** The registered seal of the first signature, where the store of TONGXING_STORE knows it. */
  seal?: Seal | undefined;
  /** Whether the register could be asked. */
  isRegisterAsked: boolean;
}

/** `tongxing verify FILE.pdf`: every signature of a file, check by check. */
export function verifyCommand(): Command {
  return new Command('verify')
    .argument('<file>', 'PDF file')
    .description('validates the seals of a file; exit code 0 only when every check has passed')
    .option(
      '--authority <code>',
      'credit code of the authority whose seal it must be; without, that of the seal found',
    )
    .option('--type <code>', 'type code that the seal must be registered for')
    .option('--json', 'machine-readable output')
    .action(async (path: string, options: { authority?: string; type?: string; json?: boolean }) => {
      const file = await readFile(path).catch((cause: unknown) => {
        throw new Problem('invalid-input', { detail: `The file ${path} cannot be read.`, cause });
      });
      const config = readConfig({ TONGXING_ISSUER: 'https://localhost', ...process.env });
      const found = (await hasStore(config))
        ? await askService(config, file, options)
        : await askAnchors(config, file);
      print(found, options.json, asText);
      if (!hasPassed(found.report)) process.exitCode = 1;
    });
}

async function hasStore(config: Config): Promise<boolean> {
  try {
    await refuseAbsentStore(config);
    return true;
  } catch (error) {
    if (isProblem(error, 'not-found')) return false;
    throw error;
  }
}

/** With the register and the lists of revoked certificates of this installation. */
async function askService(
  config: Config,
  file: Buffer,
  { authority, type }: { authority?: string; type?: string },
): Promise<Findings> {
  const { seals, close } = await createApp({ ...config, logLevel: 'error' }, logAside);
  try {
    const first = await seals.validate({ file });
    const certificate = first.signatures[0]?.signer?.certificateSha256;
    const seal = certificate ? await seals.register.findByCertificate(certificate) : undefined;
    const authorityCode = authority ?? seal?.ownerCode;
    const report = authorityCode ? await seals.validate({ file, authorityCode, typeCode: type }) : first;
    return { report, seal, isRegisterAsked: true };
  } finally {
    await close();
  }
}

/** Offline: integrity, time stamp and trust, with the anchors of this machine. */
async function askAnchors(config: Config, file: Buffer): Promise<Findings> {
  const anchors = readAnchors(config.anchors);
  const validator = createValidator({ clock: systemClock });
  try {
    const trust = {
      anchors: anchors.forSeals().map(({ der }) => der),
      timeAnchors: anchors.forTime.map(({ der }) => der),
    };
    return { report: await validator.validate({ file, trust }), isRegisterAsked: false };
  } finally {
    await validator.close();
  }
}

const allChecks = ({ fileChecks, signatures }: SealReport): SealCheck[] => [
  ...fileChecks,
  ...signatures.flatMap(({ checks }) => checks),
];

const hasPassed = (report: SealReport): boolean =>
  report.signatures.length > 0 && allChecks(report).every(({ state }) => state === 'passed');

const signs = { passed: '✓', failed: '✗', indeterminate: '?' } as const;

const checkLine = ({ id, state, reason }: SealCheck): string =>
  `  ${signs[state]} ${sealChecks[id].en}${reason ? `: ${sealReasons[reason].en}` : ''}`;

function signatureText({ field, signer, time, checks }: SignatureReport): string {
  const by = signer ? `by ${signer.name}` : 'by nobody who can be told';
  const when = time.source === 'time_stamp' ? `stamped ${instant(time.at)}` : 'without a time stamp';
  return [`Signature "${field}" ${by}, ${when}`, ...checks.map(checkLine)].join('\n');
}

function asText({ report, seal, isRegisterAsked }: Findings): string {
  const failed = allChecks(report).some(({ state }) => state === 'failed');
  const verdict = hasPassed(report)
    ? 'VALID'
    : failed
      ? 'NOT VALID'
      : 'OPEN: not everything could be checked';
  return [
    `${verdict}  SHA-256 ${report.sha256}`,
    ...report.fileChecks.map(checkLine),
    ...report.signatures.map(signatureText),
    ...(seal ? [`Seal ${seal.id} of ${seal.ownerName} (${seal.name.zh}), now ${seal.status}`] : []),
    ...(isRegisterAsked ? [] : ['The register of seals was not asked: TONGXING_STORE names no store here.']),
  ].join('\n');
}
