import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from '@cantoo/fontkit';
import { Problem } from '../core/index.ts';
import { type FontProgram, readProgram } from './subset.ts';
import type { Step } from './vector.ts';

/** The two weights that licences are set in. */
export type Weight = 'regular' | 'bold';

/** One glyph as layout needs it. */
export interface GlyphInfo {
  id: number;
  /** Share of the font size. */
  advance: number;
}

/** One parsed font and what was looked up in it so far. */
export interface Face {
  font: Font;
  program: FontProgram;
  /** @throws {Problem} character-not-drawable */
  glyph(character: string): GlyphInfo;
  /** Outline in shares of the font size, y downwards, baseline at 0; with its ink box. */
  outline(character: string): {
    path: Step[];
    ink: { left: number; top: number; right: number; bottom: number };
  };
}

/** Both weights. Parsing takes about 10 MB and 50 ms each, so a process or worker makes them once. */
export type Fonts = Readonly<Record<Weight, Face>>;

const packaged = createRequire(import.meta.url);
const files = {
  regular: '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
  bold: '@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
} as const;

/** Reads and parses both weights of Noto Sans SC. */
export function createFonts(): Fonts {
  return { regular: createFace(files.regular), bold: createFace(files.bold) };
}

// Marks that combine, controls, direction overrides and variation selectors: they are placed or shown otherwise than
// one glyph after another, so a line with them would read otherwise than it is.
const unsuitable = /[\p{M}\p{C}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

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

/** The refusal of one character, by name. */
function notDrawable(character: string, field?: string): Problem {
  const codePoint = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const shown = unsuitable.test(character) ? '' : `“${character}”`;
  return new Problem('character-not-drawable', {
    detail: {
      zh: `${field ? `“${field}”中的` : ''}字符${shown}（${codePoint}）不在证照字库内，请核对后重新提交，或联系管理员扩充字库。`,
      en: `The character ${shown}${shown && ' '}(${codePoint})${field ? ` in ${field}` : ''} is not in the licence font. Check it, or ask the operator to extend the font.`,
    },
    extensions: { character, code_point: codePoint, ...(field ? { field } : {}) },
  });
}

/**
 * Refuses the first character that the font cannot draw, before anything is drawn: a missing glyph is silent.
 * @throws {Problem} character-not-drawable
 */
export function demandDrawable(fonts: Fonts, text: string, field: string): void {
  for (const character of text) {
    if (character === '\n') continue;
    try {
      fonts.regular.glyph(character);
      fonts.bold.glyph(character);
    } catch (error) {
      if (error instanceof Problem) throw notDrawable(character, field);
      throw error;
    }
  }
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
