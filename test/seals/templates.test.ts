import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayMs } from '../../src/core/index.ts';
import {
  openDrawing,
  photoSize,
  previewTemplate,
  sealForm,
  type TemplateName,
  templates,
} from '../../src/drawing/index.ts';
import { sealFile } from '../../src/seals/index.ts';
import { photo } from '../support/photos.ts';
import { pkiNow, signerOf, stamperOf } from '../support/pki.ts';
import { isVeraPdfAvailable, judgeByVeraPdf } from '../support/verapdf.ts';
import { faultsOf, pki, validate } from './trust.ts';

const run = promisify(execFile);
const names = Object.keys(templates) as TemplateName[];
const files = new Map<TemplateName, Buffer>();
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sealed-templates-'));
  const drawing = await openDrawing();
  const seal = { ownerName: '示例省政务服务管理局', line: '电子证照专用章', code: '5200000000001' } as const;
  const sealPicture = sealForm(drawing.renderSeal({ ...seal, diameterMm: 42 }));
  // Every kind of photo that is taken, one after the other.
  const kinds = [{}, { isGrey: true }, { isProgressive: true }];
  for (const [index, name] of names.entries()) {
    const { template, content } = previewTemplate(name);
    const [width, height] = photoSize(template) ?? [0, 0];
    const picture = width
      ? photo({ width: width * 10, height: height * 10, ...kinds[index % 3] })
      : undefined;
    const filled = { ...content, ...(picture && { picture }) };
    const { pdf, sealPlaces } = await drawing.renderLicence(template, filled, pkiNow - dayMs);
    const [place] = sealPlaces;
    if (!place) throw new Error(`${name} has no place for a seal`);
    const signer = signerOf(pki.seal);
    const sealed = await sealFile({
      ...{ pdf, picture: sealPicture, place, at: pkiNow - dayMs, signer },
      timeStamper: stamperOf(pki.tsa),
    });
    files.set(name, sealed);
    writeFileSync(join(folder, `${name}.pdf`), sealed);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('every template, drawn and sealed', () => {
  it.each(names)('%s: passes our validator, and pdfsig finds the whole document signed', async (name) => {
    expect(faultsOf(validate(files.get(name) ?? Buffer.alloc(0)))).toEqual([]);
    const { stdout } = await run('pdfsig', ['-nocert', join(folder, `${name}.pdf`)]);
    expect(stdout).toContain('Signature is Valid');
    expect(stdout).toContain('Total document signed');
  });

  (isVeraPdfAvailable() ? it : it.skip)(
    'stays PDF/A-2b under its seal, as veraPDF judges',
    async () => {
      const judged = await judgeByVeraPdf(folder);
      expect(judged).toEqual(names.toSorted().map((name) => `${name}.pdf true`));
    },
    240_000,
  );
});
