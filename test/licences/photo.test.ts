import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../src/core/index.ts';
import { versionHash } from '../../src/licences/record.ts';
import { licencesCollection } from '../../src/licences/store.ts';
import { judge } from '../drawing/pages.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import {
  allTypes,
  draftOf,
  type TypeName,
  testActor,
  testAuthority,
  typeCodeOf,
  wireOf,
} from '../support/licences.ts';
import { faultsOf, heading, visit } from '../support/pages.ts';
import { photo } from '../support/photos.ts';
import type { Answer, Visitor } from '../support/relying-party.ts';
import { createDemoSeals } from '../support/seals.ts';
import { createStaffMember } from '../support/staff.ts';
import { type ApiReply, openSystem, type TestSystem } from '../support/systems.ts';

const portrait = photo({ width: 358, height: 467 });
const another = photo({ width: 358, height: 467, disc: true });
const base64 = portrait.toString('base64');
let app: TestApp;
let system: TestSystem;

beforeAll(async () => {
  app = await createTestApp();
  await createDemoSeals(app, [{ code: testAuthority, issues: allTypes.map(typeCodeOf) }]);
  system = await openSystem(app, 'bureau', {
    scope: 'licences:issue licences:read licences:manage',
    ...{ authority_code: testAuthority, licence_types: ['*'] },
  });
}, 60_000);
afterAll(() => app?.close());

const issue = (name: TypeName, number: string, sent?: unknown, key?: string): Promise<ApiReply> =>
  system.call('POST', '/api/v1/licences', {
    body: { ...wireOf(name, { number }), ...(sent !== undefined && { photo: sent }) },
    ...(key && { key }),
  });
const read = async (id: string) => (await system.call('GET', `/api/v1/licences/${id}`)).body;
const fileOf = async (href: string): Promise<Buffer> => (await system.call('GET', href)).body;

/** The picture in a PDF, as a program that nobody here wrote takes it out. */
function pictureIn(pdf: Buffer): Buffer | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tongxing-picture-'));
  try {
    const listed = judge('pdfimages', ['-list', 'FILE'], pdf).said;
    if (!/ image /.test(listed)) return undefined;
    judge('pdfimages', ['-j', 'FILE', join(folder, 'picture')], pdf);
    return readFileSync(join(folder, 'picture-000.jpg'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function blobs(): Promise<number> {
  let count = 0;
  for await (const _ of app.service.store.blobs.list(-1)) count += 1;
  return count;
}

describe('the photo of a holder', () => {
  it.each<[TypeName, string]>([
    ['residence-permit', '520100202400000101'],
    ['driving-licence', '520382189506151231'],
    ['social-security-card', 'G50000001'],
  ])('stands on a sealed %s byte for byte, and the version says which it is', async (name, number) => {
    const { status, body } = await issue(name, number, base64);
    expect(status).toBe(201);
    const file = await fileOf(body.file.href);
    expect(pictureIn(file)?.equals(portrait)).toBe(true);
    const report = await app.service.seals.validate({
      ...{ file, authorityCode: testAuthority, typeCode: typeCodeOf(name) },
    });
    expect(report.signatures[0]?.checks.filter(({ state }) => state !== 'passed')).toEqual([]);
    expect((await read(body.id)).photo_sha256).toBe(sha256Hex(portrait));
  });

  it('lies beside the document, which stays small; it is encrypted, named, and never swept', async () => {
    const { body } = await issue('social-security-card', 'G50000002', base64);
    const { store, licences } = app.service;
    const stored = await store.collection(licencesCollection).get(body.id);
    expect(JSON.stringify(stored?.value).length).toBeLessThan(2_000);
    expect(JSON.stringify(stored?.value)).toContain(sha256Hex(portrait));
    expect((await store.blobs.get(sha256Hex(portrait)))?.equals(portrait)).toBe(true);
    expect(await licences.hasFile(sha256Hex(portrait))).toBe(true);
    expect(await licences.hasFile(sha256Hex(another))).toBe(false);
  });

  it('is covered by the hash of the version: the same words with another photo are another statement', async () => {
    const one = await issue('social-security-card', 'G50000003', base64);
    const record = (await app.service.store.collection(licencesCollection).get(one.body.id))?.value;
    const [version] = record?.versions ?? [];
    if (!record || !version) throw new Error('nothing was issued');
    expect(versionHash(record, version)).toBe(version.hash);
    expect(versionHash(record, { ...version, photo: sha256Hex(another) })).not.toBe(version.hash);
    expect(versionHash(record, { ...version, photo: undefined })).not.toBe(version.hash);
    const plain = await issue('social-security-card', 'G50000004');
    expect((await read(plain.body.id)).photo_sha256).toBeUndefined();
    expect(pictureIn(await fileOf(plain.body.file.href))).toBeUndefined();
  });

  it('is drawn on first use as well, when the licence was kept as data', async () => {
    const draft = draftOf('social-security-card', { number: 'G50000005', photo: portrait });
    const { id } = await app.service.licences.issue(draft, testActor, { file: 'later' });
    expect((await read(id)).file).toBeNull();
    expect(pictureIn(await fileOf(`/api/v1/licences/${id}/file`))?.equals(portrait)).toBe(true);
  });

  it('stays through a change that sends none, is replaced by one that does, and goes with null', async () => {
    const { body } = await issue('social-security-card', 'G50000006', base64);
    const {
      type_code: _,
      issuing_authority_code: _code,
      number: _number,
      ...said
    } = wireOf('social-security-card');
    const change = async (more: object) => {
      const changed = await system.call('POST', `/api/v1/licences/${body.id}/versions`, {
        body: { ...said, ...more },
      });
      expect(changed.status).toBe(201);
      return pictureIn(await fileOf(changed.body.file.href));
    };
    expect((await change({}))?.equals(portrait)).toBe(true);
    expect((await change({ photo: another.toString('base64url') }))?.equals(another)).toBe(true);
    expect(await change({ photo: null })).toBeUndefined();
    expect((await read(body.id)).photo_sha256).toBeUndefined();
    expect(pictureIn(await fileOf(`/api/v1/licences/${body.id}/file?version=1`))?.equals(portrait)).toBe(
      true,
    );
  });

  it('is part of what a repeated request repeats', async () => {
    const first = await issue('social-security-card', 'G50000007', base64, 'photo');
    expect((await issue('social-security-card', 'G50000007', base64, 'photo')).body).toEqual(first.body);
    const other = await issue('social-security-card', 'G50000007', another.toString('base64'), 'photo');
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it.each<[string, TypeName, unknown, string]>([
    ['is no Base64', 'social-security-card', '!!', 'not-jpeg'],
    ['is another file', 'social-security-card', Buffer.from('%PDF-1.7').toString('base64'), 'not-jpeg'],
    [
      'has inks',
      'social-security-card',
      photo({ width: 358, height: 467, isCmyk: true }).toString('base64'),
      'inks',
    ],
    ['is too large', 'social-security-card', Buffer.alloc(500_001, 1).toString('base64'), 'too-large'],
    ['is tiny', 'social-security-card', photo({ width: 36, height: 47 }).toString('base64'), 'pixels'],
    [
      'lies on its side',
      'social-security-card',
      photo({ width: 467, height: 358 }).toString('base64'),
      'shape',
    ],
    ['has no place on the licence', 'hygiene-licence', base64, 'no-place'],
  ])(
    'is refused with a pointer, in both languages, when it %s; nothing is stored',
    async (_, name, sent, code) => {
      const before = await blobs();
      const { status, body } = await issue(
        name,
        name === 'hygiene-licence' ? '黔示卫公证字［2024］第000555号' : 'G50000099',
        sent,
      );
      expect([status, body.code]).toEqual([422, 'invalid-input']);
      expect(body.errors).toMatchObject([{ pointer: '/photo', code }]);
      expect(body.errors[0].text.zh).toMatch(/\p{Script=Han}.*。$/u);
      expect(body.errors[0].detail).toBe(body.errors[0].text.en);
      expect(await blobs()).toBe(before);
    },
  );

  it('is not kept when the issue is refused for something else', async () => {
    const before = await blobs();
    await app.registers.control('', { register: 'tsa', mode: 'error' });
    const fresh = photo({ width: 300, height: 400 });
    const refused = await issue('social-security-card', 'G50000098', fresh.toString('base64'));
    await app.registers.control('', { register: 'tsa' });
    expect([refused.status, await blobs()]).toEqual([503, before]);
  });

  it('makes no body endless', async () => {
    const huge = await issue('social-security-card', 'G50000097', 'A'.repeat(1_100_000));
    expect([huge.status, huge.body.code]).toEqual([413, 'content-too-large']);
  });
});

describe('the photo on a clerk’s page', () => {
  const address = `/admin/licences/new?type=${typeCodeOf('social-security-card')}&authority=${testAuthority}`;
  const card = {
    'holders.0.name': '赵示例',
    'holders.0.id_type': '111',
    'holders.0.id_number': '520102188001010014',
    ...{ number: 'G50000200', issued_on: '2024-03-05', valid_from: '2024-03-05', valid_until: '2034-03-04' },
    'data.insured_area': '示范市',
  };
  /** Hidden values of the form on a page. */
  const carried = (page: Answer): Record<string, string> =>
    Object.fromEntries(
      [...page.text.matchAll(/<input[^>]*type="hidden"[^>]*name="([^"]+)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    );

  /** Sends a form as a browser does: with a file as multipart. */
  async function post(
    { visitor, cookie }: { visitor: Visitor; cookie: string },
    page: Answer,
    values: Record<string, string>,
    file?: Buffer,
    path = address,
  ): Promise<Answer> {
    const entries = Object.entries({ ...carried(page), ...values });
    const form = new FormData();
    for (const [name, value] of entries) form.set(name, value);
    if (file) form.set('file', new Blob([Uint8Array.from(file)]), 'C:\\照片\\赵示例.jpg');
    const response = await fetch(app.issuer + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, origin: app.issuer },
      body: file ? form : new URLSearchParams(entries),
    });
    const location = response.headers.get('location');
    if (location) return visit(visitor, location);
    return { status: response.status, text: await response.text(), url: path } as Answer;
  }

  it('is chosen with the form, seen before the seal, carried from step to step, and stands on the licence', async () => {
    const staff = await createStaffMember(app, { duties: ['issuing-clerk'] });
    const clerk = { visitor: staff.visitor, cookie: staff.visitor.cookies('/').join('; ') };
    const form = await visit(staff.visitor, app.issuer + address);
    expect(form.text).toContain('enctype="multipart/form-data"');
    expect(form.text).toContain('type="file" accept="image/jpeg"');
    const wrong = await post(clerk, form, { ...card, do: 'preview' }, Buffer.from('GIF89a'));
    expect([wrong.status, faultsOf(wrong)]).toEqual([422, [expect.stringContaining('JPEG')]]);
    const faulty = await post(clerk, form, { ...card, number: 'x', do: 'preview' }, portrait);
    expect(faulty.status).toBe(422);
    expect(faulty.text).toContain(`src="data:image/jpeg;base64,${base64}"`);
    const preview = await post(clerk, faulty, { ...card, do: 'preview' });
    expect(heading(preview)).toBe('核对社会保障卡');
    expect(preview.text).toContain(`src="data:image/jpeg;base64,${base64}"`);
    const issued = await post(clerk, preview, { do: 'issue' });
    expect(issued.url).toMatch(/done=issued$/);
    expect(issued.text).toContain(`src="data:image/jpeg;base64,${base64}"`);
    const [, id = ''] = /licences\/([\w-]{22})/.exec(issued.url) ?? [];
    expect((await read(id)).photo_sha256).toBe(sha256Hex(portrait));

    const path = `/admin/licences/${id}/change`;
    const changing = await visit(staff.visitor, app.issuer + path);
    expect(changing.text).toContain('不选则沿用现有照片');
    const { number: _, ...words } = card;
    const values = { ...words, 'holders.0.id_number': '520102188001010014', do: 'change' };
    const kept = await post(clerk, changing, { ...values, 'data.insured_area': '试用市' }, undefined, path);
    expect(kept.url).toMatch(/done=changed$/);
    expect((await read(id)).photo_sha256).toBe(sha256Hex(portrait));
    await post(clerk, changing, values, another, path);
    expect(await read(id)).toMatchObject({ version: 3, photo_sha256: sha256Hex(another) });
  }, 60_000);

  it('is not asked for where a licence shows none', async () => {
    const { visitor } = await createStaffMember(app, { duties: ['issuing-clerk'] });
    const page = await visit(
      visitor,
      `${app.issuer}/admin/licences/new?type=${typeCodeOf('hygiene-licence')}&authority=${testAuthority}`,
    );
    expect(page.text).not.toContain('type="file"');
    expect(page.text).not.toContain('multipart');
  }, 60_000);
});
