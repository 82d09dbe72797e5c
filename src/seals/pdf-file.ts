import { Malformed } from './der.ts';
import { createLexer, type PdfDictionary, type PdfValue } from './pdf-lexer.ts';
import { unpackObject } from './pdf-packed.ts';
import { readSections, type XrefEntry } from './pdf-xref.ts';

/** One revision of a PDF: the bytes up to its %%EOF, read by its own chain of cross-references and nothing else. */
export interface PdfRevision {
  bytes: Buffer;
  trailer: PdfDictionary;
  /** Where each object stands; free ones are left out. */
  entries: ReadonlyMap<number, XrefEntry>;
  /** Offset of the newest cross-reference section. */
  startXref: number;
  /** Whether the newest section is a table (with a trailer), not a stream. */
  hasTable: boolean;
  /** The object, or null when there is none. @throws {Malformed} */
  object(number: number): PdfValue;
  /** Follows a reference; other values are themselves. @throws {Malformed} */
  resolve(value: PdfValue | undefined): PdfValue;
  /** The dictionary that a value is or refers to. @throws {Malformed} */
  dictionary(value: PdfValue | undefined): PdfDictionary;
  /** Reads the indirect object at an offset. @throws {Malformed} */
  readAt(offset: number): IndirectObject;
}

/** An indirect object and where it ends, after `endobj`. */
export interface IndirectObject {
  number: number;
  generation: number;
  value: PdfValue;
  end: number;
}

/** What kind of unreadable a file is: the ids of the file checks. */
export type FileFault = 'not-pdf' | 'trailing-bytes' | 'encrypted' | 'structure';

/** A file that is refused before any signature is looked at. */
export class UnreadableFile extends Error {
  readonly fault: FileFault;
  constructor(fault: FileFault) {
    super(fault);
    this.fault = fault;
  }
}

/**
 * Opens the revision that ends where `bytes` end.
 * @throws {UnreadableFile} not a PDF, not ending at %%EOF, or encrypted
 * @throws {Malformed} cross-references that do not hold
 */
export function openRevision(bytes: Buffer): PdfRevision {
  if (!/^%PDF-[12]\.\d/.test(bytes.toString('latin1', 0, 8))) throw new UnreadableFile('not-pdf');
  const tail = bytes.toString('latin1', Math.max(0, bytes.length - 64));
  const [, offset] = /startxref[\r\n ]+(\d{1,10})[\r\n ]+%%EOF(?:\r\n|\r|\n)?$/.exec(tail) ?? [];
  if (!offset) throw new UnreadableFile(bytes.includes('%%EOF') ? 'trailing-bytes' : 'structure');
  const startXref = Number(offset);
  const { trailer, entries, hasTable } = readSections(bytes, startXref, (at) => readIndirect(bytes, at));
  if (trailer.entries.has('Encrypt')) throw new UnreadableFile('encrypted');
  const known = new Map<number, PdfValue>();
  const loading = new Set<number>();

  function resolve(value: PdfValue | undefined): PdfValue {
    let found = value ?? { kind: 'null' };
    for (let hops = 0; found.kind === 'reference'; hops += 1) {
      if (hops > 8) throw new Malformed('references go in a circle');
      found = object(found.number);
    }
    return found;
  }

  function object(number: number): PdfValue {
    const already = known.get(number);
    if (already) return already;
    if (loading.has(number)) throw new Malformed('an object needs itself to be read');
    loading.add(number);
    const entry = entries.get(number);
    const value: PdfValue = entry ? load(number, entry) : { kind: 'null' };
    loading.delete(number);
    known.set(number, value);
    return value;
  }

  function load(number: number, entry: XrefEntry): PdfValue {
    if ('packedIn' in entry) {
      const container = entries.get(entry.packedIn);
      if (!container || 'packedIn' in container) throw new Malformed('an object stream is missing');
      return unpackObject(object(entry.packedIn), number);
    }
    const found = readAt(entry.offset);
    if (found.number !== number || found.generation !== entry.generation)
      throw new Malformed('another object stands where the cross-reference points');
    return found.value;
  }

  function readAt(at: number): IndirectObject {
    return readIndirect(bytes, at, (length) => {
      const value = resolve(length);
      return value.kind === 'number' ? value.value : -1;
    });
  }

  function dictionary(value: PdfValue | undefined): PdfDictionary {
    const found = resolve(value);
    if (found.kind === 'stream') return found.dictionary;
    if (found.kind !== 'dictionary') throw new Malformed('a dictionary was expected');
    return found;
  }

  return { bytes, trailer, entries, startXref, hasTable, object, resolve, dictionary, readAt };
}

/** `N G obj value endobj`, with the stream if there is one. */
function readIndirect(
  bytes: Buffer,
  offset: number,
  lengthOf: (value: PdfValue) => number = (value) => (value.kind === 'number' ? value.value : -1),
): IndirectObject {
  const [head, number, generation] =
    /^(\d{1,10})[ \r\n]+(\d{1,5})[ \r\n]+obj/.exec(bytes.toString('latin1', offset, offset + 40)) ?? [];
  if (!head || !number || !generation) throw new Malformed('no object where one was expected');
  const lexer = createLexer(bytes, offset + head.length);
  let value = lexer.value();
  if (value.kind === 'dictionary' && lexer.takes('stream')) {
    let start = lexer.position();
    if (bytes[start] === 13) start += 1;
    if (bytes[start] !== 10) throw new Malformed('a stream does not start on its own line');
    start += 1;
    const length = lengthOf(value.entries.get('Length') ?? { kind: 'null' });
    if (!Number.isSafeInteger(length) || length < 0 || start + length > bytes.length)
      throw new Malformed('a stream has no length');
    lexer.seek(start + length);
    if (!lexer.takes('endstream')) throw new Malformed('a stream does not end where it says');
    value = { kind: 'stream', dictionary: value, data: bytes.subarray(start, start + length) };
  }
  if (!lexer.takes('endobj')) throw new Malformed('an object has no end');
  return { number: Number(number), generation: Number(generation), value, end: lexer.position() };
}

/** An entry of a dictionary that is a number, or undefined. */
export function numberIn(dictionary: PdfDictionary, key: string): number | undefined {
  const value = dictionary.entries.get(key);
  return value?.kind === 'number' ? value.value : undefined;
}

/** An entry of a dictionary that is a name, or undefined. */
export function nameIn(dictionary: PdfDictionary, key: string): string | undefined {
  const value = dictionary.entries.get(key);
  return value?.kind === 'name' ? value.value : undefined;
}
