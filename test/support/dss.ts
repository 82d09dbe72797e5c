import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('./dss', import.meta.url));
const run = promisify(execFile);

/**
 * Whether a JDK and Maven are here to build the validator. Otherwise one loud line says that the test is skipped.
 * @throws {Error} with CI=true, where a skip is a failure
 */
export function isDssAvailable(): boolean {
  const has = (command: string) => spawnSync(command, ['-version'], { stdio: 'ignore' }).status === 0;
  if (has('java') && (existsSync(join(folder, 'target/dss.jar')) || has('mvn'))) return true;
  const message =
    'SKIPPED: the European validator needs a JDK and Maven (apt-get install default-jdk-headless maven)';
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`\n*** ${message} ***\n`);
  return false;
}

/** Judges the PDFs of a folder at a time; a line `file indication sub-indication level` for each signature. */
export async function judgeByDss(pdfFolder: string, at: number): Promise<string[]> {
  if (!existsSync(join(folder, 'target/dss.jar'))) await run('mvn', ['-q', '-B', 'package'], { cwd: folder });
  const classPath = [join(folder, 'target/classes'), join(folder, 'target/lib/*')].join(':');
  const judged = await run('java', ['-Xmx400m', '-cp', classPath, 'tongxing.DssMain', pdfFolder, String(at)]);
  return judged.stdout.trim().split('\n');
}
