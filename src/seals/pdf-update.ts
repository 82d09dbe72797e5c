import { Malformed } from './der.ts';
import type { PdfRevision } from './pdf-file.ts';
import type { PdfValue } from './pdf-lexer.ts';

/** A further revision to append to a file that has a cross-reference table. */
export interface PdfUpdate {
  /** Adds an object in PDF syntax, texts in latin1; answers its number. */
  add(...parts: readonly (string | Uint8Array)[]): number;
  /** Writes an existing object anew, in PDF syntax. @throws {Malformed} when it is packed away or of a later generation */
  replace(number: number, text: string): void;
  /** The file with its new revision, ending at %%EOF. */
  finish(): Buffer;
  /** Where an object stands in the finished file. */
  offsetOf(number: number): number;
}

type Objects = Map<number, readonly (string | Uint8Array)[]>;

/** Begins an incremental update. @see ISO 32000-1 7.5.6 */
export function createUpdate(file: PdfRevision): PdfUpdate {
  const objects: Objects = new Map();
  const offsets = new Map<number, number>();
  let next = Math.max(...file.entries.keys(), 0) + 1;
  return {
    add(...parts) {
      objects.set(next, parts);
      next += 1;
      return next - 1;
    },
    replace(number, text) {
      const entry = file.entries.get(number);
      if (!entry || 'packedIn' in entry || entry.generation !== 0)
        throw new Malformed('an object of another kind');
      objects.set(number, [text]);
    },
    finish: () => finish(file, { objects, offsets, size: next }),
    offsetOf: (number) => offsets.get(number) ?? -1,
  };
}

function finish(
  file: PdfRevision,
  { objects, offsets, size }: { objects: Objects; offsets: Map<number, number>; size: number },
): Buffer {
  const isEnded = /[\r\n]$/.test(file.bytes.toString('latin1', file.bytes.length - 1));
  const pieces: Uint8Array[] = [file.bytes];
  let length = file.bytes.length;
  const write = (part: string | Uint8Array): void => {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    pieces.push(bytes);
    length += bytes.length;
  };
  if (!isEnded) write('\n');
  const lines: string[] = [];
  for (const [number, parts] of [...objects].sort(([a], [b]) => a - b)) {
    offsets.set(number, length);
    lines.push(`${number} 1\n${String(length).padStart(10, '0')} 00000 n\r\n`);
    for (const part of [`${number} 0 obj\n`, ...parts, '\nendobj\n']) write(part);
  }
  const kept = [...file.trailer.entries].filter(([key]) => !['Size', 'Prev'].includes(key));
  const trailer = kept.map(([key, value]) => `/${writeName(key)} ${writeValue(value)}`).join(' ');
  write(
    `xref\n${lines.join('')}trailer\n<< /Size ${size} /Prev ${file.startXref} ${trailer} >>\nstartxref\n${length}\n%%EOF\n`,
  );
  return Buffer.concat(pieces, length);
}

/** A value in PDF syntax. Streams are not rewritten. */
export function writeValue(value: PdfValue): string {
  switch (value.kind) {
    case 'array':
      return `[${value.items.map(writeValue).join(' ')}]`;
    case 'dictionary':
      return `<< ${[...value.entries].map(([key, item]) => `/${writeName(key)} ${writeValue(item)}`).join(' ')} >>`;
    case 'string':
      return value.isHex ? `<${value.bytes.toString('hex')}>` : `(${value.bytes.toString('latin1')})`;
    case 'reference':
      return `${value.number} ${value.generation} R`;
    case 'name':
      return `/${writeName(value.value)}`;
    case 'null':
      return 'null';
    case 'stream':
      throw new Malformed('a stream cannot be written as a value');
    default:
      return String(value.value);
  }
}

function writeName(name: string): string {
  return name.replace(/[^\w.+*-]/g, (char) => `#${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** A text for people as a hexadecimal string in UTF-16 with its mark. */
export function writeText(text: string): string {
  return `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;
}
