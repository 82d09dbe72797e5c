import { type Clock, type PendingEvent, Problem } from '../core/index.ts';
import type { DrawingPool, Template } from '../drawing/index.ts';
import type { SealService } from '../seals/index.ts';
import type { Blobs } from '../storage/index.ts';
import { contentOf } from './content.ts';
import type { Issuers } from './issuers.ts';
import type { Photo } from './photo.ts';
import type { Licence, LicenceVersion } from './port.ts';
import { issuersOf } from './record.ts';
import type { Types } from './types.ts';

/** What is needed to make files. */
export interface FileMakerDeps {
  drawing: Pick<DrawingPool, 'renderLicence'>;
  seals: Pick<SealService, 'sealLicence'>;
  blobs: Pick<Blobs, 'put' | 'get'>;
  types: Pick<Types, 'find'>;
  issuers: Pick<Issuers, 'find'>;
  templates: Readonly<Record<string, Template>>;
  clock: Clock;
  /** Public origin: the printed QR leads to `{issuer}/v/{statusToken}`. */
  issuer: string;
  /** A word across every page in a demo world, so that nobody takes its papers for real ones. */
  specimen?: string | undefined;
}

/** A version before it has a file. */
export type Unfiled = Omit<LicenceVersion, 'file'>;

/** The file of a version, stored, and the use of the seal that has to ride in the same write as `file`. */
export interface MadeFile {
  file: NonNullable<LicenceVersion['file']>;
  event: PendingEvent;
}

/** Draws, seals and stores. */
export interface FileMaker {
  /**
   * `photo`: that of the version, where it is not stored yet; it then is.
   * @throws {Problem} those of drawing, sealing and storing; nothing is then named by any document
   */
  make(
    licence: Pick<Licence, 'id' | 'typeCode' | 'issuerCode' | 'jointIssuerCodes' | 'number'>,
    version: Unfiled,
    photo?: Photo,
  ): Promise<MadeFile>;
}

/** Makes the maker. The file is stored before the document that names it: what is left of a crash is an orphan, swept later. */
export function createFileMaker(deps: FileMakerDeps): FileMaker {
  const { drawing, seals, blobs, types, issuers, templates, clock, issuer, specimen } = deps;

  async function nameOf(code: string): Promise<string> {
    return (await issuers.find(code))?.name.zh ?? code;
  }

  async function pictureOf(version: Unfiled, photo: Photo | undefined): Promise<Uint8Array | undefined> {
    if (photo || version.photo === undefined) return photo?.bytes;
    const stored = await blobs.get(version.photo);
    // A document names only what was stored before it.
    if (!stored)
      throw new Problem('blob-damaged', { cause: new Error(`the photo ${version.photo} is not there`) });
    return stored;
  }

  return {
    async make(licence, version, photo) {
      const type = await types.find(licence.typeCode, version.typeVersion);
      const template = type && templates[type.template];
      if (!template) throw new Problem('licence-type-not-found');
      const content = contentOf(licence, version, {
        issuers: await Promise.all(issuersOf(licence).map(nameOf)),
        statusUrl: `${issuer}/v/${version.statusToken}`,
        picture: await pictureOf(version, photo),
        ...(specimen && { specimen }),
      });
      const drawn = await drawing.renderLicence(template, content, clock.now());
      const [place] = drawn.sealPlaces;
      if (!place) throw new Error(`template ${template.name} has no place for a seal`);
      const sealed = await seals.sealLicence({
        authorityCode: licence.issuerCode,
        typeCode: licence.typeCode,
        licenceId: licence.id,
        version: version.version,
        pdf: drawn.pdf,
        place,
      });
      if (photo) await blobs.put(photo.bytes);
      await blobs.put(sealed.file);
      const { sha256, sealId, certificateSha256, sealedAt, event } = sealed;
      return { file: { sha256, sizeBytes: sealed.file.length, sealId, certificateSha256, sealedAt }, event };
    },
  };
}
