/**
 * The simulators of the demo world, one process: the four authoritative registers (/police, /business, /social-security,
 * /telecom) and the SMS gateway (/sms) by the wire contract of docs/registers.md, a readable inbox (/, /inbox, /inbox.json),
 * and a page to disturb any of them (/control). They hold the personas, in memory only. A certificate authority for seals
 * (/ca, /ocsp) and a time-stamping authority (/tsa, which can be disturbed as well) are here too: their keys stay in a file, and
 * the certificates to believe are written into a folder.
 *
 * node scripts/demo/registers.ts [--port 3010] [--authority data/demo/authority.json --anchors data/demo/anchors]
 */
import { parseArgs } from 'node:util';
import { startRegisters } from './registers/server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3010' },
    authority: { type: 'string' },
    anchors: { type: 'string' },
  },
});
const registers = await startRegisters({
  port: Number(values.port),
  ...(values.authority && { authorityFile: values.authority }),
});
if (values.anchors) registers.authority.writeAnchors(values.anchors, registers.url);
console.log(`Registers, SMS gateway and inbox: ${registers.url}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void registers.close().then(() => process.exit(0)));
}
