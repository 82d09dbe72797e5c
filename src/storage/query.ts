import { type Cipher, formatCursor, Problem, parseCursor } from '../core/index.ts';
import { type CollectionShape, type FindPlan, type FoundRow, toScalar } from './driver.ts';
import { lookUpForms } from './index-entries.ts';
import type { FindQuery, IndexValue } from './port.ts';

/** Counting stops here: a larger number tells a reader nothing more and costs the store the more. */
export const countLimit = 10_000;

const defaultLimit = 100;
const greatestLimit = 1000;

/**
 * Turns a query into a plan that an adapter can run as it is. Whatever type checks were got round outside, nothing but
 * declared indexes and plain values come through.
 * @throws {Problem} cursor-invalid
 * @throws {Error} when the index is not declared or the values do not fit it: a fault of the program
 */
export function planQuery(shape: CollectionShape, query: FindQuery<string>, cipher: Cipher): FindPlan {
  const index = shape.indexes.find(({ name }) => name === query.index);
  if (!index) throw new Error(`${shape.name} has no index ${String(query.index)}`);
  const { equals = [], from, to, limit = defaultLimit, order = 'ascending' } = query;
  for (const value of equals) assertPlain(value);
  if (from !== undefined) assertPlain(from);
  if (to !== undefined) assertPlain(to);
  if (equals.length > index.paths.length)
    throw new Error(`${shape.name}.${index.name} has fewer paths than values given`);
  if (index.blind && equals.length === 0)
    throw new Error(`${shape.name}.${index.name} is blind: look-up by equality only`);
  if ((from !== undefined || to !== undefined) && equals.length === index.paths.length)
    throw new Error(`${shape.name}.${index.name} has no path left for a range`);
  if (!Number.isInteger(limit) || limit < 1 || limit > greatestLimit)
    throw new RangeError('limit must be 1 to 1000');
  return {
    index,
    equals: equals.map((value, position) =>
      position === 0 ? lookUpForms(shape, index, value, cipher) : [toScalar(value)],
    ),
    from: from === undefined ? undefined : toScalar(from),
    to: to === undefined ? undefined : toScalar(to),
    descending: order === 'descending',
    after:
      query.after === undefined ? undefined : readCursor(query.after, index.paths.length - equals.length),
    limit,
  };
}

/** The cursor behind a row. */
export function cursorAfter(row: FoundRow): string {
  return formatCursor([...row.sort, row.key]);
}

function readCursor(cursor: string, width: number): NonNullable<FindPlan['after']> {
  const parts = parseCursor(cursor);
  const values = parts?.slice(0, -1);
  const key = parts?.at(-1);
  if (!values || values.length !== width || typeof key !== 'string') throw new Problem('cursor-invalid');
  return {
    key,
    values: values.map((value) => {
      if (typeof value !== 'string' && typeof value !== 'number') throw new Problem('cursor-invalid');
      return value;
    }),
  };
}

function assertPlain(value: IndexValue): void {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw new TypeError('a query takes strings, numbers and booleans only');
}
