import { create } from 'qrcode';
import { type Box, rectangle, type Shape, type Step } from './vector.ts';

/** A QR code as figures: one path of runs on a white field with the quiet zone that scanners need. */
export function qrShapes(text: string, [x, y, width, height]: Box): Shape[] {
  // An address in lower case is bytes throughout; looking for a better mix of modes would take a while and find none.
  const { modules } = create([{ data: Buffer.from(text), mode: 'byte' }], { errorCorrectionLevel: 'M' });
  const quiet = 3;
  const cell = width / (modules.size + 2 * quiet);
  const path: Step[] = [];
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++) {
      if (!modules.get(row, column)) continue;
      let end = column + 1;
      while (end < modules.size && modules.get(row, end)) end++;
      path.push(...rectangle([column + quiet, row + quiet, end - column, 1]));
      column = end;
    }
  return [
    { path: rectangle([x, y, width, height]), fill: '#ffffff' },
    // Whole numbers in a place of their own: a fifth of the bytes to compress.
    { path, fill: '#101010', places: [[cell, 0, 0, cell, x, y]] },
  ];
}
