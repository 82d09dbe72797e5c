/**
 * drawing: what licences and seals look like. Content goes into a template, which is data, and comes out as a PDF/A-2b file
 * with the places where seals will stand; a seal's texts become a figure that is the same in SVG and in PDF.
 *
 * Owns: templates and the eight that come with the house, the one renderer, fonts and their check (a character that the font
 * lacks is refused by name, never drawn as an empty box), grounds and frames, which photos are fit for a place and what is
 * taken out of them, seal pictures, the picture of a file for a screen, the workers for drawing in bulk.
 * Does not own: which licence uses which template and whether its content is right (licences), signing and embedding a seal
 * (seals), files on disk (storage). It knows no clock: the date of a file is an argument, and equal input makes equal bytes.
 * Routes, collections, events: none.
 * Standards: ISO 19005-2 (PDF/A-2b), ISO 32000-1, ISO/IEC 18004 (QR), ITU-T T.81 (JPEG).
 */
import './problems.ts';

export type { Drawing, DrawnLicence } from './drawing.ts';
export { openDrawing } from './open-drawing.ts';
export { type PhotoFault, parsePhoto, photoPixels, photoSize } from './photo.ts';
export type { FilePicture } from './picture.ts';
export { createDrawingPool, type DrawingPool } from './pool.ts';
export { type SealDiameter, type SealPicture, sealDiameters, sealForm, sealSvg } from './seal-picture.ts';
export { type LicenceContent, type Template, valueNames } from './template.ts';
export { previewTemplate, type TemplateName, templates } from './templates/index.ts';
