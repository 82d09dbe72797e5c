import type { Face } from './fonts.ts';

/** Width of a line at a size, in the size's unit. */
export function widthOf(face: Face, text: string, size: number, spacing = 0): number {
  let width = 0;
  for (const character of text) width += face.glyph(character).advance * size + spacing;
  return text ? width - spacing : 0;
}

const neverFirst = new Set('，。、；：！？）》】〉」』”’％%,.;:!?)]}·');
const neverLast = new Set('（《【〈「『“‘([{￥$');

/**
 * Breaks a text into lines no wider than `width`. Chinese breaks between any two characters, Latin words and numbers stay
 * whole where they can, and no line begins with a closing mark or ends with an opening one.
 */
export function wrap(face: Face, text: string, size: number, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => wrapParagraph(face, paragraph, size, width));
}

function wrapParagraph(face: Face, text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces(text)) {
    if (widthOf(face, line + piece.trimEnd(), size) <= width) {
      line += piece;
      continue;
    }
    if (line.trim()) lines.push(line.trimEnd());
    line = '';
    for (const character of piece) {
      if (line && widthOf(face, line + character, size) > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += character;
    }
    line = line.trimStart();
  }
  return [...lines, line.trimEnd()];
}

/** The smallest pieces between which a line may break. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let held = '';
  for (const part of text.match(/[0-9A-Za-z@._/+()-]+\s*|\s+|./gsu) ?? []) {
    const first = [...part][0] ?? '';
    if (held && !neverFirst.has(first) && !neverLast.has([...held].at(-1) ?? '')) {
      found.push(held);
      held = '';
    }
    held += part;
  }
  return held ? [...found, held] : found;
}

/** Lines that fit, with the size they need; `fits` is false when even the smallest size leaves too many. */
export interface Fitted {
  lines: string[];
  size: number;
  fits: boolean;
}

/** Smallest share of a template's size that is still easily read. */
const smallest = 0.68;

/** Wraps into at most `most` lines, making the letters smaller by steps where the text is long; smaller letters stand in more lines. */
export function fitText(
  face: Face,
  text: string,
  box: { size: number; width: number; most: number },
): Fitted {
  for (let share = 1; share >= smallest; share -= 0.04) {
    const size = box.size * share;
    const lines = wrap(face, text, size, box.width);
    if (lines.length <= Math.floor(box.most / share + 0.05)) return { lines, size, fits: true };
  }
  return { lines: [], size: box.size, fits: false };
}
