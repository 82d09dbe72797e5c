import type { StatementSync } from 'node:sqlite';
import type { Clock } from '../../core/index.ts';
import type { CollectionShape, FindPlan, FoundRow, Scalar } from '../driver.ts';
import { countLimit } from '../query.ts';
import type { Connection } from './connection.ts';
import { columnsOf, indexTableOf, tableOf } from './schema.ts';

/** A bare `LIMIT ?` makes SQLite plan the statement anew at every call, for it looks at the value; it does not look at a sum. */
const limitParameter = '? + 0';

/** Makes the reader of lists: one range of one index, joined to its documents. */
export function createFinder(connection: Connection, shape: CollectionShape, clock: Clock) {
  /** Plans of one form share a statement, whose text is written once. */
  function statementsFrom(write: (shape: CollectionShape, plan: FindPlan) => string) {
    const statements = new Map<string, StatementSync>();
    return (plan: FindPlan): StatementSync => {
      const form = formOf(plan);
      const known = statements.get(form);
      if (known) return known;
      const statement = connection.prepare(write(shape, plan));
      statements.set(form, statement);
      return statement;
    };
  }
  const [finding, counting] = [statementsFrom(writeFind), statementsFrom(writeCount)];

  function valuesOf({ equals, from, to, after }: FindPlan): Scalar[] {
    const values: Scalar[] = [];
    for (const forms of equals) values.push(...forms);
    if (from !== undefined) values.push(from);
    if (to !== undefined) values.push(to);
    if (after) values.push(...after.values, after.key);
    if (shape.expires) values.push(clock.now());
    return values;
  }

  return {
    find(plan: FindPlan): FoundRow[] {
      const rows = finding(plan).all(...valuesOf(plan), plan.limit);
      return (rows as unknown as ReadRow[]).map(([key, version, expires, body, ...sort]) => ({
        key,
        version,
        expiresAt: expires ?? undefined,
        body,
        sort,
      }));
    },
    count(plan: FindPlan): number {
      const [found] = counting(plan).get(...valuesOf(plan)) as unknown as [number];
      return found;
    },
  };
}

type ReadRow = [key: string, version: number, expires: number | null, body: Uint8Array, ...sort: Scalar[]];

/** All of a plan that its statements depend on; they differ in values only. */
function formOf({ index, equals, from, to, after, descending }: FindPlan): string {
  const widths = equals.map(({ length }) => length).join();
  return `${index.name}|${widths}|${from === undefined}|${to === undefined}|${after === undefined}|${descending}`;
}

function writeFind(shape: CollectionShape, plan: FindPlan): string {
  const columns = columnsOf(plan.index).slice(plan.equals.length);
  const direction = plan.descending ? 'DESC' : 'ASC';
  // Several tokens may name one document twice.
  const mayRepeat = plan.equals.some((forms) => forms.length > 1);
  // A whole unique value names one document at most: there is nothing to put in order.
  const isOne = plan.index.unique && columns.length === 0 && !mayRepeat;
  const order = [...columns, 'key'].map((column) => `x.${column} ${direction}`).join(', ');
  return `
    SELECT c.key, c.version, c.expires, c.body ${columns.map((column) => `, x.${column}`).join('')}
    FROM ${indexTableOf(shape, plan.index)} x CROSS JOIN ${tableOf(shape)} c ON c.id = x.id
    ${whereOf(shape, plan)} ${mayRepeat ? 'GROUP BY x.id' : ''}
    ${isOne ? '' : `ORDER BY ${order}`} LIMIT ${limitParameter}`;
}

function writeCount(shape: CollectionShape, plan: FindPlan): string {
  const join = shape.expires ? `CROSS JOIN ${tableOf(shape)} c ON c.id = x.id` : '';
  return `
    SELECT count(*) FROM (SELECT DISTINCT x.id FROM ${indexTableOf(shape, plan.index)} x ${join}
    ${whereOf(shape, plan)} LIMIT ${countLimit})`;
}

/** The condition, its parameters in the order of the values. */
function whereOf(shape: CollectionShape, { index, equals, from, to, after, descending }: FindPlan): string {
  const columns = columnsOf(index);
  const where = equals.map(
    (forms, position) =>
      `x.${columns[position]} ${forms.length === 1 ? '= ?' : `IN (${forms.map(() => '?').join(', ')})`}`,
  );
  const next = columns[equals.length];
  if (from !== undefined && next) where.push(`x.${next} >= ?`);
  if (to !== undefined && next) where.push(`x.${next} < ?`);
  if (after) {
    const rest = [...columns.slice(equals.length), 'key'].map((column) => `x.${column}`);
    where.push(`(${rest.join(', ')}) ${descending ? '<' : '>'} (${rest.map(() => '?').join(', ')})`);
  }
  if (shape.expires) where.push('(c.expires IS NULL OR c.expires > ?)');
  return where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
}
