import { deflateSync } from 'node:zlib';

/** What stands for an object in the others. */
export type Ref = `${number} 0 R`;

/** A PDF on its way: objects in PDF syntax, numbered as they come. */
export interface PdfFile {
  add(text: string): Ref;
  /** A stream as it is; the text is what its dictionary says besides the length. */
  addStream(bytes: Uint8Array, entries?: string): Ref;
  /** A stream to be compressed. */
  addPacked(content: Uint8Array | string, entries?: string): Ref;
  /** A number for an object that others name before it is written. */
  reserve(): Ref;
  write(ref: Ref, text: string): void;
  /** The file, with one cross-reference table. */
  finish(trailer: string): Buffer;
}

/** What is compressed: by the runtime's own zlib, several times as fast as one in JavaScript. */
export const compress = (content: Uint8Array | string): Buffer => deflateSync(content);

/** Says that a stream is compressed. */
export const packed = '/Filter /FlateDecode';

/** Begins a file. @see ISO 32000-1 7.5, ISO 19005-2 6.1 */
export function createPdfFile(): PdfFile {
  const objects: (readonly (string | Uint8Array)[])[] = [];
  const reserve = (): Ref => `${objects.push([])} 0 R`;
  const put = (ref: Ref, ...parts: readonly (string | Uint8Array)[]): Ref => {
    objects[Number.parseInt(ref, 10) - 1] = parts;
    return ref;
  };
  const addStream: PdfFile['addStream'] = (bytes, entries = '') =>
    put(reserve(), `<< ${entries} /Length ${bytes.length} >>\nstream\n`, bytes, '\nendstream');
  return {
    reserve,
    write: (ref, text) => void put(ref, text),
    add: (text) => put(reserve(), text),
    addStream,
    addPacked: (content, entries = '') => addStream(compress(content), `${entries} ${packed}`),
    finish: (trailer) => assemble(objects, trailer),
  };
}

function assemble(objects: readonly (readonly (string | Uint8Array)[])[], trailer: string): Buffer {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const write = (part: string | Uint8Array): void => {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    pieces.push(bytes);
    length += bytes.length;
  };
  // Four bytes beyond ASCII say that this is not a text.
  write('%PDF-1.7\n%\x81\x81\x81\x81\n');
  const offsets: number[] = [];
  for (const [index, parts] of objects.entries()) {
    offsets.push(length);
    write(`${index + 1} 0 obj\n`);
    for (const part of parts) write(part);
    write('\nendobj\n');
  }
  const start = length;
  const lines = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  write(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines.join('')}`);
  write(`trailer\n<< /Size ${objects.length + 1} ${trailer} >>\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.concat(pieces, length);
}

/** A text for people: UTF-16 with its mark, in hexadecimal. */
export const textString = (text: string): string =>
  `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()}>`;
