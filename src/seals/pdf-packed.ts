import { inflateSync } from 'node:zlib';
import { Malformed } from './der.ts';
import { createLexer, type PdfDictionary, type PdfValue } from './pdf-lexer.ts';

const greatestUnpackedBytes = 16 * 1024 * 1024;
/** All streams of a file together: their bytes lie outside of the heap, which is all that a thread can be held to. */
const greatestOfFile = 4 * greatestUnpackedBytes;
/** What was unpacked of each file so far; every stream of a file is a part of the same memory. */
const spent = new WeakMap<object, number>();

/**
 * Unpacks a cross-reference or object stream: plain, or deflated with or without PNG rows. Page contents are never
 * unpacked here; a stream that would unpack to more than 16 MB is refused, and a file to more than four times that.
 * @throws {Malformed}
 */
export function inflate(stream: PdfValue): Buffer {
  if (stream.kind !== 'stream') throw new Malformed('a stream was expected');
  const { entries } = stream.dictionary;
  const filter = entries.get('Filter');
  if (!filter) return stream.data;
  const only = filter.kind === 'array' && filter.items.length === 1 ? filter.items[0] : filter;
  if (only?.kind !== 'name' || only.value !== 'FlateDecode') throw new Malformed('an unknown filter');
  const parameters = entries.get('DecodeParms');
  const first = parameters?.kind === 'array' ? parameters.items[0] : parameters;
  const before = spent.get(stream.data.buffer) ?? 0;
  const maxOutputLength = Math.min(greatestUnpackedBytes, greatestOfFile - before);
  if (maxOutputLength <= 0) throw new Malformed('the streams of the file unpack to too much');
  let data: Buffer;
  try {
    data = inflateSync(stream.data, { maxOutputLength });
  } catch (cause) {
    throw new Malformed('a packed stream does not unpack', { cause });
  }
  spent.set(stream.data.buffer, before + data.length);
  return first?.kind === 'dictionary' ? unfilterRows(data, first) : data;
}

/** Undoes PNG row filters. @see ISO 32000-1 7.4.4.4 */
function unfilterRows(data: Buffer, parameters: PdfDictionary): Buffer {
  const number = (key: string, absent: number) => {
    const value = parameters.entries.get(key);
    return value?.kind === 'number' ? value.value : absent;
  };
  if (number('Predictor', 1) === 1) return data;
  const columns = number('Columns', 1);
  if (
    number('Predictor', 1) < 10 ||
    number('Colors', 1) !== 1 ||
    number('BitsPerComponent', 8) !== 8 ||
    !(columns > 0)
  )
    throw new Malformed('an unknown predictor');
  const rows = Math.floor(data.length / (columns + 1));
  const plain = Buffer.alloc(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const filter = data[row * (columns + 1)];
    for (let column = 0; column < columns; column += 1) {
      const raw = data[row * (columns + 1) + 1 + column] ?? 0;
      const at = row * columns + column;
      const left = column > 0 ? (plain[at - 1] ?? 0) : 0;
      const up = row > 0 ? (plain[at - columns] ?? 0) : 0;
      const corner = row > 0 && column > 0 ? (plain[at - columns - 1] ?? 0) : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 9];
      if (predicted === undefined) throw new Malformed('an unknown row filter');
      plain[at] = raw + predicted;
    }
  }
  return plain;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

const unpacked = new WeakMap<PdfValue, Map<number, PdfValue>>();

/** One object out of an object stream. @throws {Malformed} @see ISO 32000-1 7.5.7 */
export function unpackObject(stream: PdfValue, number: number): PdfValue {
  const known = unpacked.get(stream) ?? unpackAll(stream);
  unpacked.set(stream, known);
  const value = known.get(number);
  if (!value) throw new Malformed('an object is not in its object stream');
  return value;
}

function unpackAll(stream: PdfValue): Map<number, PdfValue> {
  const data = inflate(stream);
  const entries = stream.kind === 'stream' ? stream.dictionary.entries : new Map<string, PdfValue>();
  const [count, first] = [entries.get('N'), entries.get('First')];
  if (count?.kind !== 'number' || first?.kind !== 'number' || count.value > 10_000)
    throw new Malformed('not an object stream');
  const header = createLexer(data);
  const found = new Map<number, PdfValue>();
  for (let index = 0; index < count.value; index += 1) {
    const [number, offset] = [header.value(), header.value()];
    if (number.kind !== 'number' || offset.kind !== 'number' || found.has(number.value))
      throw new Malformed('not an object stream');
    found.set(number.value, createLexer(data, first.value + offset.value).value());
  }
  return found;
}
