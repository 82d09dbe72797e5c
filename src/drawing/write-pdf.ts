import { createHash } from 'node:crypto';
import { Problem } from '../core/index.ts';
import { type UsedFont, useFont } from './embed-font.ts';
import type { Fonts, Weight } from './fonts.ts';
import { readJpeg } from './jpeg.ts';
import { type FileFacts, writeArchiveEntries, writeInfo } from './metadata.ts';
import { drawOrnaments } from './ornaments.ts';
import type { ComposedPage, Mark } from './page.ts';
import { compress, createPdfFile, type PdfFile, packed, type Ref } from './pdf-file.ts';
import { greatestPhotoBytes } from './photo.ts';
import type { PageTemplate } from './template.ts';
import { type Box, decimal, setColour, toPdfOperators } from './vector.ts';

/** Points in a millimetre. */
const points = 72 / 25.4;

/** Where a seal goes, as PDF counts: page from 0, rectangle in points from the lower left corner. */
export interface SealPlace {
  name: string;
  page: number;
  rect: readonly [left: number, bottom: number, right: number, top: number];
}

/** Compressed operators of grounds: the same for every licence of a template, so drawn and compressed once. */
export type GroundCache = WeakMap<PageTemplate, Buffer>;

interface Writing {
  file: PdfFile;
  fonts: Fonts;
  used: Record<Weight, UsedFont>;
  grounds: GroundCache;
  picture: EmbeddedPicture | undefined;
}

interface EmbeddedPicture {
  ref: Ref;
  /** Width by height. */
  shape: number;
}

/**
 * Writes composed pages as PDF/A-2b. Equal input makes equal bytes.
 * @throws {Problem} picture-not-usable
 */
export async function writePdf(
  fonts: Fonts,
  grounds: GroundCache,
  pages: readonly ComposedPage[],
  { picture, ...facts }: FileFacts & { picture?: Uint8Array | undefined },
): Promise<Uint8Array> {
  const file = createPdfFile();
  const [catalogue, tree] = [file.reserve(), file.reserve()];
  const writing: Writing = {
    file,
    fonts,
    grounds,
    used: { regular: useFont(fonts.regular, 'regular'), bold: useFont(fonts.bold, 'bold') },
    picture: picture && embedPicture(file, picture),
  };
  const fingerprint = createHash('sha256').update(`${facts.at}`);
  const streams = pages.map((page) => {
    const content = contentOf(page, writing);
    fingerprint.update(content);
    return file.addPacked(content);
  });
  const regular = writing.used.regular.embed(file);
  const bold = writing.used.bold.embed(file);
  const font = `<< ${regular ? `/R ${regular}` : ''} ${bold ? `/B ${bold}` : ''} >>`;
  const leaves = pages.map((page, n) => {
    const ground = page.ground && writeGround(page.ground, writing);
    const figures = `<< ${ground ? `/G ${ground}` : ''} ${writing.picture ? `/P ${writing.picture.ref}` : ''} >>`;
    const size = page.size.map((side) => decimal(side * points, 5)).join(' ');
    return file.add(
      `<< /Type /Page /Parent ${tree} /MediaBox [0 0 ${size}] /Contents ${streams[n]}\n/Resources << /Font ${font} /XObject ${figures} >> >>`,
    );
  });
  file.write(tree, `<< /Type /Pages /Kids [${leaves.join(' ')}] /Count ${leaves.length} >>`);
  const archive = await writeArchiveEntries(file, facts);
  file.write(
    catalogue,
    `<< /Type /Catalog /Pages ${tree} /Lang (zh-CN) /ViewerPreferences << /DisplayDocTitle true >> ${archive} >>`,
  );
  const id = `<${fingerprint.digest('hex').slice(0, 32)}>`;
  return file.finish(`/Root ${catalogue} /Info ${writeInfo(file, facts)} /ID [${id} ${id}]`);
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
  if (mark.mark === 'picture') return picture ? paintPicture(mark.box, picture.shape) : '';
  const { text, at, size, weight, colour, spacing } = mark;
  const face = weight === 'bold' ? '/B' : '/R';
  const place = `1 0 0 -1 ${decimal(at[0], 3)} ${decimal(at[1], 3)} Tm`;
  return `BT ${setColour(colour, 'rg')} ${face} ${decimal(size, 3)} Tf ${decimal(spacing, 3)} Tc ${place} <${used[weight].encode(text)}> Tj ET`;
}

/** Fills the box with the middle of the picture: never stretched, what lies over is cut off. */
function paintPicture([x, y, width, height]: Box, shape: number): string {
  const [wide, high] = [Math.max(width, height * shape), Math.max(height, width / shape)];
  const [left, bottom] = [x + (width - wide) / 2, y + (height + high) / 2];
  const clip = `${[x, y, width, height].map((side) => decimal(side)).join(' ')} re W n`;
  return `q ${clip} ${decimal(wide, 3)} 0 0 -${decimal(high, 3)} ${decimal(left, 3)} ${decimal(bottom, 3)} cm /P Do Q`;
}

/** The ground as a form of its own, in the page's millimetres. */
function writeGround(page: PageTemplate, { file, fonts, grounds }: Writing): Ref {
  let compressed = grounds.get(page);
  if (!compressed) {
    compressed = compress(toPdfOperators(drawOrnaments(page.ground, fonts)));
    grounds.set(page, compressed);
  }
  const box = `[0 0 ${page.size.join(' ')}]`;
  return file.addStream(compressed, `/Type /XObject /Subtype /Form /BBox ${box} /Resources << >> ${packed}`);
}

function embedPicture(file: PdfFile, bytes: Uint8Array): EmbeddedPicture {
  const jpeg = bytes.length <= greatestPhotoBytes ? readJpeg(bytes) : undefined;
  // Four inks would need an output intent of their own.
  if (!jpeg || typeof jpeg === 'string') throw new Problem('picture-not-usable');
  const { width, height, components } = jpeg;
  const colours = components === 1 ? 'DeviceGray' : 'DeviceRGB';
  const form = `/Width ${width} /Height ${height} /BitsPerComponent 8 /ColorSpace /${colours}`;
  const ref = file.addStream(jpeg.bytes, `/Type /XObject /Subtype /Image ${form} /Filter /DCTDecode`);
  return { ref, shape: width / height };
}
