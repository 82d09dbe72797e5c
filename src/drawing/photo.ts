import { type JpegFault, readJpeg } from './jpeg.ts';
import type { Template } from './template.ts';
import type { Point } from './vector.ts';

/** Largest photo in bytes. */
export const greatestPhotoBytes = 500 * 1000;
/** Fewest and most pixels along a side: what is finer than print, and what is too coarse for it. */
export const photoPixels = { least: 150, most: 2_400 } as const;

/** How far its shape may be from that of its place, as a factor: what lies over is cut off at both sides alike. */
const greatestCrop = 1.4;

/** Why a photo is not taken; `shape`: far from that of its place, as a picture that lies on its side is. */
export type PhotoFault = JpegFault | 'too-large' | 'pixels' | 'shape';

/** Size in millimetres of the place that a template has for the holder's photo; undefined when it has none. */
export function photoSize(template: Template): Point | undefined {
  for (const page of template.pages)
    for (const part of page.parts) if (part.part === 'picture') return part.size;
  return undefined;
}

/** A photo as it is kept and drawn, or why it is not taken. */
export function parsePhoto(
  file: Uint8Array,
  [width, height]: Point,
): { ok: true; bytes: Buffer } | { ok: false; fault: PhotoFault } {
  if (file.length > greatestPhotoBytes) return { ok: false, fault: 'too-large' };
  const jpeg = readJpeg(file);
  if (typeof jpeg === 'string') return { ok: false, fault: jpeg };
  const sides = [jpeg.width, jpeg.height];
  if (sides.some((side) => side < photoPixels.least || side > photoPixels.most))
    return { ok: false, fault: 'pixels' };
  const stretch = jpeg.width / jpeg.height / (width / height);
  if (Math.max(stretch, 1 / stretch) > greatestCrop) return { ok: false, fault: 'shape' };
  return { ok: true, bytes: jpeg.bytes };
}
