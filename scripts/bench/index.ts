/**
 * bench: the figures of this program against their bars, measured on this machine now.
 *
 * Owns: the measuring client, the bare oidc-provider that the service is compared with, the processes of both, the figures.
 * Does not own: the command line (src/cli/bench.ts), anything that the service does differently when it is measured: it has
 * no such thing.
 * Method: CPU of the server process with all its threads, read once its audit log is drained; flows come sixteen at a time over
 * connections that stay open; the two sides take turns, and the median of the ratios counts. On a shared machine only ratios
 * within one run mean anything; every figure carries a yardstick, which says how fast the machine was meanwhile.
 */
import { accounts } from './accounts.ts';
import { clientCredentialsBench, freshLoginBench, secondSiteBench } from './against-bare.ts';
import { auditProof } from './audit-proof.ts';
import { type Bench, fullScale, type MeasuredFigure, median, type Progress, type Scale } from './figures.ts';
import { issueBench, knownFileBench, licenceMemoryBench, licenceSizeBench } from './licences.ts';
import { memory } from './memory.ts';
import { seal, validate } from './seals.ts';
import { storage } from './storage.ts';
import { verifyCode, verifyNumber } from './verification.ts';
import { wallet } from './wallet.ts';
import { yardstick } from './yardstick.ts';

export type { Bench, MeasuredFigure, Progress, Scale } from './figures.ts';

/** Every figure or group of figures, by the name that `--only` takes. */
export const benches: Readonly<Record<string, Bench>> = {
  'fresh-login': freshLoginBench,
  'second-site': secondSiteBench,
  'client-credentials': clientCredentialsBench,
  memory,
  storage,
  accounts,
  'verify-number': verifyNumber,
  'verify-code': verifyCode,
  wallet,
  issue: issueBench,
  'known-file': knownFileBench,
  'licence-size': licenceSizeBench,
  'licence-memory': licenceMemoryBench,
  seal,
  validate,
  'audit-proof': auditProof,
};

const toStderr: Progress = (line) => void process.stderr.write(`${line}\n`);

/** Measures one bench, or all of them one after the other. */
export async function runBenches(
  only?: string,
  { progress = toStderr, ...scale }: Partial<Scale> & { progress?: Progress } = {},
): Promise<MeasuredFigure[]> {
  const chosen = Object.entries(benches).filter(([name]) => only === undefined || name === only);
  const figures: MeasuredFigure[] = [];
  for (const [name, bench] of chosen) {
    const yardsticks: number[] = [];
    const measured = await bench.run({ ...fullScale, ...scale }, (line) => {
      const ms = yardstick();
      yardsticks.push(ms);
      progress(`${name}: ${line}; yardstick ${ms.toFixed(0)} ms`);
    });
    const yardstickMs = median(yardsticks);
    figures.push(...measured.map((figure) => ({ ...figure, yardstickMs })));
  }
  return figures;
}
