import type { Model } from 'mongoose';
import type { Clock } from '../../core/index.ts';
import type { CollectionShape, FindPlan, FoundRow, Scalar } from '../driver.ts';
import { countLimit } from '../query.ts';
import { type MongoDocument, rowOf, visible } from './documents.ts';

type Filter = Record<string, unknown>;

/** Makes the reader of lists: one range of one index. */
export function createFinder(model: Model<MongoDocument>, shape: CollectionShape, clock: Clock) {
  const filterOf = (plan: FindPlan): Filter => ({
    ...visible(shape, clock.now()),
    ...equalsAndRange(plan),
    ...(plan.after ? { $or: beyond(plan, plan.after) } : {}),
  });
  return {
    async find(plan: FindPlan): Promise<FoundRow[]> {
      const rest = fieldsOf(plan).slice(plan.equals.length);
      const sort = Object.fromEntries(
        [...rest, '_id'].map((field) => [field, plan.descending ? -1 : 1] as const),
      );
      const found = await model.find(filterOf(plan)).sort(sort).limit(plan.limit).lean<MongoDocument[]>();
      const positions = plan.index.paths.map((_, position) => position).slice(plan.equals.length);
      return found.map((document) => ({
        ...rowOf(document),
        sort: positions.map((position) => document.index?.[plan.index.name]?.[`v${position}`] as Scalar),
      }));
    },
    count: (plan: FindPlan): Promise<number> =>
      model.countDocuments(filterOf(plan), { limit: countLimit }).exec(),
  };
}

function fieldsOf(plan: FindPlan): string[] {
  return plan.index.paths.map((_, position) => `index.${plan.index.name}.v${position}`);
}

function equalsAndRange(plan: FindPlan): Filter {
  const fields = fieldsOf(plan);
  const filter: Filter = {};
  for (const [position, forms] of plan.equals.entries())
    filter[fields[position] as string] = forms.length === 1 ? { $eq: forms[0] } : { $in: [...forms] };
  const next = fields[plan.equals.length];
  if (next === undefined) return filter;
  const range: Filter = {};
  if (plan.from !== undefined) range.$gte = plan.from;
  if (plan.to !== undefined) range.$lt = plan.to;
  // Without a bound the document still has to be in the index at all.
  filter[next] = Object.keys(range).length > 0 ? range : { $exists: true };
  return filter;
}

/** What comes after a row in the order of the list: greater in the first field, or equal there and greater in the next. */
function beyond(plan: FindPlan, after: NonNullable<FindPlan['after']>): Filter[] {
  const fields = [...fieldsOf(plan).slice(plan.equals.length), '_id'];
  const values: Scalar[] = [...after.values, after.key];
  const comparison = plan.descending ? '$lt' : '$gt';
  return fields.map((field, position) => ({
    $and: [
      ...fields.slice(0, position).map((equal, at) => ({ [equal]: { $eq: values[at] } })),
      { [field]: { [comparison]: values[position] } },
    ],
  }));
}
