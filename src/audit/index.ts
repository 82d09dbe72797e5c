/**
 * audit: the log of who did what, when and with what outcome; append-only, and provable from outside.
 *
 * Owns: the catalogue of event types of all rooms, the log itself, its check and its export, the events of one account.
 * Does not own: what happened (each room defines its events and hands them over), the relay of events that ride in other
 * documents (storage), the words in which a person reads their recent logins (portal).
 * Routes: none. Events: events.ts, those of the rooms below that cannot know this one.
 *
 * One document is one batch. Its number is a unique key, so that many processes append to one sequence without locks: whoever
 * loses the race reads on and tries again. A batch is signed together with the Merkle tree over all events up to its end, so
 * every batch is a signed head of the tree; relayed events are unique by id. Rows of the tree are stored beside
 * the batches, from which they can be computed again: an inclusion proof reads four of them.
 * Collections: audit-batches, audit-tiles, audit-edges.
 * Standards: RFC 6962 2.1 (tree, proofs), RFC 9162 2.1 (their verification), RFC 8785, RFC 7518 3.4 (ES256).
 */
import type { Clock, Random } from '../core/index.ts';
import type { Keyring } from '../keyring/index.ts';
import type { Store } from '../storage/index.ts';
import type { Metrics } from '../telemetry/index.ts';
import { createLog } from './append.ts';
import { createEvent } from './catalogue.ts';
import { checkLog } from './check.ts';
import { createEndOfLog } from './end-of-log.ts';
import { createLogTree } from './log-tree.ts';
import type { Audit } from './port.ts';
import { eventsAbout, exportLog } from './read.ts';
import { searchLog } from './search.ts';
import { auditBatches, auditEdges, auditTiles } from './store.ts';
import './events.ts';
import './problems.ts';

export { auditFormat, headDocument, verifyHead } from './batch.ts';
export { allEvents, defineEvents, findEventName } from './catalogue.ts';
export type { Audit, AuditCheck, AuditEvent, Recorded, SignedHead } from './port.ts';

export { verifyConsistency, verifyInclusion } from './proofs.ts';

export interface AuditDependencies {
  store: Pick<Store, 'collection'>;
  keyring: Pick<Keyring, 'signer' | 'publicKeys'>;
  clock: Clock;
  random: Random;
  metrics: Metrics;
}

/** Makes the log of this process. Any number of processes may share one store. */
export function createAudit({ store, keyring, clock, random, metrics }: AuditDependencies): Audit {
  const batches = store.collection(auditBatches);
  const rows = { tiles: store.collection(auditTiles), edges: store.collection(auditEdges) };
  const end = createEndOfLog({ batches, rows, keyring });
  const log = createLog({ batches, end, keyring, random, metrics });
  const tree = createLogTree(end, rows.tiles);
  const event: Audit['event'] = (type, data) => createEvent(type, data, { clock, random });
  return {
    event,
    record: (type, data, options) => log.record(event(type, data), options),
    append: log.append,
    eventsOf: (account, options) => eventsAbout(batches, 'account', account, options),
    eventsOfLicence: (licence, options) => eventsAbout(batches, 'licence', licence, options),
    search: async (query = {}) => searchLog(batches, (await tree.head())?.number ?? 0, query),
    tree,
    check: async (progress) => checkLog({ batches, rows, keys: await keyring.publicKeys('audit'), progress }),
    export: () => exportLog(batches, () => keyring.publicKeys('audit')),
    drain: log.drain,
    close: log.close,
  };
}
