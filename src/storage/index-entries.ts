import type { Cipher } from '../core/index.ts';
import {
  type CollectionShape,
  type IndexEntries,
  type IndexEntry,
  type IndexShape,
  type Scalar,
  toScalar,
} from './driver.ts';
import type { CollectionDefinition, IndexValue } from './port.ts';

/** What an adapter has to know of a collection. @throws {Error} when the declaration contradicts itself. */
export function shapeOf<T, I extends string>(definition: CollectionDefinition<T, I>): CollectionShape {
  const { name, indexes, durability = 'record', sharded = false, encrypted = false } = definition;
  if (!/^[a-z][a-z0-9-]{0,50}$/.test(name)) throw new Error(`collection name ${name} is not kebab-case`);
  const shapes = indexes.map((index) => {
    if (!/^[a-zA-Z][a-zA-Z0-9-]{0,50}$/.test(index.name)) throw new Error(`index name ${name}.${index.name}`);
    if (index.unique && sharded) throw new Error(`${name} is sharded, so ${index.name} cannot be unique`);
    return {
      name: index.name,
      paths: typeof index.path === 'string' ? [index.path] : index.path,
      unique: index.unique ?? false,
      blind: index.blind ?? false,
    };
  });
  return {
    name,
    indexes: shapes,
    durability,
    sharded,
    encrypted,
    expires: definition.expires !== undefined,
  };
}

/** Makes the function that computes a value's index rows. A value without one of an index's paths is not in that index. */
export function createIndexer(shape: CollectionShape, cipher: Cipher): (value: unknown) => IndexEntries {
  const readers = shape.indexes.map((index) => ({
    index,
    paths: index.paths.map((path) => path.split('.')),
  }));
  return (value) => {
    const entries: Record<string, readonly IndexEntry[]> = {};
    for (const { index, paths } of readers) {
      const rows = entriesOf(shape, index, paths, value, cipher);
      if (rows.length > 0) entries[index.name] = rows;
    }
    return entries;
  };
}

/** The forms under which a value of the first path may be stored: itself, or its blind tokens. */
export function lookUpForms(
  shape: CollectionShape,
  index: IndexShape,
  value: IndexValue,
  cipher: Cipher,
): readonly Scalar[] {
  if (!index.blind) return [toScalar(value)];
  return cipher.blind(`${shape.name}.${index.name}`, String(value));
}

function entriesOf(
  shape: CollectionShape,
  index: IndexShape,
  paths: readonly string[][],
  value: unknown,
  cipher: Cipher,
): IndexEntry[] {
  const [first, ...others] = paths.map((path) => valueAt(value, path));
  const firstValues = Array.isArray(first) ? new Set(first) : [first];
  const rest: Scalar[] = [];
  for (const other of others) {
    if (!isIndexValue(other)) return [];
    rest.push(toScalar(other));
  }
  const entries: IndexEntry[] = [];
  for (const one of firstValues) {
    if (!isIndexValue(one)) continue;
    for (const form of lookUpForms(shape, index, one, cipher)) entries.push([form, ...rest]);
  }
  return entries;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const [depth, name] of path.entries()) {
    // A path may lead through an array of objects: `identifiers.number` indexes the number of each.
    if (Array.isArray(at)) return at.map((item) => valueAt(item, path.slice(depth)));
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

function isIndexValue(value: unknown): value is IndexValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
