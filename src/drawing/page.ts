import type { Weight } from './fonts.ts';
import type { PageTemplate } from './template.ts';
import type { Box, Colour, Point, Shape } from './vector.ts';

/** A line of text in its place: baseline, millimetres from the upper left corner. */
export interface TextMark {
  mark: 'text';
  text: string;
  at: Point;
  size: number;
  weight: Weight;
  colour: Colour;
  /** Extra room after each character. */
  spacing: number;
}

/** What stands on a page above its ground. */
export type Mark = TextMark | { mark: 'shapes'; shapes: readonly Shape[] } | { mark: 'picture'; box: Box };

/** A place kept free for a seal, in millimetres from the upper left corner. */
export interface SealMark {
  name: string;
  box: Box;
}

/** A page with everything in its place. `ground` is undefined on annex pages. */
export interface ComposedPage {
  size: Point;
  ground: PageTemplate | undefined;
  marks: Mark[];
  seals: SealMark[];
}
