/** The process: checks the runtime, then hands over to the command line. */
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';
import { setUpHeap } from './heap.ts';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Tongxing needs Node 24 or newer; this is ${process.versions.node}. Start it with ./scripts/tongxing, which brings its own.\n`,
  );
  process.exit(1);
}
// Compiled code is kept from start to start, which halves it. Not in the default folder under /tmp, where another user of the
// machine could lay code for us to run; where the folder cannot be written, nothing is kept.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/tongxing', import.meta.url)));
setUpHeap();

const { runCommandLine } = await import('./cli/index.ts');
await runCommandLine(process.argv.slice(2));
