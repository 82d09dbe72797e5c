import { describe, expect, it } from '@jest/globals';
import { isProblem } from '../../src/core/index.ts';
import { composeLicence } from '../../src/drawing/compose.ts';
import {
  type LicenceContent,
  openDrawing,
  previewTemplate,
  type TemplateName,
  templates,
  valueNames,
} from '../../src/drawing/index.ts';
import { createFonts } from '../../src/drawing/read-fonts.ts';
import { cellsOf, extract, hasInk, judge, photoOf, render } from './pages.ts';

const drawing = await openDrawing();
const fonts = createFonts();
const at = Date.UTC(2024, 2, 5, 8);
const names = Object.keys(templates) as TemplateName[];
const business = previewTemplate('business-licence');

/** Content of the business licence with some values changed. */
const withValues = (values: Record<string, string | null>): LicenceContent => ({
  ...business.content,
  values: { ...business.content.values, ...values },
});

describe.each(names)('the template %s', (name) => {
  const { template, content } = previewTemplate(name);

  it('draws a file in which outsiders find no fault, and in which every character is seen', async () => {
    const { pdf, sealPlaces } = await drawing.renderLicence(template, content, at);
    expect(judge('qpdf', ['--check', 'FILE'], pdf)).toMatchObject({ code: 0 });
    expect(pdf.length).toBeLessThan(130_000);
    const pages = composeLicence(fonts, template, content);
    const pictures = render(pdf, (template.pages[0]?.size[0] ?? 0) > 190 ? 130 : 140);
    expect(pictures).toHaveLength(pages.length);
    for (const [n, page] of pages.entries()) {
      const picture = pictures[n];
      const cells = cellsOf(fonts, page);
      expect(cells.length).toBeGreaterThan(20);
      expect(picture && cells.filter((cell) => !hasInk(picture, cell))).toEqual([]);
    }
    expect(sealPlaces).toHaveLength(1);
    for (const { page, rect } of sealPlaces) {
      const size = template.pages[page]?.size ?? [0, 0];
      const [left, bottom, right, top] = rect.map((points) => (points / 72) * 25.4) as [
        number,
        number,
        number,
        number,
      ];
      expect([right - left, top - bottom].map(Math.round)).toEqual([
        expect.any(Number),
        Math.round(right - left),
      ]);
      expect(left > 0 && bottom > 0 && right < size[0] && top < size[1]).toBe(true);
    }
  });

  it('names only values that its content has, and shows each of them to a machine too', async () => {
    const had = [
      ...Object.keys(content.values),
      ...Object.entries(content.lists ?? {}).flatMap(([list, [row]]) =>
        Object.keys(row ?? {}).map((key) => `${list}.${key}`),
      ),
    ];
    expect(valueNames(template).filter((value) => !had.includes(value))).toEqual([]);
    expect(had.filter((value) => !valueNames(template).includes(value))).toEqual([]);
    const { pdf } = await drawing.renderLicence(template, content, at);
    const text = extract(pdf);
    const undated = Object.values(content.values).filter(
      (value) => value && !/^\d{4}-\d\d-\d\d$/.test(value),
    );
    // A value that wraps beside another column is read line by line, so its first words stand for it.
    for (const value of undated)
      expect(text).toContain([...String(value).replace(/\s/g, '')].slice(0, 6).join(''));
  });
});

describe('what is written', () => {
  it('is missed when it is not there: cells of a page without its text have no ink', async () => {
    const { template, content } = previewTemplate('food-business-licence');
    const bare = { ...template, pages: template.pages.map((page) => ({ ...page, parts: [] })) };
    const { pdf } = await drawing.renderLicence(bare, content, at);
    const [picture] = render(pdf);
    const [page] = composeLicence(fonts, template, content);
    const cells = page ? cellsOf(fonts, page) : [];
    const seen = cells.filter((cell) => picture && hasInk(picture, cell));
    expect(cells.length).toBeGreaterThan(200);
    expect(seen.length / cells.length).toBeLessThan(0.25);
  });

  it.each([
    ['𪛖', 'U+2A6D6'],
    ['😀', 'U+1F600'],
    ['\u202e', 'U+202E'],
    ['\u0301', 'U+0301'],
    ['\u{e0100}', 'U+E0100'],
    ['\u0000', 'U+0000'],
  ])('is refused by name when it has %j, before anything is drawn', async (character, codePoint) => {
    const drawn = drawing.renderLicence(business.template, withValues({ name: `示范${character}公司` }), at);
    const problem = await drawn.catch((error: unknown) => error);
    expect(isProblem(problem, 'character-not-drawable')).toBe(true);
    expect(problem).toMatchObject({ extensions: { character, code_point: codePoint, field: 'name' } });
  });

  it('may have rare characters, minority names and Latin letters', async () => {
    const name = '买买提·䶮㐀龥〇堃喆㛃 Müller-Okafor（示例）';
    const { pdf } = await drawing.renderLicence(business.template, withValues({ name }), at);
    expect(extract(pdf)).toContain('买买提·䶮㐀龥〇堃喆㛃');
    const [page] = composeLicence(fonts, business.template, withValues({ name }));
    const [picture] = render(pdf);
    expect(page && picture && cellsOf(fonts, page).every((cell) => hasInk(picture, cell))).toBe(true);
  });

  it('becomes smaller when it is long, and follows in full on annex pages when it is too long', async () => {
    const scope = (count: number) =>
      Array.from({ length: count }, (_, n) => `第${n + 1}项示例经营活动`).join('；');
    const long = await drawing.renderLicence(
      business.template,
      withValues({ business_scope: scope(24) }),
      at,
    );
    expect(render(long.pdf, 20)).toHaveLength(1);
    expect(extract(long.pdf)).toContain('第24项');
    const { pdf, sealPlaces } = await drawing.renderLicence(
      business.template,
      withValues({ business_scope: scope(300) }),
      at,
    );
    expect(render(pdf, 20).length).toBeGreaterThan(2);
    const text = extract(pdf).replace(/第\d页，共\d页(营业执照附页)?/g, '');
    for (let n = 1; n <= 300; n++) expect(text).toContain(`第${n}项示例`);
    expect(text).toContain('见附页');
    expect(sealPlaces).toMatchObject([{ page: 0 }]);
  });

  it('keeps inside its field, and every holder beyond those with a place of their own stands on the annex page', async () => {
    const { template, content } = previewTemplate('marriage-certificate');
    const holder = {
      name: '周·'.repeat(14),
      sex: '男',
      nationality: '中国',
      born_on: null,
      id_number: '520382189506151231',
    };
    const holders = [...(content.lists?.holders ?? []), holder];
    const { pdf } = await drawing.renderLicence(template, { ...content, lists: { holders } }, at);
    expect(extract(pdf)).toContain('周·'.repeat(14));
    const pages = composeLicence(fonts, template, { ...content, lists: { holders } });
    expect(pages).toHaveLength(2);
    for (const page of pages)
      for (const { box } of cellsOf(fonts, page)) expect(box[2]).toBeLessThan(page.size[0] - 5);
  });
});

describe('the file', () => {
  it('has the same bytes for the same content and time, and others for another time', async () => {
    const [one, two, later] = await Promise.all(
      [at, at, at + 1000].map(async (time) =>
        (await openDrawing()).renderLicence(business.template, business.content, time),
      ),
    );
    expect(Buffer.from(one?.pdf ?? []).equals(two?.pdf ?? Buffer.alloc(0))).toBe(true);
    expect(Buffer.from(one?.pdf ?? []).equals(later?.pdf ?? Buffer.alloc(0))).toBe(false);
  });

  it('says that it is PDF/A-2b, has fonts and colours in it, one cross-reference table, and no transparency', async () => {
    const { pdf } = await drawing.renderLicence(business.template, business.content, at);
    const source = Buffer.from(pdf).toString('latin1');
    expect(source).toMatch(/pdfaid:part>2<[\s\S]*pdfaid:conformance>B</);
    expect(source).toContain('/GTS_PDFA1');
    expect(source).not.toMatch(/\/SMask|\/ca |\/CA |\/ObjStm|\/JavaScript|\/OpenAction/);
    expect(source.match(/\nxref\n/g)).toHaveLength(1);
    expect(judge('pdffonts', ['FILE'], pdf).said).toMatch(
      /NotoSansSC-Regular\s+CID TrueType\s+Identity-H\s+yes yes yes/,
    );
  });

  it('carries a photo, and refuses what is no photo or has inks for colours', async () => {
    const { template, content } = previewTemplate('social-security-card');
    const drawn = await drawing.renderLicence(template, content, at);
    const withPhoto = (picture: Uint8Array) => drawing.renderLicence(template, { ...content, picture }, at);
    const { pdf } = await withPhoto(photoOf(drawn.pdf));
    expect(judge('pdfimages', ['-list', 'FILE'], pdf).said).toMatch(/image\s+\d+\s+\d+\s+rgb/);
    for (const bad of [Buffer.from('GIF89a'), photoOf(drawn.pdf, '-jpegcmyk'), Buffer.alloc(2_100_000)])
      await expect(withPhoto(bad)).rejects.toMatchObject({ code: 'picture-not-usable' });
  });
});
