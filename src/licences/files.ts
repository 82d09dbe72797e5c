import type { Audit } from '../audit/index.ts';
import { Problem } from '../core/index.ts';
import type { DrawingPool } from '../drawing/index.ts';
import type { Blobs } from '../storage/index.ts';
import type { FileMaker } from './make-file.ts';
import type { LicenceLibrary, PictureSize } from './port.ts';
import type { LicenceRecord, VersionRecord } from './record.ts';
import type { Records } from './records.ts';
import { isEnded } from './transitions.ts';

/**
 * How wide pictures are, in pixels. Pages are 171 mm wide at least, so the blurred one has two millimetres to a pixel: layout,
 * seal and headline are seen, what was written into the page is a grey line.
 */
const pictureWidths: Readonly<Record<PictureSize, number>> = { blurred: 96, small: 480, large: 960 };

/** Makes the reading of files; a version kept as data only gets its file here, once. */
export function createFiles(deps: {
  records: Records;
  files: FileMaker;
  drawing: Pick<DrawingPool, 'renderPicture'>;
  blobs: Blobs;
  audit: Pick<Audit, 'event'>;
}): Pick<LicenceLibrary, 'fileOf' | 'pictureOf'> {
  const { records, files, drawing, blobs, audit } = deps;
  const running = new Map<string, Promise<{ bytes: Buffer; sha256: string }>>();

  async function stored(sha256: string): Promise<{ bytes: Buffer; sha256: string }> {
    const bytes = await blobs.get(sha256);
    // A document names only what was stored before it.
    if (!bytes) throw new Problem('blob-damaged', { cause: new Error(`the file ${sha256} is not there`) });
    return { bytes, sha256 };
  }

  const versionOf = (record: LicenceRecord | undefined, version: number): VersionRecord | undefined =>
    record?.versions[version - 1];

  async function sealNow(record: LicenceRecord, version: VersionRecord): Promise<string> {
    const { to: status = 'valid' } = record.transitions.at(-1) ?? {};
    if (isEnded(status)) throw new Problem('licence-ended');
    const made = await files.make(record, version);
    const event = audit.event('licences.file.sealed', {
      ...{ licence: record.id, type: record.typeCode, version: version.version },
    });
    return records.change(record.id, (present) => {
      const there = versionOf(present, version.version)?.file;
      // Two readers at once: the first file is the file, the other one an orphan.
      if (there) return { result: there.sha256 };
      const versions = present.versions.map((one) =>
        one.version === version.version ? { ...one, file: made.file } : one,
      );
      return {
        write: { record: { ...present, versions }, events: [event, made.event] },
        result: made.file.sha256,
      };
    });
  }

  async function read(id: string, number: number): Promise<{ bytes: Buffer; sha256: string }> {
    const record = await records.get(id);
    const version = versionOf(record, number);
    if (!record || !version) throw new Problem('licence-not-found');
    return stored(version.file?.sha256 ?? (await sealNow(record, version)));
  }

  const fileOf: LicenceLibrary['fileOf'] = (id, version) => {
    const key = `${id}|${version}`;
    const present = running.get(key);
    if (present !== undefined) return present;
    const work = read(id, version).finally(() => running.delete(key));
    running.set(key, work);
    return work;
  };

  return {
    fileOf,
    // From the file and never from the record: what is seen is what was sealed, whatever templates and names are today.
    async pictureOf(id, version, size) {
      const { bytes } = await fileOf(id, version);
      return drawing.renderPicture(bytes, pictureWidths[size]);
    },
  };
}
