import { openRevision, type PdfRevision } from '../../src/seals/pdf-file.ts';
import type { PdfValue } from '../../src/seals/pdf-lexer.ts';
import { createUpdate, type PdfUpdate, writeValue } from '../../src/seals/pdf-update.ts';

/** What an update may do besides adding objects: rewrite one by changing its text. */
export interface Forger extends PdfUpdate {
  file: PdfRevision;
  /** Writes an object anew, its text passed through `change`. */
  rewrite(number: number, change: (text: string) => string): void;
}

/** Appends a revision to a file, as an attacker with an editor would. */
export function appendUpdate(pdf: Buffer, forge: (forger: Forger) => void): Buffer {
  const file = openRevision(pdf);
  const update = createUpdate(file);
  const rewrite = (number: number, change: (text: string) => string) =>
    update.replace(number, change(textOf(file.object(number))));
  forge({ ...update, file, rewrite });
  return update.finish();
}

function textOf(value: PdfValue): string {
  if (value.kind !== 'stream') return writeValue(value);
  return `${writeValue(value.dictionary)}\nstream\n${value.data.toString('latin1')}\nendstream`;
}

/** Replaces bytes without moving any. */
export function overwrite(pdf: Buffer, from: string, to: string): Buffer {
  const at = pdf.lastIndexOf(from, undefined, 'latin1');
  if (at < 0 || from.length !== to.length) throw new Error(`nothing to overwrite: ${from}`);
  const copy = Buffer.from(pdf);
  copy.write(to, at, 'latin1');
  return copy;
}

/** The CMS of the first signature, without its filling. */
export function cmsOf(pdf: Buffer): Buffer {
  const at = pdf.indexOf('/Contents <3') + '/Contents <'.length;
  const bytes = Buffer.from(pdf.toString('latin1', at, pdf.indexOf('>', at)), 'hex');
  return bytes.subarray(0, 4 + bytes.readUInt16BE(2));
}

/** Puts another CMS in its place. */
export function withCms(pdf: Buffer, cms: Buffer): Buffer {
  const at = pdf.indexOf('/Contents <3') + '/Contents <'.length;
  const copy = Buffer.from(pdf);
  const room = pdf.indexOf('>', at) - at;
  copy.write(cms.toString('hex').padEnd(room, '0'), at, 'latin1');
  return copy;
}
