import { createHash } from 'node:crypto';
import { Problem } from '../core/index.ts';
import { Malformed } from './der.ts';
import { numberIn, openRevision, type PdfRevision, UnreadableFile } from './pdf-file.ts';
import type { PdfDictionary, PdfValue } from './pdf-lexer.ts';
import { createUpdate, writeText, writeValue } from './pdf-update.ts';
import type { SealPicture, SealPlace } from './port.ts';

/** Most bytes that a file keeps for the CMS: signature, two-level chain and the time stamps that carry most. */
export const placeholderBytes = 16_384;

const greatestPages = 2_000;

/** What to seal and where. */
export interface SealRequest {
  /** An unsigned PDF with a cross-reference table. */
  pdf: Uint8Array;
  picture: SealPicture;
  place: SealPlace;
  /** Stated in /M; the time that counts is the time stamp's. Milliseconds since the epoch. */
  at: number;
  /** Stated as the reason, for people. */
  reason?: string;
  /** Bytes to keep for the CMS; `placeholderBytes` unless it is known to need less. Twice as many lie in the file. */
  room?: number;
}

/** A file that lacks only its CMS. It may travel to where the key is; only `digest` need. */
export interface PreparedSeal {
  pdf: Buffer;
  /** SHA-256 of the signed byte range. */
  digest: Buffer;
  /** The hexadecimal string for the CMS, its brackets included: what the range leaves out. */
  contents: { start: number; end: number };
}

/**
 * Appends the seal's field, picture and empty signature to the file as one more revision, so that not a byte of what was
 * drawn changes, and certifies the file: no change is permitted after the seal.
 * @throws {Problem} pdf-not-sealable
 * @see ISO 32000-1 12.8.2.2 (DocMDP, P 1), ETSI EN 319 142-1 5.3
 */
export async function prepareSeal(request: SealRequest): Promise<PreparedSeal> {
  const { pdf, signatureAt } = withPlaceholder(request);
  return { pdf, ...setByteRange(pdf, signatureAt) };
}

/**
 * Puts the CMS into the prepared file.
 * @throws {Problem} seal-too-large when it does not fit
 */
export function completeSeal({ pdf, contents: { start, end } }: PreparedSeal, cms: Buffer): Buffer {
  if (cms.length * 2 > end - start - 2) throw new Problem('seal-too-large');
  const sealed = Buffer.from(pdf);
  // The rest of the place is zeros already.
  sealed.write(cms.toString('hex'), start + 1, 'latin1');
  return sealed;
}

const rangePlaceholder = '/ByteRange [0 /********** /********** /**********]';

/** Writes the range around the place for the CMS; answers the SHA-256 of what it covers. No copy: a file may have megabytes. */
function setByteRange(pdf: Buffer, signatureAt: number): Omit<PreparedSeal, 'pdf'> {
  const at = pdf.indexOf(rangePlaceholder, signatureAt, 'latin1');
  const start = pdf.indexOf('/Contents <', at, 'latin1') + '/Contents '.length;
  const end = pdf.indexOf('>', start, 'latin1') + 1;
  const range = `/ByteRange [0 ${start} ${end} ${pdf.length - end}]`;
  pdf.write(range.padEnd(rangePlaceholder.length), at, 'latin1');
  const digest = createHash('sha256').update(pdf.subarray(0, start)).update(pdf.subarray(end)).digest();
  return { digest, contents: { start, end } };
}

interface WithPlaceholder {
  pdf: Buffer;
  /** Where the object of the signature begins. */
  signatureAt: number;
}

function withPlaceholder(request: SealRequest): WithPlaceholder {
  try {
    const { buffer, byteOffset, byteLength } = request.pdf;
    return append(request, openRevision(Buffer.from(buffer, byteOffset, byteLength)));
  } catch (cause) {
    if (cause instanceof Malformed || cause instanceof UnreadableFile)
      throw new Problem('pdf-not-sealable', { cause });
    throw cause;
  }
}

function append(request: SealRequest, file: PdfRevision): WithPlaceholder {
  const root = file.trailer.entries.get('Root');
  const catalogue = file.dictionary(root);
  if (!file.hasTable || root?.kind !== 'reference' || catalogue.entries.has('AcroForm'))
    throw new Malformed('signed already, or saved with object streams');
  const page = findPage(file, catalogue, request.place);
  const update = createUpdate(file);
  const signature = update.add(signatureText(request));
  const picture = update.add(...pictureParts(request.picture));
  const widget = update.add(widgetText({ place: request.place, page: page.reference, signature, picture }));
  const annotations = file.resolve(page.dictionary.entries.get('Annots'));
  const before = annotations.kind === 'array' ? annotations.items : [];
  update.replace(
    page.reference,
    writeValue(withEntry(page.dictionary, 'Annots', listOf([...before, refer(widget)]))),
  );
  const form: PdfValue = dictionaryOf({
    Fields: listOf([refer(widget)]),
    SigFlags: { kind: 'number', value: 3 },
  });
  const certified = dictionaryOf({ DocMDP: refer(signature) });
  const sealed = withEntry(withEntry(catalogue, 'AcroForm', form), 'Perms', certified);
  update.replace(root.number, writeValue(sealed));
  return { pdf: update.finish(), signatureAt: update.offsetOf(signature) };
}

function signatureText({ at, reason, room = placeholderBytes }: SealRequest): string {
  const date = new Date(at).toISOString().replace(/[-:T]|\.\d+Z/g, '');
  return [
    '<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached',
    rangePlaceholder,
    `/Contents <${'0'.repeat(room * 2)}>`,
    `/M (D:${date}Z)${reason ? ` /Reason ${writeText(reason)}` : ''}`,
    '/Reference [<< /Type /SigRef /TransformMethod /DocMDP',
    '/TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>] >>',
  ].join('\n');
}

function pictureParts({ bbox, content, isDeflated = false }: SealPicture): (string | Uint8Array)[] {
  const filter = isDeflated ? '/Filter /FlateDecode ' : '';
  const dictionary = `<< /Type /XObject /Subtype /Form /BBox [${bbox.join(' ')}] /Resources << >> ${filter}/Length ${content.length} >>`;
  return [`${dictionary}\nstream\n`, content, '\nendstream'];
}

/** 132: printed and locked, as PDF/A and a seal want it. */
function widgetText(parts: { place: SealPlace; page: number; signature: number; picture: number }): string {
  const { place, page, signature, picture } = parts;
  if (!/^[\w-]{1,64}$/.test(place.name)) throw new Malformed('not the name of a field');
  return `<< /Type /Annot /Subtype /Widget /FT /Sig /T (${place.name}) /F 132 /Rect [${place.rect.join(' ')}] /P ${page} 0 R /V ${signature} 0 R /AP << /N ${picture} 0 R >> >>`;
}

/** The page by number, in order of reading; its box must hold the place. */
function findPage(file: PdfRevision, catalogue: PdfDictionary, place: SealPlace) {
  const waiting: PdfValue[] = [catalogue.entries.get('Pages') ?? { kind: 'null' }];
  let number = 0;
  for (let seen = 0; seen < greatestPages && waiting.length > 0; seen += 1) {
    const next = waiting.shift();
    const dictionary = file.dictionary(next);
    const kids = file.resolve(dictionary.entries.get('Kids'));
    if (kids.kind === 'array') waiting.unshift(...kids.items);
    else if (number === place.page && next?.kind === 'reference') {
      requireInside(file, dictionary, place);
      return { dictionary, reference: next.number };
    } else number += 1;
  }
  throw new Malformed('no such page');
}

function requireInside(file: PdfRevision, page: PdfDictionary, place: SealPlace): void {
  let holder = page;
  for (
    let depth = 0;
    !holder.entries.has('MediaBox') && holder.entries.has('Parent') && depth < 32;
    depth += 1
  )
    holder = file.dictionary(holder.entries.get('Parent'));
  const box = file.resolve(holder.entries.get('MediaBox'));
  const sides = box.kind === 'array' ? box.items.map((side) => file.resolve(side)) : [];
  const [left = 0, bottom = 0, right = 0, top = 0] = sides.map((side) =>
    side.kind === 'number' ? side.value : 0,
  );
  const [l, b, r, t] = place.rect;
  if (!(l >= left && b >= bottom && r > l && t > b && r <= right && t <= top))
    throw new Malformed('the seal is not on the page');
  if ((numberIn(page, 'Rotate') ?? 0) !== 0) throw new Malformed('the page is turned');
}

const refer = (number: number): PdfValue => ({ kind: 'reference', number, generation: 0 });
const listOf = (items: readonly PdfValue[]): PdfValue => ({ kind: 'array', items });
const dictionaryOf = (entries: Record<string, PdfValue>): PdfDictionary => ({
  kind: 'dictionary',
  entries: new Map(Object.entries(entries)),
});
const withEntry = (dictionary: PdfDictionary, key: string, value: PdfValue): PdfDictionary => ({
  kind: 'dictionary',
  entries: new Map(dictionary.entries).set(key, value),
});
