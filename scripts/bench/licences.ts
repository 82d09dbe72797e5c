import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sha256Hex } from '../../src/core/index.ts';
import { templates } from '../../src/drawing/index.ts';
import { contentOf } from '../../src/licences/content.ts';
import type { Licence, LicenceDraft } from '../../src/licences/index.ts';
import type { Bench, Figure } from './figures.ts';
import { actor, cardOf, certificateOf, type Library, openLibrary } from './licence-library.ts';
import { withFolder } from './temp-folder.ts';

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const atLeast = (name: string, value: number, bar: number): Figure => ({
  ...{ name, value: Math.round(value), unit: 'a second of CPU' },
  ...{ bar: bar === 0 ? 'stated' : `>= ${bar.toLocaleString('en')}`, holds: value >= bar },
});

/** What so many issues cost, in milliseconds of CPU each; the time-stamp authority is not counted. */
async function issueMany(
  { licences, stamping }: Library,
  draftOf: (index: number) => LicenceDraft,
  size: number,
): Promise<{ each: number; last: Licence }> {
  const warm = Math.ceil(size / 10);
  for (let index = 0; index < warm; index += 1) await licences.issue(draftOf(index), actor);
  stamping.spentMs = 0;
  const start = cpuMs();
  for (let index = warm; index < warm + size; index += 1) await licences.issue(draftOf(index), actor);
  const each = (cpuMs() - start - stamping.spentMs) / size;
  return { each, last: await licences.issue(draftOf(warm + size), actor) };
}

/** Issuing through the use case: checked, drawn, sealed with a time stamp, stored, its events in the log. */
export const issueBench: Bench = {
  meaning:
    'issuing a licence: checked, drawn, sealed at B-T and stored with its events, on one core; a certificate of one page, a card of two',
  run: ({ size }, progress) =>
    withFolder(async (folder) => {
      const library = await openLibrary(folder);
      const certificate = await issueMany(library, certificateOf, size);
      progress(`${size} certificates issued`);
      const card = await issueMany(library, cardOf, size);
      progress(`${size} cards issued`);
      const [version] = certificate.last.versions;
      if (!version) throw new Error('a licence without a version');
      const issuers = ['示例省人力资源和社会保障厅'];
      const begin = cpuMs();
      for (let index = 0; index < size; index += 1) {
        const content = contentOf(certificate.last, version, {
          issuers,
          statusUrl: `https://bench.example/v/${index}`,
        });
        await library.drawing.renderLicence(templates['hygiene-licence'], content, Date.now());
      }
      const drawn = (cpuMs() - begin) / size;
      await library.close();
      const bytes = { unit: 'bytes', bar: 'stated', holds: true };
      return [
        atLeast('issue-draw-seal', 1000 / certificate.each, 60),
        atLeast('issue-draw-seal-card', 1000 / card.each, 0),
        atLeast('draw', 1000 / drawn, 0),
        { name: 'licence-file-bytes', value: version.file?.sizeBytes ?? 0, ...bytes },
      ];
    }),
};

/** What an uploaded file costs when it is one of ours: its hash, the look-up, and what the licence is now. */
export const knownFileBench: Bench = {
  meaning: 'a known file: its hash, the licence behind it, and the status now, per core',
  run: ({ size }, progress) =>
    withFolder(async (folder) => {
      const { licences, close } = await openLibrary(folder);
      const files: Buffer[] = [];
      for (let index = 0; index < 50; index += 1) {
        const { id } = await licences.issue(cardOf(index), actor);
        files.push((await licences.library.fileOf(id, 1)).bytes);
      }
      progress('50 files issued');
      const count = size * 20;
      const look = async (index: number): Promise<void> => {
        const found = await licences.library.findByFile(sha256Hex(files[index % files.length] ?? ''));
        const state = found && (await licences.library.stateAt(found.licence, Date.now()));
        if (state?.status !== 'valid') throw new Error('a known file was not found');
      };
      for (let index = 0; index < size; index += 1) await look(index);
      const start = cpuMs();
      for (let index = 0; index < count; index += 1) await look(index);
      const spent = cpuMs() - start;
      await close();
      return [atLeast('known-file', (count * 1000) / spent, 2_000)];
    }),
};

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);

/** What a licence takes in the store, with its indexes and its event in the log, without its file. */
export const licenceSizeBench: Bench = {
  meaning: 'bytes in the store for each licence that is data only, indexes included; the log apart',
  run: ({ size }, progress) =>
    withFolder(async (folder) => {
      const count = size * 25;
      const first = await openLibrary(folder);
      await first.close();
      const before = sizeOf(folder);
      const { licences, close } = await openLibrary(folder);
      const type = await licences.types.find(cardOf(0).typeCode);
      if (!type) throw new Error('the types that come with the house are not loaded');
      for (let from = 0; from < count; from += 500) {
        const drafts = Array.from({ length: Math.min(500, count - from) }, (_, index) =>
          cardOf(from + index),
        );
        await licences.stock.insert(drafts.map((draft) => licences.stock.build(draft, type, 'bench')));
      }
      await close();
      progress(`${count} licences stored`);
      const value = Math.round((sizeOf(folder) - before) / count);
      return [{ name: 'licence-size', value, unit: 'bytes', bar: '<= 2,048', holds: value <= 2_048 }];
    }),
};

/** Memory of a process that issues, drawing and sealing in itself: the most that it ever had. */
export const licenceMemoryBench: Bench = {
  meaning: 'most memory while issuing 100,000 licences as data only, then while sealing 2,000',
  async run({ logins }, progress) {
    const script = fileURLToPath(new URL('./licence-memory.ts', import.meta.url));
    const sealed = Math.ceil(logins / 50);
    const heap = ['--max-semi-space-size=32', '--max-old-space-size=1024'];
    const words = ['--no-warnings', ...heap, script, String(logins), String(sealed)];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    progress(`${logins} issued, ${sealed} sealed`);
    const { issuedMb, sealedMb } = JSON.parse(stdout) as { issuedMb: number; sealedMb: number };
    const figure = (name: string, mb: number): Figure => ({
      ...{ name, value: Math.round(mb), unit: 'MB', bar: '< 400', holds: mb < 400 },
    });
    return [figure('memory-issuing', issuedMb), figure('memory-sealing', sealedMb)];
  },
};
