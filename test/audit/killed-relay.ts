/** A process that hands a committed event to the log and is killed before it can settle it: node killed-relay.ts FILE KEY-FILE. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createTestAudit, keyringOf, notes, openTestStore, pending } from '../support/audit.ts';

const [file = '', keyFile = ''] = process.argv.slice(2);
const store = await openTestStore(file);
const event = pending({ turn: 1 });
await store.collection(notes).insert({ id: 'note' }, { events: [event] });
await createTestAudit(store, keyringOf(createPrivateKey(readFileSync(keyFile)))).append([event]);
process.kill(process.pid, 'SIGKILL');
