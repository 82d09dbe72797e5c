/** Issues data-only licences, then seals some of them, and says the most memory that this process ever had. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actor, cardOf, openLibrary } from './licence-library.ts';

const [dataOnly = 0, sealed = 0] = process.argv.slice(2).map(Number);
const parallel = 16;
const folder = mkdtempSync(join(tmpdir(), 'tongxing-bench-'));

/** Does so many, sixteen at a time. */
async function each(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const hand = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: parallel }, hand));
}

try {
  const { licences, close } = await openLibrary(folder);
  await each(dataOnly, (index) => licences.issue(cardOf(index), actor, { file: 'later' }));
  const issuedMb = process.resourceUsage().maxRSS / 1024;
  await each(sealed, (index) => licences.issue(cardOf(dataOnly + index), actor));
  const sealedMb = process.resourceUsage().maxRSS / 1024;
  await close();
  process.stdout.write(JSON.stringify({ issuedMb, sealedMb }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
