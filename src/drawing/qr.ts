import { create } from 'qrcode';
import { type Box, rectangle, type Shape, type Step } from './vector.ts';

/** A QR code as figures: one path of runs on a white field with the quiet zone that scanners need. */
export function qrShapes(text: string, [x, y, width, height]: Box): Shape[] {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const quiet = 3;
  const cell = width / (modules.size + 2 * quiet);
  const path: Step[] = [];
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++) {
      if (!modules.get(row, column)) continue;
      let end = column + 1;
      while (end < modules.size && modules.get(row, end)) end++;
      path.push(
        ...rectangle([x + (column + quiet) * cell, y + (row + quiet) * cell, (end - column) * cell, cell]),
      );
      column = end;
    }
  return [
    { path: rectangle([x, y, width, height]), fill: '#ffffff' },
    { path, fill: '#101010' },
  ];
}
