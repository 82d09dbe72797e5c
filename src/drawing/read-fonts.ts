import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from '@cantoo/fontkit';
import { type Face, type Fonts, type GlyphInfo, notDrawable, unsuitable } from './fonts.ts';
import { readProgram } from './subset.ts';
import type { Step } from './vector.ts';

const packaged = createRequire(import.meta.url);
const files = {
  regular: '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
  bold: '@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
} as const;

/** Reads and parses both weights of Noto Sans SC. Apart from what is asked of fonts: the parser is loaded with it, some 8 MB. */
export function createFonts(): Fonts {
  return { regular: createFace(files.regular), bold: createFace(files.bold) };
}

function createFace(file: string): Face {
  // Only single fonts are packaged, no collections, so that the parser's other answers do not occur.
  const bytes = readFileSync(packaged.resolve(file));
  const font = create(bytes) as Font;
  const glyphs = new Map<string, GlyphInfo>();
  const glyph = (character: string): GlyphInfo => {
    let found = glyphs.get(character);
    if (!found) {
      const codePoint = character.codePointAt(0) ?? 0;
      if (unsuitable.test(character) || !font.hasGlyphForCodePoint(codePoint)) throw notDrawable(character);
      const drawn = font.glyphForCodePoint(codePoint);
      if (!drawn?.id) throw notDrawable(character);
      found = { id: drawn.id, advance: drawn.advanceWidth / font.unitsPerEm };
      glyphs.set(character, found);
    }
    return found;
  };
  return {
    font,
    program: readProgram(bytes),
    glyph,
    outline: (character) => outlineOf(font, glyph(character).id),
  };
}

function outlineOf(font: Font, id: number): ReturnType<Face['outline']> {
  const scale = 1 / font.unitsPerEm;
  const path: Step[] = [];
  let [x, y] = [0, 0];
  const glyph = font.getGlyph(id);
  for (const { command, args } of glyph?.path.commands ?? []) {
    const n = args.map((value, index) => (index % 2 ? -value : value) * scale) as [
      number,
      number,
      ...number[],
    ];
    if (command === 'moveTo') path.push(['M', n[0], n[1]]);
    else if (command === 'lineTo') path.push(['L', n[0], n[1]]);
    else if (command === 'quadraticCurveTo') path.push(raise([x, y], n));
    else if (command === 'closePath') path.push(['Z']);
    if (n.length >= 2) [x, y] = n.slice(-2) as [number, number];
  }
  const { minX = 0, minY = 0, maxX = 0, maxY = 0 } = glyph?.bbox ?? {};
  return {
    path,
    ink: { left: minX * scale, right: maxX * scale, top: -maxY * scale, bottom: -minY * scale },
  };
}

/** A quadratic curve of a TrueType outline as the cubic one that is exactly the same. */
function raise([x, y]: [number, number], [cx, cy, ex = 0, ey = 0]: readonly number[]): Step {
  const third = (a: number, b = 0) => a + (2 / 3) * (b - a);
  return ['C', third(x, cx), third(y, cy), third(ex, cx), third(ey, cy), ex, ey];
}
