import type { Fonts } from './fonts.ts';
import {
  type Box,
  type Colour,
  circle,
  curve,
  type Matrix,
  type Point,
  polyline,
  rectangle,
  type Shape,
  star,
  transform,
} from './vector.ts';

/** What is printed on the paper before anything is written on it. Drawn once per template and process. */
export type Ornament =
  | { ornament: 'fill'; box: Box; colour: Colour; radius?: number }
  /** Colour that changes evenly from top to bottom, or from left to right. */
  | { ornament: 'blend'; box: Box; from: Colour; to: Colour; across?: boolean }
  | { ornament: 'frame'; box: Box; colour: Colour; width: number; radius?: number }
  | { ornament: 'line'; from: Point; to: Point; colour: Colour; width: number }
  /** Interlaced waves around a box: the border of a certificate. */
  | { ornament: 'braid'; box: Box; band: number; colours: readonly Colour[]; pitch: number; width?: number }
  /** Turned rose of waves, the ground of bank notes and certificates. */
  | {
      ornament: 'rose';
      centre: Point;
      radius: number;
      petals: number;
      turns: number;
      colour: Colour;
      width?: number;
    }
  /** Waves across a box, each a little later than the one above. */
  | {
      ornament: 'waves';
      box: Box;
      pitch: number;
      height: number;
      gap: number;
      drift: number;
      colour: Colour;
      width?: number;
    }
  /** One large star and four small ones beside it, within a wreath of lines. */
  | { ornament: 'stars'; centre: Point; radius: number; colour: Colour; ring?: Colour }
  /** A character repeated over a box in offset rows. */
  | { ornament: 'pattern'; character: string; box: Box; size: number; gap: number; colour: Colour }
  /** One character as a figure, its middle at the point. */
  | { ornament: 'character'; character: string; at: Point; size: number; colour: Colour }
  /** Cut-off corners of a frame, each a small fan. */
  | { ornament: 'corners'; box: Box; size: number; colour: Colour; width?: number }
  /** Hills in the distance, layer before layer: the lower edge of a resident's card. */
  | { ornament: 'hills'; box: Box; colours: readonly Colour[] };

type Kind = Ornament['ornament'];
type Drawers = { [K in Kind]: (ornament: Extract<Ornament, { ornament: K }>, fonts: Fonts) => Shape[] };

const drawers: Drawers = {
  fill: ({ box, colour, radius }) => [{ path: rectangle(box, radius), fill: colour }],
  blend: drawBlend,
  frame: ({ box, colour, width, radius }) => [
    { path: rectangle(box, radius), stroke: colour, strokeWidth: width },
  ],
  line: ({ from, to, colour, width }) => [{ path: polyline([from, to]), stroke: colour, strokeWidth: width }],
  braid: drawBraid,
  rose: drawRose,
  waves: drawWaves,
  stars: drawStars,
  pattern: drawPattern,
  character: ({ character, at, size, colour }, fonts) => [
    { path: placed(fonts, character, at, size), fill: colour },
  ],
  corners: drawCorners,
  hills: drawHills,
};

/** The figures of a ground, in order. */
export function drawOrnaments(ornaments: readonly Ornament[], fonts: Fonts): Shape[] {
  // Each drawer takes its own kind; the table's type has made sure of it.
  return ornaments.flatMap((ornament) =>
    (drawers[ornament.ornament] as (one: Ornament, fonts: Fonts) => Shape[])(ornament, fonts),
  );
}

function drawBlend({
  box: [x, y, width, height],
  from,
  to,
  across,
}: Extract<Ornament, { ornament: 'blend' }>): Shape[] {
  const steps = 40;
  const mix = (share: number): Colour =>
    `#${[1, 3, 5]
      .map((at) => {
        const [a, b] = [from, to].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16)) as [
          number,
          number,
        ];
        return Math.round(a + (b - a) * share)
          .toString(16)
          .padStart(2, '0');
      })
      .join('')}`;
  // Each strip reaches to the far edge, so that no hairline of paper shows between two.
  return Array.from({ length: steps }, (_, n) => {
    const done = n / steps;
    const box: Box = across
      ? [x + width * done, y, width * (1 - done), height]
      : [x, y + height * done, width, height * (1 - done)];
    return { path: rectangle(box), fill: mix(n / (steps - 1)) };
  });
}

function drawBraid({
  box: [x, y, width, height],
  band,
  colours,
  pitch,
  width: strokeWidth = 0.22,
}: Extract<Ornament, { ornament: 'braid' }>): Shape[] {
  const [across, down] = [width - band, height - band];
  const sides: readonly (readonly [start: Point, along: Point, length: number])[] = [
    [[x + band / 2, y + band / 2], [1, 0], across],
    [[x + band / 2, y + height - band / 2], [1, 0], across],
    [[x + band / 2, y + band / 2], [0, 1], down],
    [[x + width - band / 2, y + band / 2], [0, 1], down],
  ];
  return sides.flatMap(([[x0, y0], [dx, dy], length]) => {
    const waves = Math.round(length / pitch);
    const wave = length / waves;
    // One wave of each colour, forth and back, repeated along the side.
    const places = Array.from(
      { length: waves },
      (_, n): Matrix => [dx, dy, dy, dx, x0 + dx * n * wave, y0 + dy * n * wave],
    );
    return colours.map((colour, index): Shape => {
      const reach = (band / 2) * (1 - (0.62 * index) / colours.length);
      const strand =
        (sign: number) =>
        (t: number): Point => [
          t * wave,
          sign * reach * Math.sin(t * 2 * Math.PI + (index * Math.PI) / colours.length),
        ];
      const path = [...curve(strand(1), 0, 1, 4), ...curve(strand(-1), 0, 1, 4)];
      return { path, stroke: colour, strokeWidth, places };
    });
  });
}

function drawRose({
  centre: [x, y],
  radius,
  petals,
  turns,
  colour,
  width = 0.13,
}: Extract<Ornament, { ornament: 'rose' }>): Shape[] {
  const at = (t: number): Point => {
    const reach = radius * (0.72 + 0.28 * Math.sin(petals * t));
    return [reach * Math.cos(t), reach * Math.sin(t)];
  };
  // The same rose again and again, each a little larger and turned a little further.
  const places = Array.from({ length: turns }, (_, n): Matrix => {
    const angle = (4 * Math.PI * n) / turns / petals;
    const share = 0.42 + (0.58 * (n + 1)) / turns;
    const [cos, sin] = [share * Math.cos(angle), share * Math.sin(angle)];
    return [cos, sin, -sin, cos, x, y];
  });
  return [{ path: curve(at, 0, 2 * Math.PI, petals * 4), stroke: colour, strokeWidth: width, places }];
}

function drawWaves({
  box: [x, y, width, height],
  pitch,
  height: swing,
  gap,
  drift,
  colour,
  width: strokeWidth = 0.13,
}: Extract<Ornament, { ornament: 'waves' }>): Shape[] {
  const lines = Math.floor((height - 2 * swing) / gap) + 1;
  return Array.from({ length: Math.min(kindsOfWave, lines) }, (_, kind): Shape => {
    const at = (t: number): Point => [
      t * width,
      swing * Math.sin((t * width * 2 * Math.PI) / pitch + kind * drift) * Math.cos(t * 3 + kind * 0.2),
    ];
    const places: Matrix[] = [];
    for (let n = kind; n < lines; n += kindsOfWave) places.push([1, 0, 0, 1, x, y + swing + n * gap]);
    const path = curve(at, 0, 1, Math.ceil((width / pitch) * 4));
    return { path, stroke: colour, strokeWidth, places };
  });
}

/** Every so many lines the waves are the same again. */
const kindsOfWave = 4;

function drawStars({
  centre: [x, y],
  radius,
  colour,
  ring,
}: Extract<Ornament, { ornament: 'stars' }>): Shape[] {
  const small = [-1.5, -0.5, 0.5, 1.5].map((n): Shape => {
    const angle = n * 0.62;
    const at: Point = [x + radius * 0.62 * Math.sin(angle), y + radius * 0.62 * Math.cos(angle)];
    return { path: star(at, radius * 0.15, -angle), fill: colour };
  });
  const rays = ring
    ? [0.98, 0.9].map(
        (share): Shape => ({
          path: circle([x, y], radius * share),
          stroke: ring,
          strokeWidth: radius * 0.028,
        }),
      )
    : [];
  const beads = ring
    ? Array.from({ length: 48 }, (_, n): Shape => {
        const angle = (n / 48) * 2 * Math.PI;
        return {
          path: circle(
            [x + radius * 0.94 * Math.sin(angle), y - radius * 0.94 * Math.cos(angle)],
            radius * 0.014,
          ),
          fill: ring,
        };
      })
    : [];
  return [...rays, ...beads, { path: star([x, y - radius * 0.2], radius * 0.46), fill: colour }, ...small];
}

function placed(fonts: Fonts, character: string, [x, y]: Point, size: number) {
  const { path, ink } = fonts.bold.outline(character);
  return transform(path, [
    size,
    0,
    0,
    size,
    x - ((ink.left + ink.right) / 2) * size,
    y - ((ink.top + ink.bottom) / 2) * size,
  ]);
}

function drawPattern(
  { character, box: [x, y, width, height], size, gap, colour }: Extract<Ornament, { ornament: 'pattern' }>,
  fonts: Fonts,
): Shape[] {
  const places: Matrix[] = [];
  for (let row = 0, top = y + gap / 2; top < y + height; row++, top += gap)
    for (let left = x + (row % 2 ? gap : gap / 2); left < x + width; left += gap)
      places.push([1, 0, 0, 1, left, top]);
  return [{ path: placed(fonts, character, [0, 0], size), fill: colour, places }];
}

function drawCorners({
  box: [x, y, width, height],
  size,
  colour,
  width: strokeWidth = 0.25,
}: Extract<Ornament, { ornament: 'corners' }>): Shape[] {
  const corners: readonly (readonly [Point, number, number])[] = [
    [[x, y], 1, 1],
    [[x + width, y], -1, 1],
    [[x, y + height], 1, -1],
    [[x + width, y + height], -1, -1],
  ];
  return corners.flatMap(([[cx, cy], sx, sy]) =>
    [1, 0.8, 0.6, 0.4, 0.2].map((share): Shape => {
      const reach = size * share;
      const at = (t: number): Point => {
        const wave = reach * (1 + 0.09 * Math.cos(12 * t));
        return [cx + sx * wave * Math.cos(t), cy + sy * wave * Math.sin(t)];
      };
      return { path: curve(at, 0, Math.PI / 2, 12), stroke: colour, strokeWidth };
    }),
  );
}

function drawHills({
  box: [x, y, width, height],
  colours,
}: Extract<Ornament, { ornament: 'hills' }>): Shape[] {
  return colours.map((colour, n) => {
    const base = y + (height * (n + 0.6)) / (colours.length + 0.6);
    const at = (t: number): Point => [
      x + t * width,
      base -
        height * 0.22 * Math.sin(t * (5 + n * 2.3) + n * 1.9) -
        height * 0.08 * Math.sin(t * (17 - n * 2) + n),
    ];
    return {
      path: [...curve(at, 0, 1, 24), ['L', x + width, y + height], ['L', x, y + height], ['Z']],
      fill: colour,
    };
  });
}
