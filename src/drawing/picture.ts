import type { PDFiumDocument, PDFiumLibrary } from '@hyzyla/pdfium';
import { Problem } from '../core/index.ts';

/** What a PDF file looks like, seals included: all its pages in one picture. */
export interface FilePicture {
  /** JPEG. */
  bytes: Uint8Array;
  /** Pixels. */
  width: number;
  height: number;
}

/** More pages than any licence has; what comes after them is left out. */
const mostPages = 8;
/** A page may be so many times as high as it is wide: bounds the memory that one page takes. */
const mostShape = 3;
const quality = 80;
/** Between two pages, in parts of the width, and its colour (RGBA). */
const gap = { share: 1 / 48, colour: Buffer.from([0xd8, 0xdf, 0xe6, 0xff]) };

async function loadTools() {
  const [{ PDFiumLibrary }, { default: sharp }] = await Promise.all([
    import('@hyzyla/pdfium'),
    import('sharp'),
  ]);
  // One picture at a time and never the same again: more threads or a cache would only take memory.
  sharp.concurrency(1);
  sharp.cache(false);
  return { pdfium: await PDFiumLibrary.init(), sharp };
}

/** Makes the painter of pictures. What it needs is loaded with the first one, some 50 MB: drawing in bulk does not pay for it. */
export function createPainter() {
  let tools: ReturnType<typeof loadTools> | undefined;
  return {
    /**
     * Paints the file so many pixels wide, its pages one under the other.
     * @throws {Problem} file-not-paintable
     */
    async renderPicture(pdf: Uint8Array, width: number): Promise<FilePicture> {
      tools ??= loadTools();
      const { pdfium, sharp } = await tools;
      const pages = await paint(pdfium, pdf, width).catch((cause: unknown) => {
        // Whatever a damaged file has left in PDFium's memory goes with it; the next picture has a fresh one.
        tools = undefined;
        throw new Problem('file-not-paintable', { cause });
      });
      const between = Buffer.alloc(Math.round(width * gap.share) * width * 4, gap.colour);
      const pixels = Buffer.concat(pages.flatMap((page, n) => (n === 0 ? [page] : [between, page])));
      const height = pixels.length / width / 4;
      const bytes = await sharp(pixels, { raw: { width, height, channels: 4 } })
        .removeAlpha()
        .jpeg({ quality })
        .toBuffer();
      return { bytes, width, height };
    },
  };
}

/** The pages as pixels (RGBA), all of the same width. */
async function paint(pdfium: PDFiumLibrary, pdf: Uint8Array, width: number): Promise<Uint8Array[]> {
  const document = await pdfium.loadDocument(pdf);
  try {
    const pages: Uint8Array[] = [];
    const count = Math.min(document.getPageCount(), mostPages);
    if (count === 0) throw new Error('the file has no page');
    for (let n = 0; n < count; n++) pages.push(await paintPage(document, n, width));
    return pages;
  } finally {
    document.destroy();
  }
}

async function paintPage(document: PDFiumDocument, n: number, width: number): Promise<Uint8Array> {
  const page = document.getPage(n);
  const { originalWidth, originalHeight } = page.getOriginalSize();
  const shape = originalHeight / originalWidth;
  if (!(shape > 0 && shape <= mostShape)) throw new Error(`page ${n} has no size that could be painted`);
  // A seal is the appearance of a signature field, so the fields are drawn too.
  const { data } = await page.render({ width, height: Math.ceil(width * shape), renderFormFields: true });
  return data;
}
