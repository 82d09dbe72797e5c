import { z } from 'zod';
import type { Bilingual, Clock, PendingEvent, Random } from '../core/index.ts';
import type { AuditEvent, EventDefinition } from './port.ts';

const catalogue = new Map<string, EventDefinition>();

/** Length of the JSON that one event may have: events are facts of a line, documents belong elsewhere. */
const maxEventLength = 4096;

/**
 * Registers a room's events; called once by its events.ts. Types read `room.thing.happened` and are never reused.
 * @throws {Error} when a type is taken or misnamed, or its data is not a strict object: a fault of the program
 */
export function defineEvents<const T extends Record<string, EventDefinition>>(table: T): T {
  for (const [type, definition] of Object.entries(table)) {
    if (!/^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*){2}$/.test(type))
      throw new Error(`event type ${type} is not room.thing.happened`);
    if (catalogue.has(type)) throw new Error(`event type ${type} is defined twice`);
    if (!isStrict(definition.data)) throw new Error(`the data of event ${type} is not a z.strictObject`);
    catalogue.set(type, definition);
  }
  return table;
}

/** Every registered event, sorted by type: the source of docs/events.md. */
export function allEvents(): readonly (readonly [string, EventDefinition])[] {
  return [...catalogue].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What a type is called; undefined for one that only a newer version of the program knows. */
export const findEventName = (type: string): Bilingual | undefined => catalogue.get(type)?.name;

/** True for types of the catalogue: other pending events are for other consumers of the relay. */
export const isAuditEvent = (event: PendingEvent): boolean => catalogue.has(event.type);

function isStrict(schema: z.ZodType): boolean {
  if (schema instanceof z.ZodUnion) return schema.options.every((option) => isStrict(option as z.ZodType));
  return schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodNever;
}

/**
 * Makes an event of the catalogue.
 * @throws {Error} when the type is unknown, the data has another shape, or something in it looks like personal data
 */
export function createEvent(
  type: string,
  data: AuditEvent['data'],
  { clock, random }: { clock: Clock; random: Random },
): PendingEvent {
  const definition = catalogue.get(type);
  if (!definition) throw new Error(`event type ${type} is in no room's catalogue`);
  const parsed = definition.data.safeParse(data);
  // The messages name members only: a value that was refused is the last thing that belongs in a log.
  if (!parsed.success)
    throw new Error(
      `event ${type} has wrong data at ${parsed.error.issues.map((issue) => issue.path.join('.') || issue.code)}`,
    );
  for (const [name, member] of Object.entries(parsed.data))
    if (!definition.typed?.includes(name)) refusePersonalData(type, member, `data.${name}`);
  const event = { id: random.id(), type, at: clock.now(), data: parsed.data };
  if (JSON.stringify(event).length > maxEventLength)
    throw new Error(`event ${type} is longer than ${maxEventLength} characters`);
  return event;
}

/**
 * National identifiers, phone numbers and mail addresses standing by themselves; whatever is not printable ASCII, names above
 * all. The borders keep random ids, in which any run of digits may occur, out of it; the day of birth in an ID number keeps
 * out the credit codes of authorities, many of which are all digits.
 */
const personal =
  /[^\x20-\x7e]|(?<![\w-])(\d{6}(1[89]|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]|\d{15}|(\+?86[ -]?)?1[3-9]\d{9})(?![\w-])|[^\s@]+@[^\s@]+\.[a-z]{2,}/i;

/** What all of it has somewhere: one look at a random id instead of one from each of its characters on. */
const suspicious = /[^\x20-\x7e]|\d{11}|@/;

function refusePersonalData(type: string, value: unknown, path: string): void {
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value);
    if (suspicious.test(text) && personal.test(text))
      throw new Error(`event ${type} seems to carry personal data at ${path}`);
  } else if (value && typeof value === 'object') {
    for (const [name, member] of Object.entries(value)) refusePersonalData(type, member, `${path}.${name}`);
  }
}
