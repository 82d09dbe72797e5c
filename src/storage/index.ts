/**
 * storage: documents and files that survive, behind one narrow port, on one machine or on a cluster.
 *
 * Owns: the Store port (collections declared as data, conditional single-document writes, declared indexes, pending events),
 * its two adapters (SQLite in two files; MongoDB), encrypted blobs, schema versions, backup and restore, the rate counter,
 * requests with an Idempotency-Key and their answers, the relay of pending events, sweeping what has expired.
 * Does not own: keys (keyring; a Cipher comes in), what a collection means (each room's store.ts), the audit log (audit).
 * Rules: every business operation commits by writing exactly one document. A record is acknowledged when it would survive a
 * power cut, an artefact when it would survive the end of the process. Queries use declared indexes only.
 * Routes, events: none. Collections: rate-counts, repeats; those of the rooms are declared in their store.ts.
 */
import './problems.ts';

export { createHousekeeping, sweepOrphanBlobs } from './housekeeping.ts';
export { openDatabase, parseStoreUrl } from './open-database.ts';
export * from './port.ts';
export { createRateCounter } from './rate-counter.ts';
export type { EventConsumer, Relay } from './relay.ts';
export { createRelay } from './relay.ts';
export { createRepeatRecords } from './repeat-records.ts';
export { restore } from './restore.ts';
