import { z } from 'zod';
import type { Audit } from '../audit/index.ts';
import {
  type Clock,
  faultAt,
  type InputFault,
  isProblem,
  Problem,
  readAll,
  refuseFaults,
} from '../core/index.ts';
import { parseInput } from '../http/index.ts';
import type { LicenceLibrary, LicenceType } from '../licences/index.ts';
import type { Collection, Store } from '../storage/index.ts';
import { previewFact, titleOf } from './facts.ts';
import type { ServiceItems } from './port.ts';
import type { IssuersPort } from './question.ts';
import { remember } from './remember.ts';
import { type FactRule, factId, factName, type ServiceItem, serviceItemSchema } from './service-item.ts';
import { serviceItemRecords } from './store.ts';

/** What the table needs. */
export interface ServiceItemsDependencies {
  store: Pick<Store, 'collection'>;
  audit: Pick<Audit, 'event'>;
  clock: Clock;
  types: Pick<LicenceLibrary['types'], 'find'>;
  issuers: Pick<IssuersPort, 'find'>;
}

const fileSchema = z.strictObject({ service_items: z.array(serviceItemSchema).min(1).max(1000) });

/** Two facts of one name would leave it open which of them an answer holds. */
function findRepeats(items: readonly ServiceItem[]): string | undefined {
  const codes = items.map(({ code }) => code);
  if (new Set(codes).size < codes.length) return '/service_items';
  for (const [at, { types }] of items.entries()) {
    const names = types.map(({ type }) => type);
    if (new Set(names).size < names.length) return `/service_items/${at}/types`;
    for (const [place, { learns }] of types.entries())
      if (new Set(learns.map(factName)).size < learns.length)
        return `/service_items/${at}/types/${place}/learns`;
  }
  return undefined;
}

/** A field that the type does not have would be null in every answer. */
function findUnknownFields(
  item: ServiceItem,
  at: number,
  typeOf: (code: string) => LicenceType | undefined,
): InputFault[] {
  return item.types.flatMap(({ type: code, learns }, place) => {
    const fields = typeOf(code)?.fields.properties;
    const isUnknown = (rule: FactRule) => {
      const field = 'field' in rule ? rule.field : undefined;
      return fields && field?.startsWith('data.') && !Object.hasOwn(fields, field.slice('data.'.length));
    };
    return learns.flatMap((rule, index) =>
      isUnknown(rule)
        ? [
            faultAt(`/service_items/${at}/types/${place}/learns/${index}/field`, 'unknown-field', {
              zh: '该类证照没有这个字段',
              en: 'The type has no such field',
            }),
          ]
        : [],
    );
  });
}

function parseItems(content: unknown): ServiceItem[] {
  const { service_items: items } = parseInput(fileSchema, content, '');
  const repeat = findRepeats(items);
  if (repeat !== undefined)
    refuseFaults([
      faultAt(repeat, 'repeated', { zh: '代码或名称重复', en: 'A code or a name stands here twice' }),
    ]);
  return items;
}

/** Lost races in a row before we say so. */
const patience = 20;

/** Writes one item, whoever else writes it. */
async function write(
  records: Collection<ServiceItem, 'code'>,
  item: ServiceItem,
  audit: Pick<Audit, 'event'>,
): Promise<void> {
  const events = [
    audit.event('verification.service-item.changed', { actor: 'operator', serviceItem: item.code }),
  ];
  for (let lost = 0; lost < patience; lost += 1) {
    const stored = await records.get(item.code);
    try {
      await (stored ? records.replace(item, stored.version, { events }) : records.insert(item, { events }));
      return;
    } catch (error) {
      if (!isProblem(error, 'version-conflict', 'already-exists')) throw error;
    }
  }
  throw new Problem('version-conflict');
}

/** Makes the table over its collection. A change counts within seconds in every process. */
export function createServiceItems(deps: ServiceItemsDependencies): ServiceItems {
  const { store, audit, clock, types, issuers } = deps;
  const records = store.collection(serviceItemRecords);
  const find = remember(async (code: string) => (await records.get(code))?.value, { clock });
  const rulesOf = async (code: string, typeCode: string) =>
    (await find(code))?.types.find(({ type }) => type === typeCode)?.learns;
  return {
    find,
    async put(content) {
      const items = parseItems(content);
      const codes = new Set(items.flatMap((item) => item.types.map(({ type }) => type)));
      const known = new Map(
        await Promise.all([...codes].map(async (code) => [code, await types.find(code)] as const)),
      );
      refuseFaults(items.flatMap((item, at) => findUnknownFields(item, at, (code) => known.get(code))));
      for (const item of items) await write(records, item, audit);
      return items;
    },
    async list() {
      const all = await readAll((from) => records.find({ index: 'code', limit: 1000, ...from }));
      return all.map(({ value }) => value);
    },
    async findServiceItem(code) {
      const item = await find(code);
      return item && { name: item.name };
    },
    async mayAsk(code, clientId) {
      return (await find(code))?.clients.includes(clientId) ?? false;
    },
    async learns(code, typeCode) {
      const rules = await rulesOf(code, typeCode);
      if (!rules) return undefined;
      const type = await types.find(typeCode);
      return rules.map((rule) => ({ ...titleOf(rule, type), fact: factId(typeCode, rule) }));
    },
    async tells(code, licence, state) {
      const { typeCode, issuerCode } = licence;
      const rules = (await rulesOf(code, typeCode)) ?? [];
      const [type, issuer] = await Promise.all([types.find(typeCode), issuers.find(issuerCode)]);
      const subject = { licence, version: state.version, state, type, issuers: [issuer] };
      const told = rules.flatMap((rule) => {
        const fact = previewFact(rule, subject, clock.now());
        return fact ? [[factId(typeCode, rule), { value: fact.value, words: fact.words }] as const] : [];
      });
      return Object.fromEntries(told);
    },
  };
}
