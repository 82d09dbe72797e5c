/** A colour of the screen, `#rrggbb`. There is no transparency anywhere: paper has none, and archives refuse it. */
export type Colour = `#${string}`;

/** One step of a path in millimetres, y downwards: move, line, whole upright rectangle, cubic curve (two controls, end), close. */
export type Step =
  | readonly ['M' | 'L', number, number]
  | readonly ['R', ...Box]
  | readonly ['C', number, number, number, number, number, number]
  | readonly ['Z'];

/** A figure: a path that is filled, stroked, or both. The one vocabulary of seals, grounds and frames. */
export interface Shape {
  path: readonly Step[];
  fill?: Colour;
  stroke?: Colour;
  /** Width of the stroke in millimetres. */
  strokeWidth?: number;
  /**
   * Draws the path once for each matrix instead of where it stands. A repeated figure costs next to nothing in a compressed
   * file, as its numbers are the same each time: patterns are made so.
   */
  places?: readonly Matrix[];
}

/** A point in millimetres from the upper left corner. */
export type Point = readonly [x: number, y: number];

/** x, y, width and height in millimetres; x and y are the upper left corner. */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** Two by three matrix as PDF and SVG write it: x' = ax + cy + e, y' = bx + dy + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

const map = ([a, b, c, d, e, f]: Matrix, x: number, y: number): [number, number] => [
  a * x + c * y + e,
  b * x + d * y + f,
];

/** The same path, moved, turned or stretched. */
export function transform(path: readonly Step[], matrix: Matrix): Step[] {
  return path.flatMap((step): Step[] => {
    if (step[0] === 'Z') return [step];
    // It may not stand upright any longer.
    if (step[0] === 'R') return transform(polyline(cornersOf(step), true), matrix);
    if (step[0] === 'C')
      return [
        [
          'C',
          ...map(matrix, step[1], step[2]),
          ...map(matrix, step[3], step[4]),
          ...map(matrix, step[5], step[6]),
        ],
      ];
    return [[step[0], ...map(matrix, step[1], step[2])]];
  });
}

const cornersOf = ([, x, y, width, height]: Extract<Step, readonly ['R', ...Box]>): Point[] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];

/** A straight line through points; closed when asked. */
export function polyline(points: readonly Point[], closed = false): Step[] {
  const steps = points.map(([x, y], index): Step => [index ? 'L' : 'M', x, y]);
  return closed ? [...steps, ['Z']] : steps;
}

/** A rectangle, its corners rounded by a radius. */
export function rectangle([x, y, width, height]: Box, radius = 0): Step[] {
  if (!radius) return [['R', x, y, width, height]];
  const [right, bottom] = [x + width, y + height];
  const k = radius * (1 - arcControl);
  return [
    ['M', x + radius, y],
    ['L', right - radius, y],
    ['C', right - k, y, right, y + k, right, y + radius],
    ['L', right, bottom - radius],
    ['C', right, bottom - k, right - k, bottom, right - radius, bottom],
    ['L', x + radius, bottom],
    ['C', x + k, bottom, x, bottom - k, x, bottom - radius],
    ['L', x, y + radius],
    ['C', x, y + k, x + k, y, x + radius, y],
    ['Z'],
  ];
}

/** How far a control point lies along the tangent, so that a cubic curve is a quarter of a circle to 0.03 %. */
const arcControl = 0.5523;

/** A circle. */
export function circle([x, y]: Point, radius: number): Step[] {
  return rectangle([x - radius, y - radius, 2 * radius, 2 * radius], radius);
}

/** A five-pointed star, one point at `turn` (radians, clockwise from straight up). */
export function star([x, y]: Point, radius: number, turn = 0): Step[] {
  // The inner corners of a regular pentagram lie at this share of its radius.
  const inner = Math.sin(Math.PI / 10) / Math.sin((7 * Math.PI) / 10);
  const corners = Array.from({ length: 10 }, (_, n): Point => {
    const angle = turn + (n * Math.PI) / 5;
    const reach = n % 2 ? radius * inner : radius;
    return [x + reach * Math.sin(angle), y - reach * Math.cos(angle)];
  });
  return polyline(corners, true);
}

/**
 * A smooth line through a function of a parameter, as cubic curves whose tangents are the function's own: few steps, no corners.
 */
export function curve(at: (t: number) => Point, from: number, to: number, pieces: number): Step[] {
  const width = (to - from) / pieces;
  const slope = (t: number): Point => {
    const d = width / 200;
    const [[x0, y0], [x1, y1]] = [at(t - d), at(t + d)];
    return [(x1 - x0) / (2 * d), (y1 - y0) / (2 * d)];
  };
  const steps: Step[] = [['M', ...at(from)]];
  for (let n = 0; n < pieces; n++) {
    const [t0, t1] = [from + n * width, from + (n + 1) * width];
    const [[x0, y0], [x1, y1], [dx0, dy0], [dx1, dy1]] = [at(t0), at(t1), slope(t0), slope(t1)];
    const third = width / 3;
    steps.push(['C', x0 + dx0 * third, y0 + dy0 * third, x1 - dx1 * third, y1 - dy1 * third, x1, y1]);
  }
  return steps;
}

const units = [1, 10, 100, 1000, 10_000, 100_000] as const;

/** A number of millimetres as both formats write it: to a hundredth, without a useless zero. */
export const decimal = (value: number, digits = 2): string => {
  const unit = units[digits] as number;
  // Adding zero turns -0 into 0.
  return `${Math.round(value * unit) / unit + 0}`;
};

const rgb = (colour: Colour): string =>
  [1, 3, 5].map((at) => decimal(Number.parseInt(colour.slice(at, at + 2), 16) / 255, 3)).join(' ');

/** PDF operator that sets the colour of fills (`rg`) or strokes (`RG`). */
export const setColour = (colour: Colour, operator: 'rg' | 'RG'): string => `${rgb(colour)} ${operator}`;

const pdfOperators = { M: 'm', L: 'l', R: 're', C: 'c', Z: 'h' } as const;

/** Figures as operators of a PDF content stream, in the coordinates of the shapes. */
export function toPdfOperators(shapes: readonly Shape[], digits = 2): string {
  const lines: string[] = [];
  let state = '';
  for (const { path, fill, stroke, strokeWidth = 0.2, places } of shapes) {
    const style = [
      fill && setColour(fill, 'rg'),
      stroke && `${setColour(stroke, 'RG')} ${decimal(strokeWidth, 3)} w`,
    ]
      .filter(Boolean)
      .join(' ');
    if (style !== state) lines.push(style);
    state = style;
    const figure = `${pathOperators(path, digits)}${fill && stroke ? 'B' : fill ? 'f' : 'S'}`;
    if (!places) lines.push(figure);
    for (const place of places ?? [])
      lines.push('q', `${place.map((value) => decimal(value, 4)).join(' ')} cm`, figure, 'Q');
  }
  return lines.join('\n');
}

/** Plain loops: a page has thousands of numbers. */
function pathOperators(path: readonly Step[], digits: number): string {
  let operators = '';
  for (const step of path) {
    for (let n = 1; n < step.length; n++) operators += `${decimal(step[n] as number, digits)} `;
    operators += `${pdfOperators[step[0]]}\n`;
  }
  return operators;
}

/** Figures as a whole SVG document of a size in millimetres. */
export function toSvg(shapes: readonly Shape[], [width, height]: Point, title: string): string {
  const escaped = title.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
  const paths = shapes.map(({ path, fill = 'none', stroke, strokeWidth = 0.2, places }) => {
    const placed = places ? places.flatMap((place) => transform(path, place)) : path;
    const d = placed
      .flatMap((step) => (step[0] === 'R' ? polyline(cornersOf(step), true) : [step]))
      .map(([letter, ...numbers]) => letter + numbers.map((n) => decimal(n)).join(' '))
      .join('');
    const line = stroke ? ` stroke="${stroke}" stroke-width="${decimal(strokeWidth, 3)}"` : '';
    return `<path d="${d}" fill="${fill}"${line}/>`;
  });
  const size = `width="${decimal(width)}mm" height="${decimal(height)}mm" viewBox="0 0 ${decimal(width)} ${decimal(height)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img"><title>${escaped}</title>${paths.join('')}</svg>\n`;
}
