import { Malformed } from './der.ts';

/** A value of a PDF, read strictly. Strings keep where they stand, since a signature's ByteRange must fit around one. */
export type PdfValue =
  | { kind: 'null' }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'number'; value: number }
  | { kind: 'name'; value: string }
  | { kind: 'string'; bytes: Buffer; isHex: boolean; start: number; end: number }
  | { kind: 'reference'; number: number; generation: number }
  | { kind: 'array'; items: readonly PdfValue[] }
  | PdfDictionary
  | { kind: 'stream'; dictionary: PdfDictionary; data: Buffer };

export interface PdfDictionary {
  kind: 'dictionary';
  entries: ReadonlyMap<string, PdfValue>;
}

const greatestDepth = 64;
const space = new Set([0, 9, 10, 12, 13, 32]);
const delimiter = new Set(Buffer.from('()<>[]{}/%'));

/** A cursor over PDF syntax. Offsets are those of `bytes`. */
export interface PdfLexer {
  /** Reads one value. @throws {Malformed} */
  value(): PdfValue;
  /** Takes the keyword when it comes next. */
  takes(keyword: string): boolean;
  skipSpace(): void;
  position(): number;
  seek(offset: number): void;
}

/** Reads PDF syntax from an offset. Nothing is repaired: what readers repair differently is how files are forged. */
export function createLexer(bytes: Buffer, from = 0): PdfLexer {
  let at = from;

  function skipSpace(): void {
    for (;;) {
      const byte = bytes[at];
      if (byte === 0x25) {
        while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at += 1;
      } else if (byte !== undefined && space.has(byte)) at += 1;
      else return;
    }
  }

  function word(): string {
    const start = at;
    while (at < bytes.length && !space.has(bytes[at] ?? 0) && !delimiter.has(bytes[at] ?? 0)) at += 1;
    return bytes.toString('latin1', start, at);
  }

  function takes(keyword: string): boolean {
    skipSpace();
    const before = at;
    if (word() === keyword) return true;
    at = before;
    return false;
  }

  function name(): PdfValue {
    at += 1;
    const text = word().replace(/#([0-9a-fA-F]{2})/g, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return { kind: 'name', value: text };
  }

  function hexString(): PdfValue {
    const start = at;
    const end = bytes.indexOf(0x3e, at);
    if (end < 0) throw new Malformed('a string has no end');
    at = end + 1;
    const text = bytes.toString('latin1', start + 1, end).replace(/[\0\t\n\f\r ]/g, '');
    if (!/^[0-9a-fA-F]*$/.test(text)) throw new Malformed('a hexadecimal string has other characters');
    const even = text.length % 2 ? `${text}0` : text;
    return { kind: 'string', bytes: Buffer.from(even, 'hex'), isHex: true, start, end: at };
  }

  function textString(): PdfValue {
    const start = at;
    let depth = 0;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === 0x5c) at += 1;
      else if (byte === 0x28) depth += 1;
      else if (byte === 0x29) {
        depth -= 1;
        if (depth === 0) break;
      }
    }
    if (at >= bytes.length) throw new Malformed('a string has no end');
    at += 1;
    return { kind: 'string', bytes: bytes.subarray(start + 1, at - 1), isHex: false, start, end: at };
  }

  function array(depth: number): PdfValue {
    at += 1;
    const items: PdfValue[] = [];
    for (skipSpace(); bytes[at] !== 0x5d; skipSpace()) items.push(value(depth + 1));
    at += 1;
    return { kind: 'array', items };
  }

  function dictionary(depth: number): PdfDictionary {
    at += 2;
    const entries = new Map<string, PdfValue>();
    for (skipSpace(); bytes[at] !== 0x3e || bytes[at + 1] !== 0x3e; skipSpace()) {
      if (bytes[at] !== 0x2f) throw new Malformed('a key is not a name');
      const key = name();
      if (key.kind !== 'name' || entries.has(key.value)) throw new Malformed('a key comes twice');
      entries.set(key.value, value(depth + 1));
    }
    at += 2;
    return { kind: 'dictionary', entries };
  }

  function numberOrReference(text: string): PdfValue {
    const number = Number(text);
    if (/^\d{1,10}$/.test(text)) {
      const before = at;
      skipSpace();
      const generation = word();
      if (/^\d{1,5}$/.test(generation) && takes('R'))
        return { kind: 'reference', number, generation: Number(generation) };
      at = before;
    }
    return { kind: 'number', value: number };
  }

  function value(depth = 0): PdfValue {
    if (depth > greatestDepth) throw new Malformed('nested too deep');
    skipSpace();
    const byte = bytes[at];
    if (byte === 0x2f) return name();
    if (byte === 0x28) return textString();
    if (byte === 0x5b) return array(depth);
    if (byte === 0x3c) return bytes[at + 1] === 0x3c ? dictionary(depth) : hexString();
    const text = word();
    if (text === 'null') return { kind: 'null' };
    if (text === 'true' || text === 'false') return { kind: 'boolean', value: text === 'true' };
    if (/^[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})$/.test(text)) return numberOrReference(text);
    throw new Malformed('not PDF syntax');
  }

  return {
    value: () => value(),
    takes,
    skipSpace,
    position: () => at,
    seek(offset) {
      at = offset;
    },
  };
}

/** One text for equal values, to compare revisions; where a string stands does not count. */
export function showValue(value: PdfValue): string {
  if (value.kind === 'array') return `[${value.items.map(showValue).join(' ')}]`;
  if (value.kind === 'dictionary')
    return `<<${[...value.entries]
      .map(([key, item]) => `/${key} ${showValue(item)}`)
      .sort()
      .join(' ')}>>`;
  if (value.kind === 'string') return `(${value.bytes.toString('hex')})`;
  if (value.kind === 'reference') return `${value.number} ${value.generation} R`;
  if (value.kind === 'stream') return `${showValue(value.dictionary)}${value.data.toString('hex')}`;
  return value.kind === 'null' ? 'null' : `${value.kind}:${value.value}`;
}
