import { describe, expect, it } from '@jest/globals';
import {
  openDrawing,
  type PhotoFault,
  parsePhoto,
  photoSize,
  previewTemplate,
  type TemplateName,
  templates,
} from '../../src/drawing/index.ts';
import { readJpeg } from '../../src/drawing/jpeg.ts';
import { photo } from '../support/photos.ts';
import { judge, render } from './pages.ts';

const place = [36, 47] as const;
const drawing = await openDrawing();
const at = Date.parse('2024-03-05T02:00:00Z');
const taken = (file: Uint8Array) => parsePhoto(file, place);
const faultOf = (file: Uint8Array): PhotoFault | undefined => {
  const parsed = taken(file);
  return parsed.ok ? undefined : parsed.fault;
};
/** A segment of a JPEG: its marker and what it says. */
const segment = (kind: number, text: string): Buffer =>
  Buffer.concat([Buffer.of(0xff, kind, 0, text.length + 2), Buffer.from(text, 'latin1')]);
/** A file with something put right after its beginning. */
const withSegments = (file: Buffer, ...more: Buffer[]): Buffer =>
  Buffer.concat([file.subarray(0, 2), ...more, file.subarray(2)]);

describe('a photo', () => {
  it('of templates with a place for one is taken in colour, in grey, and when it comes line by line', () => {
    const withPlace = Object.values(templates).filter((template) => photoSize(template));
    expect(withPlace.map(({ name }) => name).sort()).toEqual([
      'driving-licence',
      'marriage-certificate',
      'residence-permit',
      'social-security-card',
    ]);
    for (const kind of [{}, { isGrey: true }, { isProgressive: true }]) {
      const file = photo({ width: 180, height: 235, ...kind });
      expect(taken(file)).toEqual({ ok: true, bytes: file });
    }
  });

  it('loses what does not show: place and device, the small copy, comments, and what hangs on behind', () => {
    const file = photo({ width: 180, height: 235 });
    const secrets = withSegments(
      file,
      segment(0xe1, 'Exif\0\0GPS 26.6N 106.6E'),
      segment(0xe2, 'ICC_PROFILE\0'),
      segment(0xe0, 'JFXX\0\x10small copy'),
      segment(0xfe, 'taken at home'),
    );
    expect(taken(Buffer.concat([secrets, Buffer.from('PK a file behind the file')]))).toEqual({
      ok: true,
      bytes: file,
    });
  });

  const good = photo({ width: 180, height: 235 });
  it.each<[string, PhotoFault, Buffer]>([
    ['nothing', 'not-jpeg', Buffer.alloc(0)],
    ['two bytes', 'not-jpeg', good.subarray(0, 2)],
    ['another kind of picture', 'not-jpeg', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a page with a script', 'not-jpeg', Buffer.from('<svg onload="alert(1)"/>')],
    ['a file cut in its picture', 'not-jpeg', good.subarray(0, good.length - 100)],
    ['a file cut in its tables', 'not-jpeg', good.subarray(0, 100)],
    ['a length beyond the end', 'not-jpeg', withSegments(good, Buffer.of(0xff, 0xe1, 0xff, 0xff))],
    ['a length of nothing', 'not-jpeg', withSegments(good, Buffer.of(0xff, 0xe1, 0, 0))],
    ['a picture without its frame', 'not-jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xd9])],
    ['two frames', 'not-jpeg', withSegments(good, frameOf(good))],
    ['arithmetic coding', 'not-jpeg', withSegments(good, segment(0xcc, 'ab'))],
    ['thousands of scans', 'not-jpeg', withScans(photo({ width: 150, height: 200, disc: true }), 40)],
    ['inks', 'inks', photo({ width: 180, height: 235, isCmyk: true })],
    ['more bytes than any photo needs', 'too-large', Buffer.alloc(500_001)],
    ['a stamp', 'pixels', photo({ width: 60, height: 80 })],
    ['a poster', 'pixels', claiming(good, 20_000, 26_000)],
    ['no height', 'not-jpeg', claiming(good, 180, 0)],
    ['a picture on its side', 'shape', photo({ width: 235, height: 180 })],
    ['a banner', 'shape', photo({ width: 150, height: 400 })],
  ])('is refused when it is %s', (_, fault, file) => {
    expect(faultOf(file)).toBe(fault);
  });

  it.each<TemplateName>([
    'residence-permit',
    'driving-licence',
    'social-security-card',
    'marriage-certificate',
  ])(
    'stands unstretched in the middle of its place on a %s, and nothing of it beyond',
    async (name) => {
      const { template, content } = previewTemplate(name);
      const part = template.pages.flatMap(({ parts }) => parts).find((one) => one.part === 'picture');
      const page = template.pages.findIndex(({ parts }) => parts.some((one) => one.part === 'picture'));
      if (part?.part !== 'picture') throw new Error('it has no place for a picture');
      const [width, height] = part.size;
      // A circle on green: a circle still, whatever the shape of the file.
      for (const stretch of [0.8, 1, 1.3]) {
        const file = photo({ width: Math.round(width * 10 * stretch), height: height * 10, disc: true });
        expect(parsePhoto(file, part.size).ok).toBe(true);
        const { pdf } = await drawing.renderLicence(
          template,
          { ...content, specimen: '', picture: file },
          at,
        );
        const drawn = render(pdf)[page];
        if (!drawn) throw new Error('it was not drawn');
        const colourAt = (x: number, y: number): string => {
          const offset = (Math.round(y * drawn.scale) * drawn.width + Math.round(x * drawn.scale)) * 3;
          const [red = 0, green = 0, blue = 0] = drawn.rgb.subarray(offset, offset + 3);
          if (red > 180 && green < 90 && blue < 90) return 'red';
          return green > 130 && red < 90 && blue < 90 ? 'green' : 'other';
        };
        const [middle, centre] = [part.at[0] + width / 2, part.at[1] + height / 2];
        const reach = (dx: number, dy: number): number => {
          let steps = 0;
          while (colourAt(middle + dx * steps * 0.25, centre + dy * steps * 0.25) === 'red') steps += 1;
          return steps * 0.25;
        };
        expect(reach(1, 0)).toBeGreaterThan(5);
        expect(Math.abs(reach(1, 0) - reach(0, 1))).toBeLessThan(0.8);
        expect(Math.abs(reach(-1, 0) - reach(1, 0))).toBeLessThan(0.8);
        const [left, top] = part.at;
        for (const [x, y] of [
          [left + 0.6, top + 0.6],
          [left + width - 0.6, top + height - 0.6],
        ] as const)
          expect(colourAt(x, y)).toBe('green');
        for (const [x, y] of [
          [left - 0.6, centre],
          [left + width + 0.6, centre],
          [middle, top - 0.6],
          [middle, top + height + 0.6],
        ] as const)
          expect(colourAt(x, y)).toBe('other');
        expect(judge('qpdf', ['--check', 'FILE'], pdf).code).toBe(0);
      }
    },
    60_000,
  );
});

/** The frame header of a file. */
function frameOf(file: Buffer): Buffer {
  const from = file.indexOf(Buffer.of(0xff, 0xc0));
  return file.subarray(from, from + 2 + file.readUInt16BE(from + 2));
}

/** The same file, saying another size of itself. */
function claiming(file: Buffer, width: number, height: number): Buffer {
  const claims = Buffer.from(file);
  const from = file.indexOf(Buffer.of(0xff, 0xc0));
  claims.writeUInt16BE(height, from + 5);
  claims.writeUInt16BE(width, from + 7);
  return claims;
}

/** The same file with its scan again and again. */
function withScans(file: Buffer, count: number): Buffer {
  const from = file.indexOf(Buffer.of(0xff, 0xda));
  const scan = file.subarray(from, file.length - 2);
  expect(readJpeg(file)).toMatchObject({ components: 3 });
  return Buffer.concat([file.subarray(0, from), ...Array<Buffer>(count).fill(scan), file.subarray(-2)]);
}
