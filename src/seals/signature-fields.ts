import { Malformed } from './der.ts';
import { nameIn, type PdfRevision } from './pdf-file.ts';
import type { PdfDictionary, PdfValue } from './pdf-lexer.ts';

/** A signature field that is signed. */
export interface SignatureField {
  name: string;
  /** Number of the signature's object: it stands by itself, since its place in the file matters. */
  object: number;
  dictionary: PdfDictionary;
}

const greatestFields = 200;

/**
 * The signed fields of the form, by the parsed document: what merely looks like a signature in the bytes is none.
 * `hasForm` tells that there are fields of other kinds.
 * @throws {Malformed}
 */
export function findSignatureFields(file: PdfRevision): { fields: SignatureField[]; hasForm: boolean } {
  const catalogue = file.dictionary(file.trailer.entries.get('Root'));
  const form = file.resolve(catalogue.entries.get('AcroForm'));
  if (form.kind !== 'dictionary') return { fields: [], hasForm: false };
  const list = file.resolve(form.entries.get('Fields'));
  const waiting = list.kind === 'array' ? [...list.items] : [];
  const fields: SignatureField[] = [];
  let hasForm = form.entries.has('XFA');
  for (let seen = 0; waiting.length > 0; seen += 1) {
    if (seen > greatestFields) throw new Malformed('too many fields');
    const field = file.dictionary(waiting.shift());
    const value = field.entries.get('V');
    if (nameIn(field, 'FT') !== 'Sig' || field.entries.has('Kids')) hasForm = true;
    else if (value && file.resolve(value).kind !== 'null') fields.push(readField(file, field, value));
  }
  return { fields, hasForm };
}

function readField(file: PdfRevision, field: PdfDictionary, value: PdfValue): SignatureField {
  if (value.kind !== 'reference') throw new Malformed('a signature stands inside its field');
  const entry = file.entries.get(value.number);
  if (!entry || 'packedIn' in entry) throw new Malformed('a signature is packed away');
  const name = file.resolve(field.entries.get('T'));
  return {
    name:
      name.kind === 'string'
        ? name.bytes
            .toString('latin1')
            .replace(/[^\x20-\x7e]/g, '')
            .slice(0, 64)
        : '',
    object: value.number,
    dictionary: file.dictionary(value),
  };
}

const activeKeys: ReadonlySet<string> = new Set([
  'AA',
  'AF',
  'EF',
  'EmbeddedFiles',
  'JS',
  'JavaScript',
  'OC',
  'OCProperties',
  'OpenAction',
  'RichMediaContent',
  'XFA',
]);
const activeNames: ReadonlySet<string> = new Set([
  'JavaScript',
  'Launch',
  'OCG',
  'OCMD',
  'RichMedia',
  'SubmitForm',
]);

/** Whether any object of the file can act, hide or carry something: a licence has no use for it, a forger has. @throws {Malformed} */
export function hasActiveContent(file: PdfRevision): boolean {
  for (const number of file.entries.keys()) if (isActive(file.object(number))) return true;
  return false;
}

function isActive(value: PdfValue): boolean {
  if (value.kind === 'name') return activeNames.has(value.value);
  if (value.kind === 'array') return value.items.some(isActive);
  if (value.kind === 'stream') return isActive(value.dictionary);
  if (value.kind !== 'dictionary') return false;
  return [...value.entries].some(([key, item]) => activeKeys.has(key) || isActive(item));
}
