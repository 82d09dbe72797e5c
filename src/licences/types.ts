import type { Audit } from '../audit/index.ts';
import { type Clock, type InputFault, isProblem, Problem, readAll, refuseFaults } from '../core/index.ts';
import type { Collection } from '../storage/index.ts';
import { faultAt } from './faults.ts';
import type { LicenceType } from './port.ts';
import { type SeedType, seedTypes } from './seeds/index.ts';
import { type TypeContent, type TypeRecord, typeOf } from './type-record.ts';

/** The catalogue of types. */
export interface Types {
  find(code: string, version?: number): Promise<LicenceType | undefined>;
  list(): Promise<readonly LicenceType[]>;
  /** @throws {Problem} licence-type-taken | invalid-input */
  define(code: string, content: TypeContent, by: string): Promise<LicenceType>;
  /**
   * Adds a version. `version` is the one that was read and changed.
   * @throws {Problem} licence-type-not-found | licence-type-changed | invalid-input
   */
  change(code: string, version: number, content: TypeContent, by: string): Promise<LicenceType>;
  /** Brings in the types that come with the house, or their newer revisions, under an authority's code. Idempotent. */
  loadSeeds(definingAuthority: string): Promise<void>;
}

/** How long another process may go on with the version before. */
const cacheMs = 5_000;

/** What a template wants to write, or undefined when there is no template of that name. */
export type TemplateValues = (template: string) => readonly string[] | undefined;

/** What every licence provides to its template, whatever its type. */
const provided = new Set([
  'number',
  'identifier',
  'issued_on',
  'valid_from',
  'valid_until',
  'issuing_authority',
  'name',
  'id_number',
  'social_security_number',
  'credit_code',
  'holders.name',
  'holders.id_number',
]);

/** A template that wants what no field provides would print empty places. */
function templateFaults(content: TypeContent, valuesOf: TemplateValues): InputFault[] {
  const wanted = valuesOf(content.template);
  if (!wanted)
    return [
      faultAt(
        '/template',
        'unknown',
        `没有名为 ${content.template} 的版式。`,
        `There is no template called ${content.template}.`,
      ),
    ];
  const has = (name: string): boolean => {
    const [list = '', inner] = name.split('.');
    const property = content.fields.properties[list];
    if (inner === undefined) return property !== undefined;
    return (
      property?.type === 'array' && property.items.type === 'object' && inner in property.items.properties
    );
  };
  return wanted
    .filter((name) => !provided.has(name) && !has(name))
    .map((name) =>
      faultAt(
        '/fields',
        'lacks-value',
        `版式需要 ${name}，字段定义中没有。`,
        `The template prints ${name}, which no field provides.`,
      ),
    );
}

/** Makes the catalogue over its collection; what is read is remembered for seconds. */
export function createTypes(deps: {
  collection: Collection<TypeRecord, 'code'>;
  audit: Pick<Audit, 'event'>;
  clock: Clock;
  templateValues: TemplateValues;
}): Types {
  const { collection, audit, clock, templateValues } = deps;
  const known = new Map<string, { until: number; record: TypeRecord | undefined }>();
  let listed: { until: number; types: readonly LicenceType[] } | undefined;

  /** The same object until it is read again: compiled checks hang on it. */
  async function read(code: string): Promise<TypeRecord | undefined> {
    const found = known.get(code);
    if (found && found.until > clock.now()) return found.record;
    const fresh = (await collection.get(code))?.value;
    const isSame = fresh?.versions.length === found?.record?.versions.length;
    const record = isSame ? found?.record : fresh;
    // Unknown codes come from outside and must not fill the memory.
    if (record) known.set(code, { until: clock.now() + cacheMs, record });
    return record;
  }
  const forget = (code: string): void => {
    known.delete(code);
    listed = undefined;
  };
  const check = (content: TypeContent): void => refuseFaults(templateFaults(content, templateValues));
  const stamped = (content: TypeContent, by: string) => ({
    ...content,
    recordedAt: clock.now(),
    recordedBy: by,
  });
  const written = (record: TypeRecord): LicenceType => {
    forget(record.code);
    return typeOf(record) as LicenceType;
  };

  const newestOfAll = async (): Promise<readonly LicenceType[]> => {
    const all = await readAll((from) => collection.find({ index: 'code', limit: 500, ...from }));
    return all.map(({ value }) => typeOf(value) as LicenceType);
  };

  async function append(
    code: string,
    content: TypeContent,
    options: { version?: number; by: string; seed?: number },
  ): Promise<LicenceType> {
    const stored = await collection.get(code);
    if (!stored) throw new Problem('licence-type-not-found');
    const version = stored.value.versions.length + 1;
    if (options.version !== undefined && options.version !== version - 1)
      throw new Problem('licence-type-changed', { extensions: { version: version - 1 } });
    const { seed = stored.value.seed, by } = options;
    const record = {
      ...stored.value,
      versions: [...stored.value.versions, stamped(content, by)],
      ...(seed !== undefined && { seed }),
    };
    const event = audit.event('licences.type.changed', { type: code, actor: by, version });
    try {
      return written((await collection.replace(record, stored.version, { events: [event] })).value);
    } catch (error) {
      if (isProblem(error, 'version-conflict')) throw new Problem('licence-type-changed');
      throw error;
    }
  }

  async function insert(code: string, content: TypeContent, by: string, seed?: number): Promise<LicenceType> {
    const record = { code, versions: [stamped(content, by)], ...(seed !== undefined && { seed }) };
    // What comes with the house is part of the program and no act of anybody.
    const events =
      seed === undefined ? [audit.event('licences.type.defined', { type: code, actor: by, version: 1 })] : [];
    try {
      return written((await collection.insert(record, { events })).value);
    } catch (error) {
      if (isProblem(error, 'already-exists')) throw new Problem('licence-type-taken');
      throw error;
    }
  }

  async function loadSeed(code: string, { suffix: _, revision, ...content }: SeedType): Promise<void> {
    const present = (await collection.get(code))?.value;
    try {
      if (!present) await insert(code, content, 'system', revision);
      // A type that its authority has changed since is the authority's.
      else if ((present.seed ?? revision) < revision && present.versions.at(-1)?.recordedBy === 'system')
        await append(code, content, { by: 'system', seed: revision });
    } catch (error) {
      // Another process brought it in at the same time.
      if (!isProblem(error, 'licence-type-taken', 'licence-type-changed')) throw error;
    }
  }

  return {
    async find(code, version) {
      const record = await read(code);
      return record && typeOf(record, version);
    },
    async list() {
      if (!listed || listed.until <= clock.now())
        listed = { until: clock.now() + cacheMs, types: await newestOfAll() };
      return listed.types;
    },
    async define(code, content, by) {
      check(content);
      return insert(code, content, by);
    },
    async change(code, version, content, by) {
      check(content);
      return append(code, content, { version, by });
    },
    async loadSeeds(definingAuthority) {
      for (const seed of seedTypes) await loadSeed(definingAuthority + seed.suffix, seed);
    },
  };
}
