/**
 * The simulators of the demo world, one process: the four authoritative registers (/police, /business, /social-security,
 * /telecom) and the SMS gateway (/sms) by the wire contract of docs/registers.md, a readable inbox (/, /inbox, /inbox.json),
 * and a page to disturb any of them (/control). They hold the personas, in memory only. The time-stamp authority gets its
 * place here too (/tsa).
 *
 * node scripts/demo/registers.ts [--port 3010]
 */
import { parseArgs } from 'node:util';
import { startRegisters } from './registers/server.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '3010' } } });
const registers = await startRegisters({ port: Number(values.port) });
console.log(`Registers, SMS gateway and inbox: ${registers.url}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void registers.close().then(() => process.exit(0)));
}
