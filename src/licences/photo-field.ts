import type { Route, TextRequest } from '../http/index.ts';
import type { Licences } from './licences.ts';
import { fromBase64, readPhoto } from './photo.ts';
import type { LicenceType, LicenceVersion } from './port.ts';

/** A clerk's form and the library behind it. */
interface Desk {
  licences: Pick<Licences, 'photoPlaceOf' | 'photoOf'>;
  request: Pick<TextRequest, 'body' | 'file'>;
}

/** Limits of a form that a photo may come with: larger ones are read too, so that the page can say what is wrong with them. */
export const withPhoto = {
  upload: { limitBytes: 8 * 1024 * 1024, fields: 200, fieldBytes: 700_000 },
  bodyLimitBytes: 1024 * 1024,
} satisfies Partial<Route>;

/** The photo in a form of several steps. */
export interface PhotoField {
  /** What was chosen now or in a step before. */
  chosen?: Uint8Array | undefined;
  /** The same in Base64url where it is fit, for the next step: a browser does not send a file twice. */
  carried: string;
  /** To look at: what was chosen, or else what the licence has. */
  image?: string | undefined;
}

const toImage = (bytes: Buffer | undefined): string | undefined =>
  bytes && `data:image/jpeg;base64,${bytes.toString('base64')}`;

/** The photo of a type's form; undefined when its licences show none. */
export async function photoFieldOf(
  { licences, request }: Desk,
  type: LicenceType,
  present?: LicenceVersion,
): Promise<PhotoField | undefined> {
  const place = licences.photoPlaceOf(type);
  if (!place) return undefined;
  const { photo: carried = '' } = request.body;
  const chosen = request.file?.bytes ?? (carried === '' ? undefined : fromBase64(carried));
  const { photo } = readPhoto(chosen, place);
  return {
    chosen,
    carried: photo?.bytes.toString('base64url') ?? '',
    image: toImage(photo?.bytes ?? (present && (await licences.photoOf(present)))),
  };
}

/** The photo of a version, to look at. */
export const imageOf = async (
  { licences }: Pick<Desk, 'licences'>,
  version: LicenceVersion,
): Promise<string | undefined> => toImage(await licences.photoOf(version));
