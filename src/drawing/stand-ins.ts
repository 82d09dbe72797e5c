import type { Fonts } from './fonts.ts';
import { widthOf } from './text.ts';
import { type Box, circle, curve, type Point, rectangle, type Shape, transform } from './vector.ts';

/** The outline of nobody: stands for a photo on specimens. */
export function silhouette([x, y, width, height]: Box): Shape[] {
  const middle = x + width / 2;
  const shoulders = curve(
    (t) => [x + t * width, y + height * (1 - 0.3 * Math.sin(t * Math.PI) ** 0.6)],
    0.02,
    0.98,
    16,
  );
  return [
    { path: rectangle([x, y, width, height]), fill: '#dfe7ee' },
    { path: [...shoulders, ['L', x + width, y + height], ['L', x, y + height], ['Z']], fill: '#9fb0c0' },
    {
      path: rectangle([middle - width * 0.1, y + height * 0.5, width * 0.2, height * 0.26]),
      fill: '#9fb0c0',
    },
    { path: circle([middle, y + height * 0.4], width * 0.235), fill: '#b4c2cf' },
    { path: rectangle([x, y, width, height]), stroke: '#8fa0b0', strokeWidth: 0.2 },
  ];
}

/** The word as hollow letters across the page, beneath everything that is written: a specimen must never pass for a licence. */
export function specimenShapes(fonts: Fonts, [width, height]: Point, word: string): Shape[] {
  const tilt = -Math.atan2(height, width) * 0.72;
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const size = (0.86 * width) / cos / Math.max(widthOf(fonts.bold, word, 1), 4);
  let along = -widthOf(fonts.bold, word, size) / 2;
  return [...word].map((character) => {
    const rise = size * 0.36;
    const at: Point = [width / 2 + along * cos - rise * sin, height / 2 + along * sin + rise * cos];
    along += fonts.bold.glyph(character).advance * size;
    const path = transform(fonts.bold.outline(character).path, [
      size * cos,
      size * sin,
      -size * sin,
      size * cos,
      ...at,
    ]);
    return { path, stroke: '#ecb6b2', strokeWidth: 0.25 };
  });
}
