import type { Font } from '@cantoo/fontkit';
import { Problem } from '../core/index.ts';
import type { FontProgram } from './subset.ts';
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

/**
 * Marks that combine, controls, direction overrides and variation selectors: they are placed or shown otherwise than one glyph
 * after another, so a line with them would read otherwise than it is.
 */
export const unsuitable = /[\p{M}\p{C}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** The refusal of one character, by name. */
export function notDrawable(character: string, field?: string): Problem {
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
