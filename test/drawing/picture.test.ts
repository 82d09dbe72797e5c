import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import jsqr from 'jsqr';
import sharp from 'sharp';
import {
  createDrawingPool,
  type DrawingPool,
  openDrawing,
  previewTemplate,
  sealForm,
  type TemplateName,
} from '../../src/drawing/index.ts';
import { sealFile } from '../../src/seals/index.ts';
import { pki } from '../seals/trust.ts';
import { pkiNow, signerOf } from '../support/pki.ts';
import { makePdf, plainObjects } from '../support/sealed-pdf.ts';

let pool: DrawingPool;

beforeAll(() => {
  // One worker, so that whatever one picture breaks would be seen in the next.
  pool = createDrawingPool({ workers: 1 });
});
afterAll(() => pool.close());

/** A specimen of a template, drawn, and sealed as the library seals. */
async function specimen(name: TemplateName) {
  const drawing = await openDrawing();
  const { template, content } = previewTemplate(name);
  const { pdf, sealPlaces } = await drawing.renderLicence(template, content, pkiNow);
  const [place] = sealPlaces;
  if (!place) throw new Error(`${name} has no place for a seal`);
  const seal = drawing.renderSeal({ ownerName: '示例省政务服务管理局', diameterMm: 42 });
  const sealed = await sealFile({
    ...{ pdf, picture: sealForm(seal), place, at: pkiNow, signer: signerOf(pki.seal), timeStamper: 'none' },
  });
  return { pdf, sealed, place, statusUrl: content.statusUrl };
}

/** The pixels of a picture (RGBA). */
async function pixelsOf({ bytes }: { bytes: Uint8Array }) {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** How many pixels in a box of points of a page 595 points wide are as red as a seal. */
async function redIn(
  picture: { bytes: Uint8Array },
  [left, bottom, right, top]: readonly [number, number, number, number],
): Promise<number> {
  const { data, width, height } = await pixelsOf(picture);
  const scale = width / 595.28;
  let red = 0;
  for (let y = Math.ceil(height - top * scale); y < height - bottom * scale; y++)
    for (let x = Math.ceil(left * scale); x < right * scale; x++) {
      const [r = 0, g = 0, b = 0] = data.subarray((y * width + x) * 4);
      if (r > 150 && g < 90 && b < 90) red += 1;
    }
  return red;
}

/** A file of so many pages of the same size. */
function pagesOf(count: number, size = '595 842'): Buffer {
  const leaves = Array.from({ length: count }, (_, n) => [
    n + 10,
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${size}] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>`,
  ]);
  const kids = leaves.map(([number]) => `${number} 0 R`).join(' ');
  return makePdf({
    ...plainObjects,
    2: `<< /Type /Pages /Kids [${kids}] /Count ${count} >>`,
    ...Object.fromEntries(leaves),
  });
}

describe('the picture of a sealed file', () => {
  it('shows the seal where it stands, and its printed code can be scanned from the screen', async () => {
    const { pdf, sealed, place, statusUrl } = await specimen('hygiene-licence');
    const picture = await pool.renderPicture(sealed, 960);
    expect([picture.width, picture.height]).toEqual([960, 1358]);
    expect(await redIn(picture, place.rect)).toBeGreaterThan(3000);
    const { bytes } = await pool.renderPicture(pdf, 960);
    expect(await redIn({ bytes }, place.rect)).toBeLessThan(100);
    const { data, width, height } = await pixelsOf(picture);
    expect(jsqr.default(new Uint8ClampedArray(data), width, height)?.data).toBe(statusUrl);
  });

  it('is as wide as asked for, in proportion, with its pages one under the other', async () => {
    for (const width of [96, 480]) {
      const one = await pool.renderPicture(pagesOf(1), width);
      const pixels = await pixelsOf(one);
      expect([pixels.width, pixels.height]).toEqual([one.width, one.height]);
      expect(one.height / one.width).toBeCloseTo(842 / 595, 1);
      const three = await pool.renderPicture(pagesOf(3), width);
      expect(three.height).toBe(3 * one.height + 2 * Math.round(width / 48));
    }
  });

  it('has eight pages at most', async () => {
    const { height } = await pool.renderPicture(pagesOf(1), 96);
    expect((await pool.renderPicture(pagesOf(20), 96)).height).toBe(8 * height + 7 * 2);
  });

  it('is refused for what is no file, has no page or a page beyond all measure, and the same worker goes on with the next', async () => {
    const good = pagesOf(1);
    const wrong = [
      Buffer.alloc(0),
      Buffer.from('not a file'),
      good.subarray(0, 200),
      pagesOf(0),
      pagesOf(1, '10 14400'),
    ];
    const before = await pool.renderPicture(good, 96);
    for (const file of wrong)
      await expect(pool.renderPicture(file, 960)).rejects.toMatchObject({ code: 'file-not-paintable' });
    expect(await pool.renderPicture(good, 96)).toEqual(before);
    const { template, content } = previewTemplate('hygiene-licence');
    expect((await pool.renderLicence(template, content, 0)).sealPlaces).toHaveLength(1);
  });
});
