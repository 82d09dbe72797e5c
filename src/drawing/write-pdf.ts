import { createHash } from 'node:crypto';
import {
  JpegEmbedder,
  type PDFContext,
  PDFDocument,
  PDFHexString,
  PDFName,
  type PDFRef,
} from '@cantoo/pdf-lib';
import { Problem } from '../core/index.ts';
import { type UsedFont, useFont } from './embed-font.ts';
import type { Fonts, Weight } from './fonts.ts';
import { drawOrnaments } from './ornaments.ts';
import type { ComposedPage, Mark } from './page.ts';
import { compress, writeCompressed, writeStream } from './streams.ts';
import type { PageTemplate } from './template.ts';
import { type Box, decimal, setColour, toPdfOperators } from './vector.ts';

/** Points in a millimetre. */
const points = 72 / 25.4;

/** What a file needs besides its pages. */
export interface FileFacts {
  title: string;
  /** Milliseconds since 1970: becomes creation and modification date. */
  at: number;
  picture?: Uint8Array | undefined;
}

/** Where a seal goes, as PDF counts: page from 0, rectangle in points from the lower left corner. */
export interface SealPlace {
  name: string;
  page: number;
  rect: readonly [left: number, bottom: number, right: number, top: number];
}

/** Compressed operators of grounds: the same for every licence of a template, so drawn and compressed once. */
export type GroundCache = WeakMap<PageTemplate, Buffer>;

interface Writing {
  context: PDFContext;
  fonts: Fonts;
  used: Record<Weight, UsedFont>;
  grounds: GroundCache;
  picture: PDFRef | undefined;
}

/**
 * Writes composed pages as PDF/A-2b. Equal input makes equal bytes.
 * @throws {Problem} picture-not-usable
 */
export async function writePdf(
  fonts: Fonts,
  grounds: GroundCache,
  pages: readonly ComposedPage[],
  { title, at, picture }: FileFacts,
): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false });
  const { context } = document;
  const writing: Writing = {
    context,
    fonts,
    grounds,
    used: { regular: useFont(fonts.regular, 'regular'), bold: useFont(fonts.bold, 'bold') },
    picture: picture && (await embedPicture(context, picture)),
  };
  const fingerprint = createHash('sha256').update(`${at}`);
  const streams = pages.map((page) => {
    const content = contentOf(page, writing);
    fingerprint.update(content);
    return writeStream(context, content);
  });
  const regular = writing.used.regular.embed(context);
  const bold = writing.used.bold.embed(context);
  const Font = context.obj({ ...(regular ? { R: regular } : {}), ...(bold ? { B: bold } : {}) });
  for (const [n, page] of pages.entries()) {
    const ground = page.ground && writeGround(page.ground, writing);
    const XObject = { ...(ground ? { G: ground } : {}), ...(writing.picture ? { P: writing.picture } : {}) };
    const { node } = document.addPage([page.size[0] * points, page.size[1] * points]);
    node.set(PDFName.of('Resources'), context.obj({ Font, XObject }));
    const stream = streams[n];
    if (stream) node.set(PDFName.of('Contents'), stream);
  }
  const id = PDFHexString.of(fingerprint.digest('hex').slice(0, 32));
  context.trailerInfo.ID = context.obj([id, id]);
  document.setTitle(title, { showInWindowTitleBar: true });
  document.setLanguage('zh-CN');
  document.setProducer('Tongxing');
  document.setCreator('Tongxing');
  document.setCreationDate(new Date(at));
  document.setModificationDate(new Date(at));
  document.convertToPDFA({ conformance: '2B' });
  return document.save({ useObjectStreams: false });
}

/** The places for seals of composed pages, as PDF counts them. */
export function sealPlacesOf(pages: readonly ComposedPage[]): SealPlace[] {
  return pages.flatMap(({ seals, size }, page) =>
    seals.map(({ name, box: [x, y, width, height] }): SealPlace => {
      const inPoints = (value: number) => Number((value * points).toFixed(3));
      const [left, bottom] = [inPoints(x), inPoints(size[1] - y - height)];
      return { name, page, rect: [left, bottom, inPoints(x + width), inPoints(size[1] - y)] };
    }),
  );
}

/** Turns the page upside down and into millimetres once; all else is written in the coordinates of templates. */
const frame = (height: number): string =>
  `${decimal(points, 5)} 0 0 -${decimal(points, 5)} 0 ${decimal(height * points, 3)} cm`;

function contentOf({ size, ground, marks }: ComposedPage, writing: Writing): string {
  const lines = ['q', frame(size[1])];
  if (ground) lines.push('/G Do');
  for (const mark of marks) lines.push(operatorsOf(mark, writing));
  lines.push('Q');
  return lines.join('\n');
}

function operatorsOf(mark: Mark, { used, picture }: Writing): string {
  if (mark.mark === 'shapes') return toPdfOperators(mark.shapes, 3);
  if (mark.mark === 'picture') return picture ? paintPicture(mark.box) : '';
  const { text, at, size, weight, colour, spacing } = mark;
  const face = weight === 'bold' ? '/B' : '/R';
  const place = `1 0 0 -1 ${decimal(at[0], 3)} ${decimal(at[1], 3)} Tm`;
  return `BT ${setColour(colour, 'rg')} ${face} ${decimal(size, 3)} Tf ${decimal(spacing, 3)} Tc ${place} <${used[weight].encode(text)}> Tj ET`;
}

const paintPicture = ([x, y, width, height]: Box): string =>
  `q ${decimal(width)} 0 0 -${decimal(height)} ${decimal(x)} ${decimal(y + height)} cm /P Do Q`;

/** The ground as a form of its own, in the page's millimetres. */
function writeGround(page: PageTemplate, { context, fonts, grounds }: Writing): PDFRef {
  let compressed = grounds.get(page);
  if (!compressed) {
    compressed = compress(toPdfOperators(drawOrnaments(page.ground, fonts)));
    grounds.set(page, compressed);
  }
  const form = { Type: 'XObject', Subtype: 'Form', BBox: [0, 0, ...page.size], Resources: {} };
  return writeCompressed(context, compressed, form);
}

/** Larger pictures than any licence needs; a guard against files that are not photos. */
const largestPicture = 2 * 1024 * 1024;

async function embedPicture(context: PDFContext, bytes: Uint8Array): Promise<PDFRef> {
  if (bytes.length > largestPicture) throw new Problem('picture-not-usable');
  try {
    const jpeg = await JpegEmbedder.for(bytes);
    // Four inks would need an output intent of their own.
    if (String(jpeg.colorSpace) === 'DeviceCMYK') throw new Problem('picture-not-usable');
    return await jpeg.embedIntoContext(context);
  } catch (cause) {
    throw cause instanceof Problem ? cause : new Problem('picture-not-usable', { cause });
  }
}
