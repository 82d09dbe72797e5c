import { DatabaseSync } from 'node:sqlite';
import { createClient } from './client.ts';
import { people } from './compare.ts';
import { type Bench, type Figure, parallel } from './figures.ts';
import { enterSecondSite, freshLogin, inParallel } from './flows.ts';
import { startServer } from './server-process.ts';
import { storePath } from './service-environment.ts';
import { withFolder } from './temp-folder.ts';

/** Longer than anything that expires by itself: refresh tokens of sites that may act without the person, 30 days. */
const everythingExpiredSeconds = 40 * 24 * 3600;
const maxAuditBytes = 1_000;

/** What a login leaves behind for ever. */
export const storage: Bench = {
  meaning:
    'what a login leaves in the store: nothing but its audit events, once everything expired and was swept',
  run: ({ size }, progress) =>
    withFolder(async (folder) => {
      const server = await startServer('ours', { folder });
      const client = createClient(server.port, parallel);
      try {
        await server.ask('seed', { people });
        const figures: Figure[] = [];
        for (const [width, count] of [
          [parallel, size * 5],
          [1, size * 2],
        ] as const) {
          const before = recordBytes(folder);
          await inParallel(count, width, async (index) => void (await freshLogin(client, index % people)));
          await server.usage();
          const events = await server.events();
          const bytes = Math.round((recordBytes(folder) - before) / count);
          progress(`${count} logins, ${width} at once: ${bytes} bytes each, ${events} events in all`);
          figures.push(bytesFigure(width, bytes));
        }
        await inParallel(size, parallel, async (index) =>
          enterSecondSite(client, await freshLogin(client, index)),
        );
        progress(`${artefacts(folder)} artefacts before the sweep`);
        const swept = await server.ask<number>('expire', { seconds: everythingExpiredSeconds });
        const left = artefacts(folder);
        progress(`${swept} swept, ${left} left`);
        return [{ name: 'artefacts', value: left, unit: 'left', bar: '0', holds: left === 0 }, ...figures];
      } finally {
        client.close();
        await server.stop();
      }
    }),
};

const bytesFigure = (width: number, value: number): Figure => ({
  name: width === 1 ? 'audit-bytes-one-at-a-time' : 'audit-bytes',
  value,
  unit: 'bytes a login',
  bar: '<= 1000',
  holds: value <= maxAuditBytes,
});

/** Opens a file of the store beside the service that writes it. */
function reading<R>(path: string, read: (database: DatabaseSync) => R): R {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

const number = (database: DatabaseSync, sql: string): number =>
  Number(Object.values(database.prepare(sql).get() ?? { none: 0 })[0]);

/** Bytes in use in the file of records, indexes included. Logins write nothing else there but the audit log. */
const recordBytes = (folder: string): number =>
  reading(
    storePath(folder),
    (database) =>
      (number(database, 'PRAGMA page_count') - number(database, 'PRAGMA freelist_count')) *
      number(database, 'PRAGMA page_size'),
  );

/** Documents that are there for a time: all of the file of artefacts, in the other one what expires or waits for delivery. */
function artefacts(folder: string): number {
  const count = (path: string, where: string) =>
    reading(path, (database) => {
      const tables = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'c:%'")
        .all();
      return tables.reduce(
        (sum, { name }) => sum + number(database, `SELECT count(*) FROM "${name}" ${where}`),
        0,
      );
    });
  const waiting = reading(storePath(folder), (database) => number(database, 'SELECT count(*) FROM events'));
  return (
    count(`${storePath(folder)}-artefacts`, '') +
    count(storePath(folder), 'WHERE expires IS NOT NULL') +
    waiting
  );
}
