/** The process: checks the runtime, then hands over to the command line. */
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Tongxing needs Node 24 or newer; this is ${process.versions.node}. Start it with ./scripts/tongxing, which brings its own.\n`,
  );
  process.exit(1);
}
const { runCommandLine } = await import('./cli/index.ts');
await runCommandLine(process.argv.slice(2));
