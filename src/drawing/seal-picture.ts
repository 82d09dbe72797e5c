import { Problem } from '../core/index.ts';
import { demandDrawable, type Fonts } from './fonts.ts';
import {
  type Colour,
  circle,
  decimal,
  type Matrix,
  type Shape,
  star,
  toPdfOperators,
  toSvg,
  transform,
} from './vector.ts';

/** What a round seal says. */
export interface SealSpec {
  /** The owner's name as filed, 4 to 30 characters; stands on the arc. */
  ownerName: string;
  /** What the seal is for, at most 12 characters, beneath the star: `电子证照专用章`. */
  line?: string;
  /** The seal's filed code number: 13 digits along the lower rim. */
  code?: string;
  diameterMm: SealDiameter;
}

/** Diameters that rules on official seals name, in millimetres. */
export const sealDiameters = [38, 40, 42, 45] as const;

/** One of the diameters. */
export type SealDiameter = (typeof sealDiameters)[number];

/** A drawn seal: outlines only, no font is needed to show it, and its ground is empty. */
export interface SealPicture {
  diameterMm: number;
  title: string;
  shapes: readonly Shape[];
}

const red: Colour = '#d7000f';

/**
 * Draws a round seal: rim, star, name on the arc, line beneath, code number.
 * @throws {Problem} seal-text-unsuitable, character-not-drawable
 */
export function drawSeal(
  fonts: Fonts,
  { ownerName, line = '', code = '', diameterMm }: SealSpec,
): SealPicture {
  const [name, beneath] = [[...ownerName], [...line]];
  if (name.length < 4 || name.length > 30 || beneath.length > 12 || !/^(\d{13})?$/.test(code))
    throw new Problem('seal-text-unsuitable');
  demandDrawable(fonts, ownerName + line, 'seal');
  const radius = diameterMm / 2;
  const rim = diameterMm * 0.028;
  return {
    diameterMm,
    title: [ownerName, line].filter(Boolean).join(' '),
    shapes: [
      { path: circle([radius, radius], radius - rim / 2), stroke: red, strokeWidth: rim },
      { path: star([radius, radius - (line ? radius * 0.03 : 0)], radius * 0.32), fill: red },
      ...nameOnArc(fonts, name, radius, code !== ''),
      ...lineBeneath(fonts, beneath, radius),
      ...codeOnRim(fonts, [...code], radius),
    ],
  };
}

/** The name from left over the top to right. More characters take more of the circle, then become narrower, as on engraved seals. */
function nameOnArc(fonts: Fonts, name: readonly string[], radius: number, hasCode: boolean): Shape[] {
  const height = radius * (name.length > 20 ? 0.2 : name.length > 12 ? 0.225 : 0.25);
  const middle = radius * 0.89 - height / 2;
  const widest = ((hasCode ? 262 : 290) / 180) * Math.PI;
  const span = Math.min(widest, (name.length * height * (name.length < 9 ? 1.5 : 1.28)) / middle);
  const step = name.length > 1 ? span / name.length : 0;
  const width = Math.min(height * 0.86, step * (middle - height / 2) * 0.94);
  return name.map((character, index) =>
    engraved(
      fonts,
      character,
      [width, height],
      placeOnCircle(radius, middle, (index - (name.length - 1) / 2) * step),
    ),
  );
}

function lineBeneath(fonts: Fonts, line: readonly string[], radius: number): Shape[] {
  if (!line.length) return [];
  const room = radius * 1.04;
  const pitch = Math.min(room / line.length, radius * 0.17);
  const height = Math.min(radius * 0.19, pitch * 1.35);
  return line.map((character, index) => {
    const x = radius + (index - (line.length - 1) / 2) * pitch;
    return engraved(fonts, character, [pitch * 0.9, height], [1, 0, 0, 1, x, radius * 1.48]);
  });
}

function codeOnRim(fonts: Fonts, digits: readonly string[], radius: number): Shape[] {
  const height = radius * 0.068;
  const middle = radius * 0.875;
  const step = (radius * 0.082) / middle;
  return digits.map((digit, index) => {
    // From left to right along the bottom, feet outwards: the angle runs backwards.
    const angle = Math.PI - (index - (digits.length - 1) / 2) * step;
    const [a, b, c, d, e, f] = placeOnCircle(radius, middle, angle);
    return engraved(fonts, digit, [height * 0.62, height], [-a, -b, -c, -d, e, f]);
  });
}

/** The matrix that puts an upright character on a circle around (radius, radius), feet inwards; angle clockwise from the top. */
function placeOnCircle(radius: number, reach: number, angle: number): Matrix {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return [cos, sin, -sin, cos, radius + reach * sin, radius - reach * cos];
}

/** The size of a Chinese character's ink in shares of the font size: what fills a cell of a seal. */
const ideograph = { width: 0.92, height: 0.93, top: -0.845 };

/** One character stretched to a cell, its middle at the origin, then placed. Marks and figures keep their own size in the cell. */
function engraved(
  fonts: Fonts,
  character: string,
  [width, height]: readonly [number, number],
  place: Matrix,
): Shape {
  const { path, ink } = fonts.bold.outline(character);
  const digit = /[0-9]/.test(character);
  const middleX = (ink.left + ink.right) / 2;
  const middleY = digit ? (ink.top + ink.bottom) / 2 : ideograph.top + ideograph.height / 2;
  const scaleX = width / (digit ? 0.52 : ideograph.width);
  const scaleY = height / (digit ? 0.74 : ideograph.height);
  const centred = transform(path, [scaleX, 0, 0, scaleY, -middleX * scaleX, -middleY * scaleY]);
  return { path: transform(centred, place), fill: red };
}

/** The seal as an SVG document of its true size. */
export function sealSvg({ shapes, diameterMm, title }: SealPicture): string {
  return toSvg(shapes, [diameterMm, diameterMm], title);
}

/** The seal as the content of a PDF form XObject: no resources, no transparency. */
export interface SealForm {
  /** For /BBox, in points. */
  bbox: readonly [0, 0, number, number];
  /** Uncompressed content stream, Latin-1. */
  content: Uint8Array;
}

/** The same drawing for PDF, to a hundredth of a millimetre since it lies in every file; to be wrapped into a stream with /Type /XObject /Subtype /Form /BBox. */
export function sealForm({ shapes, diameterMm }: SealPicture): SealForm {
  const size = Number(decimal((diameterMm / 25.4) * 72, 3));
  const k = decimal(72 / 25.4, 5);
  const content = `q ${k} 0 0 -${k} 0 ${size} cm\n${toPdfOperators(shapes)}\nQ`;
  return { bbox: [0, 0, size, size], content: Buffer.from(content, 'latin1') };
}
