import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fonts } from '../../src/drawing/fonts.ts';
import type { ComposedPage, TextMark } from '../../src/drawing/page.ts';

/** Runs a program that nobody here wrote over a PDF. */
export function judge(
  program: string,
  args: readonly string[],
  pdf: Uint8Array,
): { code: number; out: Buffer; said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tongxing-drawing-'));
  try {
    const file = join(folder, 'page.pdf');
    writeFileSync(file, pdf);
    const filled = args.map((argument) => argument.replace('FILE', file));
    const { status, stdout, stderr } = spawnSync(program, filled, { maxBuffer: 1 << 28 });
    return { code: status ?? -1, out: stdout, said: `${stdout.length < 10_000 ? stdout : ''}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The text of all pages, as a reader extracts it, without white space. */
export const extract = (pdf: Uint8Array): string =>
  judge('pdftotext', ['-enc', 'UTF-8', 'FILE', '-'], pdf).out.toString('utf8').replace(/\s/g, '');

/** The first page as a small JPEG, to have a photo to put in. */
export function photoOf(pdf: Uint8Array, format = '-jpeg'): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'tongxing-drawing-'));
  try {
    const root = join(folder, 'photo');
    judge('pdftoppm', ['-r', '30', format, '-singlefile', 'FILE', root], pdf);
    return readFileSync(`${root}.jpg`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A rendered page: red, green and blue of each pixel. */
export interface Picture {
  width: number;
  height: number;
  rgb: Buffer;
  /** Pixels in a millimetre. */
  scale: number;
}

/** Renders all pages with poppler. */
export function render(pdf: Uint8Array, dpi = 110): Picture[] {
  const { out } = judge('pdftoppm', ['-r', String(dpi), 'FILE'], pdf);
  const pictures: Picture[] = [];
  for (let at = 0; at < out.length; ) {
    const head = /^P6\s(\d+) (\d+)\s255\s/.exec(out.toString('latin1', at, at + 40));
    if (!head) throw new Error('not a portable pixmap');
    const [width, height] = [Number(head[1]), Number(head[2])];
    const from = at + head[0].length;
    at = from + width * height * 3;
    pictures.push({ width, height, rgb: out.subarray(from, at), scale: dpi / 25.4 });
  }
  return pictures;
}

/** One character that has to be seen: where its ink lies (millimetres) and in which colour. */
export interface Cell {
  character: string;
  box: readonly [left: number, top: number, right: number, bottom: number];
  colour: string;
}

/** The ink boxes of every character of a composed page; white space has none. */
export function cellsOf(fonts: Fonts, page: ComposedPage): Cell[] {
  const texts = page.marks.filter((mark): mark is TextMark => mark.mark === 'text');
  return texts.flatMap(({ text, at: [x, y], size, weight, colour, spacing }) => {
    let along = x;
    return [...text].flatMap((character): Cell[] => {
      const start = along;
      along += fonts[weight].glyph(character).advance * size + spacing;
      if (!character.trim()) return [];
      const { left, top, right, bottom } = fonts[weight].outline(character).ink;
      return [
        {
          character,
          colour,
          box: [start + left * size, y + top * size, start + right * size, y + bottom * size],
        },
      ];
    });
  });
}

/** True when the cell shows ink of its colour: some pixel in it is nearer to that colour than half of what paper is away. */
export function hasInk(
  { rgb, width, height, scale }: Picture,
  { box: [left, top, right, bottom], colour }: Cell,
): boolean {
  const ink = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const clamp = (value: number, most: number) => Math.max(0, Math.min(most - 1, value));
  for (let y = clamp(Math.floor(top * scale), height); y <= clamp(Math.ceil(bottom * scale), height); y++)
    for (let x = clamp(Math.floor(left * scale), width); x <= clamp(Math.ceil(right * scale), width); x++) {
      const at = (y * width + x) * 3;
      const away = Math.hypot(...ink.map((value, channel) => value - (rgb[at + channel] ?? 0)));
      if (away < 125) return true;
    }
  return false;
}
