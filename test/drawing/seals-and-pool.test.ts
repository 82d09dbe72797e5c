import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { PDFDocument, PDFName } from '@cantoo/pdf-lib';
import { describe, expect, it } from '@jest/globals';
import {
  createDrawingPool,
  openDrawing,
  previewTemplate,
  type SealPicture,
  sealDiameters,
  sealForm,
  sealSvg,
  type Template,
} from '../../src/drawing/index.ts';
import { render } from './pages.ts';

const drawing = await openDrawing();
const characters = [...'示范省样板市演示区试用街道虚构办事处综合行政审批和便民服务管理局章印'];
const nameOf = (length: number): string => characters.slice(0, length).join('');
const line = '电子证照专用章';
const code = '5201020000001';

/** All numbers of a drawing, in order. */
const numbersOf = (source: string): number[] => (source.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

/** Farthest point of a seal's figures from its middle, in radii. */
function reachOf({ shapes, diameterMm }: SealPicture): number {
  const radius = diameterMm / 2;
  const ends = shapes.flatMap(({ path }) => path.map(([, ...numbers]) => numbers.slice(-2)));
  return Math.max(...ends.map(([x = radius, y = radius]) => Math.hypot(x - radius, y - radius) / radius));
}

describe('a seal', () => {
  it('is drawn at every size with every length of name, all inside its rim', () => {
    for (const diameterMm of sealDiameters)
      for (let length = 4; length <= 30; length++) {
        const seal = drawing.renderSeal({ ownerName: nameOf(length), line, code, diameterMm });
        expect(seal.shapes).toHaveLength(2 + length + line.length + code.length);
        expect(reachOf({ ...seal, shapes: seal.shapes.slice(1) })).toBeLessThan(0.945);
      }
  });

  it('is the same drawing in SVG and in PDF', () => {
    const seal = drawing.renderSeal({ ownerName: nameOf(12), line, code, diameterMm: 42 });
    const figures =
      sealSvg(seal)
        .match(/ d="[^"]*"/g)
        ?.join(' ') ?? '';
    const operators = Buffer.from(sealForm(seal).content).toString('latin1');
    const painted = operators.split('\n').filter((row) => /[mlc]$/.test(row) && !row.endsWith('cm'));
    expect(numbersOf(figures)).toEqual(numbersOf(painted.join('\n')));
    expect(numbersOf(figures).length).toBeGreaterThan(1000);
    expect(sealSvg(seal)).toContain('width="42mm" height="42mm" viewBox="0 0 42 42"');
  });

  it('shows rim, star, every character of the name, line and code where a reader paints them', async () => {
    const seal = drawing.renderSeal({ ownerName: nameOf(18), line, code, diameterMm: 45 });
    const { bbox, content } = sealForm(seal);
    const document = await PDFDocument.create();
    const page = document.addPage([bbox[2], bbox[3]]);
    const dictionary = { Type: 'XObject', Subtype: 'Form', BBox: [...bbox] };
    page.node.setXObject(
      PDFName.of('S'),
      document.context.register(document.context.flateStream(content, dictionary)),
    );
    page.node.addContentStream(document.context.register(document.context.flateStream('/S Do')));
    const [picture] = render(await document.save(), 200);
    if (!picture) throw new Error('nothing was rendered');
    const unseen = seal.shapes.filter(({ path }) => {
      const points = path.flatMap(([, ...numbers]) => (numbers.length ? [numbers.slice(-2)] : []));
      const xs = points.map(([x = 0]) => x * picture.scale);
      const ys = points.map(([, y = 0]) => y * picture.scale);
      for (let y = Math.floor(Math.min(...ys)); y <= Math.max(...ys); y++)
        for (let x = Math.floor(Math.min(...xs)); x <= Math.max(...xs); x++)
          if ((picture.rgb[(y * picture.width + x) * 3 + 1] ?? 255) < 90) return false;
      return true;
    });
    expect(unseen).toEqual([]);
  });

  it('is refused with a text that would not be legible, and with a character that the font lacks', () => {
    const spec = { ownerName: nameOf(8), line, code, diameterMm: 42 } as const;
    for (const wrong of [
      { ownerName: nameOf(3) },
      { ownerName: '示'.repeat(31) },
      { line: '一'.repeat(13) },
      { code: '12' },
    ])
      expect(() => drawing.renderSeal({ ...spec, ...wrong })).toThrow('seal-text-unsuitable');
    expect(() => drawing.renderSeal({ ...spec, ownerName: '示范𪛖面馆' })).toThrow('character-not-drawable');
  });

  it('cannot carry markup into a page by its name', () => {
    const svg = sealSvg(drawing.renderSeal({ ownerName: '示范<a&b>"公司', diameterMm: 40 }));
    expect(svg).not.toContain('<a&');
    expect(svg).toContain('&#60;a&#38;b&#62;');
  });
});

describe('the drawing workers', () => {
  it('draw the same bytes as this thread, pass problems on, and refuse more than may wait', async () => {
    const { template, content } = previewTemplate('hygiene-licence');
    const pool = createDrawingPool({ workers: 1, mostWaiting: 3 });
    try {
      const here = await drawing.renderLicence(template, content, 0);
      const there = await Promise.all([1, 2, 3].map(() => pool.renderLicence(template, content, 0)));
      for (const { pdf, sealPlaces } of there) {
        expect(Buffer.from(pdf).equals(here.pdf)).toBe(true);
        expect(sealPlaces).toEqual(here.sealPlaces);
      }
      const values = { ...content.values, name: '𪛖' };
      await expect(pool.renderLicence(template, { ...content, values }, 0)).rejects.toMatchObject({
        code: 'character-not-drawable',
        extensions: { field: 'name' },
      });
      const crowd = await Promise.allSettled(
        Array.from({ length: 6 }, () => pool.renderLicence(template, content, 0)),
      );
      const refused = crowd.filter((one) => one.status === 'rejected');
      expect(refused).toHaveLength(2);
      expect(refused[0]?.reason).toMatchObject({ code: 'drawing-busy' });
    } finally {
      await pool.close();
    }
    await expect(pool.renderLicence(template, content, 0)).rejects.toMatchObject({ code: 'drawing-busy' });
  });

  it('are let go when nothing came for a while, and hired again by what comes then', async () => {
    const { template, content } = previewTemplate('hygiene-licence');
    const threads = () => readdirSync('/proc/self/task').length;
    const pool = createDrawingPool({ workers: 1, restMs: 100 });
    try {
      const first = await pool.renderLicence(template, content, 0);
      const busy = threads();
      while (threads() === busy) await delay(20);
      const second = await pool.renderLicence(template, content, 0);
      expect(Buffer.from(second.pdf).equals(first.pdf)).toBe(true);
    } finally {
      await pool.close();
    }
  });

  it('lose only the licence that a worker died of: the next one is drawn by another', async () => {
    const { template, content } = previewTemplate('hygiene-licence');
    const pool = createDrawingPool({ workers: 1 });
    try {
      // No caller can do this by types; it stands for any fault of the program in a worker.
      const deadly = {
        ...template,
        pages: [{ size: [1, 1], ground: [], parts: [{ part: 'qr' }] }],
      } as unknown as Template;
      const [died, drawn] = await Promise.allSettled([
        pool.renderLicence(deadly, content, 0),
        pool.renderLicence(template, content, 0),
      ]);
      expect(died.status).toBe('rejected');
      expect(drawn.status).toBe('fulfilled');
    } finally {
      await pool.close();
    }
  });
});
