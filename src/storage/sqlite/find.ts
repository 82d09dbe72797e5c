import type { Clock } from '../../core/index.ts';
import type { CollectionShape, FindPlan, FoundRow, Scalar } from '../driver.ts';
import { countLimit } from '../query.ts';
import type { Connection } from './connection.ts';
import { columnsOf, indexTableOf, tableOf } from './schema.ts';

/** A bare `LIMIT ?` makes SQLite plan the statement anew at every call, for it looks at the value; it does not look at a sum. */
const limitParameter = '? + 0';

interface Condition {
  where: string[];
  values: Scalar[];
  /** Several tokens may name one document twice. */
  mayRepeat: boolean;
}

/** Makes the reader of lists: one range of one index, joined to its documents. */
export function createFinder(connection: Connection, shape: CollectionShape, clock: Clock) {
  return {
    find(plan: FindPlan): FoundRow[] {
      const columns = columnsOf(plan.index).slice(plan.equals.length);
      const { where, values, mayRepeat } = conditionOf(plan);
      if (shape.hidesExpired) {
        where.push('(c.expires IS NULL OR c.expires > ?)');
        values.push(clock.now());
      }
      const direction = plan.descending ? 'DESC' : 'ASC';
      // A whole unique value names one document at most: there is nothing to put in order.
      const isOne = plan.index.unique && columns.length === 0 && !mayRepeat;
      const order = [...columns, 'key'].map((column) => `x.${column} ${direction}`).join(', ');
      const rows = connection
        .prepare(
          `SELECT c.key, c.version, c.expires, c.body ${columns.map((column) => `, x.${column}`).join('')}
           FROM ${indexTableOf(shape, plan.index)} x CROSS JOIN ${tableOf(shape)} c ON c.id = x.id
           ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ${mayRepeat ? 'GROUP BY x.id' : ''}
           ${isOne ? '' : `ORDER BY ${order}`} LIMIT ${limitParameter}`,
        )
        .all(...values, plan.limit) as unknown as [string, number, number | null, Uint8Array, ...Scalar[]][];
      return rows.map(([key, version, expires, body, ...sort]) => ({
        key,
        version,
        expiresAt: expires ?? undefined,
        body,
        sort,
      }));
    },
    count(plan: FindPlan): number {
      const { where, values } = conditionOf(plan);
      if (shape.hidesExpired) {
        where.push('(c.expires IS NULL OR c.expires > ?)');
        values.push(clock.now());
      }
      const join = shape.hidesExpired ? `CROSS JOIN ${tableOf(shape)} c ON c.id = x.id` : '';
      const [found] = connection
        .prepare(
          `SELECT count(*) FROM (SELECT DISTINCT x.id FROM ${indexTableOf(shape, plan.index)} x ${join}
           ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} LIMIT ${countLimit})`,
        )
        .get(...values) as unknown as [number];
      return found;
    },
  };
}

function conditionOf(plan: FindPlan): Condition {
  const columns = columnsOf(plan.index);
  const where: string[] = [];
  const values: Scalar[] = [];
  let mayRepeat = false;
  for (const [position, forms] of plan.equals.entries()) {
    where.push(
      `x.${columns[position]} ${forms.length === 1 ? '= ?' : `IN (${forms.map(() => '?').join(', ')})`}`,
    );
    values.push(...forms);
    mayRepeat ||= forms.length > 1;
  }
  const next = columns[plan.equals.length];
  if (plan.from !== undefined && next) {
    where.push(`x.${next} >= ?`);
    values.push(plan.from);
  }
  if (plan.to !== undefined && next) {
    where.push(`x.${next} < ?`);
    values.push(plan.to);
  }
  if (plan.after) {
    const rest = [...columns.slice(plan.equals.length), 'key'].map((column) => `x.${column}`);
    where.push(`(${rest.join(', ')}) ${plan.descending ? '<' : '>'} (${rest.map(() => '?').join(', ')})`);
    values.push(...plan.after.values, plan.after.key);
  }
  return { where, values, mayRepeat };
}
