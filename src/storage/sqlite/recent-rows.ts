import type { Row } from '../driver.ts';

/** Rows that this process read lately and that nobody wrote since. */
export interface RecentRows {
  /** The row as a read would find it now; undefined when it has to be read. */
  find(place: string): Row | undefined;
  keep(place: string, row: Row): void;
  /** It is being written by this process. */
  forget(place: string): void;
}

/**
 * Makes the memory of one file. Our own writes forget a row as they happen, and the number that SQLite changes with every commit of
 * another connection is looked at before each answer, so that an answer is never older than a read at that moment would be. The
 * number costs a third of a read and copies nothing.
 *
 * At most about twice `maxBytes` are held, in two generations: what is not used while the younger one fills is forgotten.
 */
export function createRecentRows(foreignCommits: () => number, maxBytes = 1024 * 1024): RecentRows {
  let young = new Map<string, Row>();
  let old = new Map<string, Row>();
  let youngBytes = 0;
  let seen = foreignCommits();

  function keep(place: string, row: Row): void {
    if (row.body.byteLength > maxBytes / 16) return;
    young.set(place, row);
    youngBytes += row.body.byteLength;
    if (youngBytes <= maxBytes) return;
    old = young;
    young = new Map();
    youngBytes = 0;
  }

  return {
    find(place) {
      const now = foreignCommits();
      if (now !== seen) {
        seen = now;
        young.clear();
        old.clear();
        youngBytes = 0;
        return undefined;
      }
      const fresh = young.get(place);
      const row = fresh ?? old.get(place);
      if (row && !fresh) keep(place, row);
      return row;
    },
    keep,
    forget(place) {
      young.delete(place);
      old.delete(place);
    },
  };
}
