import { composeLicence } from './compose.ts';
// Workers come in by this file and not by the door; the problems have to be known there too.
import './problems.ts';
import { createFonts } from './read-fonts.ts';
import { drawSeal, type SealPicture, type SealSpec } from './seal-picture.ts';
import type { LicenceContent, Template } from './template.ts';
import { type GroundCache, type SealPlace, sealPlacesOf, writePdf } from './write-pdf.ts';

/** A drawn licence, not yet sealed. */
export interface DrawnLicence {
  /** PDF/A-2b with one cross-reference table. */
  pdf: Uint8Array;
  sealPlaces: SealPlace[];
}

/** What this room does. */
export interface Drawing {
  /**
   * Draws one licence. Equal input makes equal bytes; `at` (milliseconds since 1970) is the date in the file's metadata.
   * @throws {Problem} character-not-drawable, picture-not-usable
   */
  renderLicence(template: Template, content: LicenceContent, at: number): Promise<DrawnLicence>;
  /**
   * Draws a round seal; sealSvg and sealForm write it.
   * @throws {Problem} seal-text-unsuitable, character-not-drawable
   */
  renderSeal(spec: SealSpec): SealPicture;
}

/** Reads the fonts once and keeps them, and each template's ground, for as long as it lives. */
export function createDrawing(): Drawing {
  const fonts = createFonts();
  const grounds: GroundCache = new WeakMap();
  return {
    renderSeal: (spec) => drawSeal(fonts, spec),
    async renderLicence(template, content, at) {
      const pages = composeLicence(fonts, template, content);
      const picture = content.picture instanceof Uint8Array ? content.picture : undefined;
      const pdf = await writePdf(fonts, grounds, pages, { title: template.title.zh, at, picture });
      return { pdf, sealPlaces: sealPlacesOf(pages) };
    },
  };
}
