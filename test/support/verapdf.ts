import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('./verapdf', import.meta.url));
const run = promisify(execFile);

/**
 * Whether a JDK and Maven are here to build the checker. Otherwise one loud line says that the test is skipped.
 * @throws {Error} with CI=true, where a skip is a failure
 */
export function isVeraPdfAvailable(): boolean {
  const has = (command: string) => spawnSync(command, ['-version'], { stdio: 'ignore' }).status === 0;
  if (has('java') && (existsSync(join(folder, 'target/verapdf.jar')) || has('mvn'))) return true;
  const message = 'SKIPPED: veraPDF needs a JDK and Maven (apt-get install default-jdk-headless maven)';
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`\n*** ${message} ***\n`);
  return false;
}

/** Judges the PDFs of a folder as PDF/A-2b; a line `file true|false failed-clauses` for each. */
export async function judgeByVeraPdf(pdfFolder: string): Promise<string[]> {
  if (!existsSync(join(folder, 'target/verapdf.jar')))
    await run('mvn', ['-q', '-B', 'package'], { cwd: folder });
  const classPath = [join(folder, 'target/classes'), join(folder, 'target/lib/*')].join(':');
  const judged = await run('java', ['-Xmx400m', '-cp', classPath, 'tongxing.VeraMain', pdfFolder]);
  return judged.stdout.trim().split('\n');
}
