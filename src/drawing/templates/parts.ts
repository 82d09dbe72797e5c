import type { Ornament } from '../ornaments.ts';
import type { FieldPart, Part, TextPart } from '../template.ts';
import type { Colour, Point } from '../vector.ts';

/** A certificate's border: paper, braid between two frames, a line inside. */
export function border(
  [width, height]: Point,
  colours: { paper: Colour; braid: readonly Colour[]; frame: Colour; band?: number },
): Ornament[] {
  const { paper, braid, frame, band = 9 } = colours;
  const edge = 7;
  const inside = edge + band;
  return [
    { ornament: 'fill', box: [0, 0, width, height], colour: '#ffffff' },
    { ornament: 'fill', box: [edge, edge, width - 2 * edge, height - 2 * edge], colour: paper },
    {
      ornament: 'braid',
      box: [edge, edge, width - 2 * edge, height - 2 * edge],
      band,
      colours: braid,
      pitch: band * 1.25,
    },
    { ornament: 'frame', box: [edge, edge, width - 2 * edge, height - 2 * edge], colour: frame, width: 0.9 },
    {
      ornament: 'frame',
      box: [inside, inside, width - 2 * inside, height - 2 * inside],
      colour: frame,
      width: 0.7,
    },
    {
      ornament: 'frame',
      box: [inside + 1.4, inside + 1.4, width - 2 * inside - 2.8, height - 2 * inside - 2.8],
      colour: frame,
      width: 0.25,
    },
  ];
}

/** A large line about a middle. */
export const heading = (
  text: string,
  at: Point,
  look: Required<Pick<TextPart, 'size' | 'spacing' | 'colour'>>,
): TextPart => ({ part: 'text', text, at, weight: 'bold', align: 'middle', ...look });

/** Makes the fields of a column: its left edge, the widths of its labels and values, and what else they have in common. */
export function column(
  left: number,
  [labelWidth, valueWidth]: readonly [number, number],
  common: Partial<FieldPart> = {},
) {
  return (y: number, label: string, value: string, options: Partial<FieldPart> = {}): FieldPart => ({
    ...{ part: 'field', label, value, at: [left, y], labelWidth, valueWidth },
    ...common,
    ...options,
  });
}

/** Issuing authority and date, centred where the seal will stand over them. */
export function signedBlock([x, y]: Point, size: number, label = ''): Part[] {
  return [
    ...(label ? [{ part: 'text', text: label, at: [x, y - size * 2], size, align: 'middle' } as const] : []),
    {
      part: 'text',
      text: '{issuing_authority}',
      at: [x, y],
      size,
      align: 'middle',
      weight: 'bold',
      width: 82,
    },
    { part: 'text', text: '{issued_on|date}', at: [x, y + size * 2], size, align: 'middle' },
  ];
}

/** QR of the status page with the line under it that says what it is for. */
export function statusQr(at: Point, size: number, colour: Colour): Part[] {
  return [{ part: 'qr', at, size, note: '扫码核验证照状态', colour }];
}
