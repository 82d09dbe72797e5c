import { Malformed } from './der.ts';
import { createLexer, type PdfDictionary, type PdfValue } from './pdf-lexer.ts';
import { inflate } from './pdf-packed.ts';

/** Where an object stands: at an offset of the file, or inside an object stream. */
export type XrefEntry = { offset: number; generation: number } | { packedIn: number };

interface Section {
  dictionary: PdfDictionary;
  /** `undefined` for a free entry. */
  entries: Map<number, XrefEntry | undefined>;
  isTable: boolean;
}

const greatestCount = 20_000;
const greatestSections = 64;

/**
 * Reads the one chain of cross-reference sections from the newest on, each further to the front of the file than the one before.
 * Hybrid files (a table and a stream for the same revision) are refused: readers disagree on them.
 * @throws {Malformed}
 */
export function readSections(
  bytes: Buffer,
  startXref: number,
  readAt: (offset: number) => { value: PdfValue },
): { trailer: PdfDictionary; entries: Map<number, XrefEntry>; hasTable: boolean } {
  const found = new Map<number, XrefEntry | undefined>();
  let trailer: PdfDictionary | undefined;
  let hasTable = false;
  let at = startXref;
  for (let count = 0; ; count += 1) {
    if (count > greatestSections) throw new Malformed('too many revisions');
    const section =
      bytes.toString('latin1', at, at + 4) === 'xref' ? readTable(bytes, at) : readStream(readAt(at).value);
    if (!trailer) hasTable = section.isTable;
    trailer ??= section.dictionary;
    for (const [number, entry] of section.entries) if (!found.has(number)) found.set(number, entry);
    if (found.size > greatestCount) throw new Malformed('too many objects');
    if (section.dictionary.entries.has('XRefStm'))
      throw new Malformed('two cross-references in one revision');
    const previous = section.dictionary.entries.get('Prev');
    if (!previous) break;
    if (previous.kind !== 'number' || !(previous.value >= 0 && previous.value < at))
      throw new Malformed('the cross-references go in a circle');
    at = previous.value;
  }
  const entries = new Map<number, XrefEntry>();
  for (const [number, entry] of found) if (entry) entries.set(number, entry);
  return { trailer, entries, hasTable };
}

function readTable(bytes: Buffer, offset: number): Section {
  const lexer = createLexer(bytes, offset + 4);
  const entries: Section['entries'] = new Map();
  while (!lexer.takes('trailer')) {
    const [first, count] = [lexer.value(), lexer.value()];
    if (first.kind !== 'number' || count.kind !== 'number')
      throw new Malformed('not a cross-reference table');
    if (!(count.value >= 0 && count.value <= greatestCount)) throw new Malformed('too many objects');
    lexer.skipSpace();
    let at = lexer.position();
    for (let index = 0; index < count.value; index += 1, at += 20) {
      const line = bytes.toString('latin1', at, at + 20);
      if (!/^\d{10} \d{5} [fn](\r\n| \n| \r)$/.test(line)) throw new Malformed('not a cross-reference table');
      const number = first.value + index;
      if (entries.has(number)) throw new Malformed('an object comes twice in a cross-reference');
      const entry = { offset: Number(line.slice(0, 10)), generation: Number(line.slice(11, 16)) };
      entries.set(number, line[17] === 'n' ? entry : undefined);
    }
    lexer.seek(at);
  }
  const dictionary = lexer.value();
  if (dictionary.kind !== 'dictionary') throw new Malformed('no trailer');
  return { dictionary, entries, isTable: true };
}

function readStream(value: PdfValue): Section {
  if (value.kind !== 'stream') throw new Malformed('no cross-reference where one was expected');
  const { dictionary } = value;
  const widths = numbers(dictionary, 'W');
  const size = dictionary.entries.get('Size');
  const [w0 = 0, w1 = 0, w2 = 0] = widths;
  if (widths.length !== 3 || widths.some((width) => width < 0 || width > 6) || size?.kind !== 'number')
    throw new Malformed('not a cross-reference stream');
  const data = inflate(value);
  const ranges = dictionary.entries.has('Index') ? numbers(dictionary, 'Index') : [0, size.value];
  const entries: Section['entries'] = new Map();
  let at = 0;
  const field = (width: number, absent: number) => {
    if (width === 0) return absent;
    if (at + width > data.length) throw new Malformed('a cross-reference stream is too short');
    at += width;
    return data.readUIntBE(at - width, width);
  };
  for (let range = 0; range + 1 < ranges.length; range += 2) {
    const [first = 0, count = 0] = ranges.slice(range, range + 2);
    if (!(count >= 0 && count <= greatestCount)) throw new Malformed('too many objects');
    for (let number = first; number < first + count; number += 1) {
      const [type, second, third] = [field(w0, 1), field(w1, 0), field(w2, 0)];
      if (entries.has(number)) throw new Malformed('an object comes twice in a cross-reference');
      if (type === 0) entries.set(number, undefined);
      else entries.set(number, type === 1 ? { offset: second, generation: third } : { packedIn: second });
    }
  }
  return { dictionary, entries, isTable: false };
}

function numbers(dictionary: PdfDictionary, key: string): number[] {
  const value = dictionary.entries.get(key);
  if (value?.kind !== 'array') throw new Malformed('not a cross-reference stream');
  return value.items.map((item) => {
    if (item.kind !== 'number') throw new Malformed('not a cross-reference stream');
    return item.value;
  });
}
