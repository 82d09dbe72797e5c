import type { KeyRecord, KeyRecords } from '../../core/index.ts';
import type { Connection } from './connection.ts';

/** The keyring's records in the file of records; each acknowledged when it is on the disk. */
export function createSqliteKeyRecords(connection: Connection): KeyRecords {
  const { prepare, guard, transact } = connection;
  const write = async (sql: string, ...values: (string | number)[]): Promise<boolean> => {
    const changed = guard(() => transact(() => prepare(sql).run(...values).changes));
    await connection.flush();
    return changed === 1;
  };
  return {
    async list() {
      const rows = guard(() => prepare('SELECT body FROM key_records ORDER BY kid').all()) as unknown as [
        string,
      ][];
      return rows.map(([body]) => JSON.parse(body) as KeyRecord);
    },
    insert: async (record) =>
      write(
        'INSERT INTO key_records VALUES (?, ?, ?) ON CONFLICT (kid) DO NOTHING',
        record.kid,
        1,
        JSON.stringify({ ...record, version: 1 }),
      ),
    replace: async (record, expectedVersion) =>
      write(
        'UPDATE key_records SET version = ?, body = ? WHERE kid = ? AND version = ?',
        expectedVersion + 1,
        JSON.stringify({ ...record, version: expectedVersion + 1 }),
        record.kid,
        expectedVersion,
      ),
    async remove(kid) {
      await write('DELETE FROM key_records WHERE kid = ?', kid);
    },
  };
}
