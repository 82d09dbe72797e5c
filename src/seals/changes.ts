import type { PdfRevision } from './pdf-file.ts';
import { createLexer, type PdfDictionary, type PdfValue, showValue } from './pdf-lexer.ts';

/** What was done to a file after one of its revisions was signed. */
export type Changes = 'none' | 'allowed' | 'forbidden';

/** Entries of the catalogue that may come after sealing: validation data, and the marks of the extensions they need. */
const laterKeys: ReadonlySet<string> = new Set(['DSS', 'Extensions']);

/**
 * Compares the signed revision with the whole file, object by object. One kind of change is allowed: a single revision
 * that adds validation data (/DSS). Whatever else was written, replaced, freed or merely left lying about in the appended
 * bytes is forbidden, whether it shows or not: what a reader makes of it is the reader's secret.
 * @throws {Malformed}
 * @see ETSI EN 319 142-1 5.4.2, ISO 32000-1 12.8.2.2
 */
export function findChanges(signed: PdfRevision, whole: PdfRevision): Changes {
  if (signed.bytes.length === whole.bytes.length) return 'none';
  const differing = [...whole.entries].filter(
    ([number, entry]) => !isSame(signed.entries.get(number), entry),
  );
  const isFreed = [...signed.entries.keys()].some((number) => !whole.entries.has(number));
  if (isFreed || !whole.hasTable || !isSameTrailer(signed, whole)) return 'forbidden';
  const offsets = new Set(differing.map(([, entry]) => ('packedIn' in entry ? -1 : entry.offset)));
  if (!isTiled(whole, signed.bytes.length, offsets)) return 'forbidden';
  return isOnlyValidationData(signed, whole, new Set(differing.map(([number]) => number)))
    ? 'allowed'
    : 'forbidden';
}

function isSame(before: object | undefined, after: object): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

function isSameTrailer(signed: PdfRevision, whole: PdfRevision): boolean {
  const previous = whole.trailer.entries.get('Prev');
  const isNext = previous?.kind === 'number' && previous.value === signed.startXref;
  const shown = (file: PdfRevision) => showValue(without(file.trailer, new Set(['Size', 'Prev'])));
  return isNext && shown(signed) === shown(whole);
}

/** The appended bytes are the listed objects, one cross-reference and nothing between: no object hides from the list. */
function isTiled(whole: PdfRevision, from: number, offsets: ReadonlySet<number>): boolean {
  let at = from;
  const seen = new Set<number>();
  const skip = () => {
    while (/[\r\n \t]/.test(whole.bytes.toString('latin1', at, at + 1))) at += 1;
  };
  for (skip(); at < whole.startXref; skip()) {
    if (!offsets.has(at)) return false;
    seen.add(at);
    at = whole.readAt(at).end;
  }
  if (at !== whole.startXref || seen.size !== offsets.size) return false;
  return /^\s*startxref\s+\d+\s+%%EOF\s*$/.test(whole.bytes.toString('latin1', endOfTrailer(whole)));
}

function endOfTrailer(whole: PdfRevision): number {
  const lexer = createLexer(whole.bytes, whole.startXref + 4);
  while (!lexer.takes('trailer')) {
    lexer.value();
    const count = lexer.value();
    lexer.skipSpace();
    lexer.seek(lexer.position() + (count.kind === 'number' ? count.value * 20 : 0));
  }
  lexer.value();
  return lexer.position();
}

function isOnlyValidationData(signed: PdfRevision, whole: PdfRevision, numbers: Set<number>): boolean {
  const root = whole.trailer.entries.get('Root');
  if (root?.kind !== 'reference' || !numbers.delete(root.number)) return false;
  const [before, after] = [signed.dictionary(root), whole.dictionary(root)];
  if (showValue(without(before, laterKeys)) !== showValue(without(after, laterKeys))) return false;
  const data = after.entries.get('DSS');
  const reached = new Set<number>();
  if (data) reach(whole, data, reached);
  // An object that was there before may not become validation data: it is something else already.
  return [...numbers].every((number) => reached.has(number) && !signed.entries.has(number));
}

function reach(file: PdfRevision, value: PdfValue, reached: Set<number>): void {
  if (value.kind === 'reference') {
    if (reached.has(value.number)) return;
    reached.add(value.number);
    reach(file, file.object(value.number), reached);
  } else if (value.kind === 'array') for (const item of value.items) reach(file, item, reached);
  else if (value.kind === 'stream') reach(file, value.dictionary, reached);
  else if (value.kind === 'dictionary') for (const item of value.entries.values()) reach(file, item, reached);
}

function without(dictionary: PdfDictionary, keys: ReadonlySet<string>): PdfDictionary {
  return { kind: 'dictionary', entries: new Map([...dictionary.entries].filter(([key]) => !keys.has(key))) };
}
