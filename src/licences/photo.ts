import { type Bilingual, type InputFault, sha256Hex } from '../core/index.ts';
import { type PhotoFault, parsePhoto, photoPixels } from '../drawing/index.ts';
import { faultAt } from './faults.ts';

/** The holder's photo as it is kept: a file beside the licence, never in its document. */
export interface Photo {
  bytes: Buffer;
  /** Hex; what the version says of it. */
  sha256: string;
}

/** Width and height in millimetres of a photo's place. */
export type PhotoPlace = readonly [width: number, height: number];

const { least, most } = photoPixels;

const texts: Readonly<Record<PhotoFault | 'no-place', Bilingual>> = {
  'no-place': {
    zh: '该类证照上没有照片，请勿提交照片。',
    en: 'Licences of this type show no photo. Leave it out.',
  },
  'not-jpeg': {
    zh: '照片不是完整的 JPEG 文件，请另存为 JPEG 后重新提交。',
    en: 'The photo is not a whole JPEG file. Save it as JPEG and send it again.',
  },
  inks: {
    zh: '照片是印刷用的四色图像，请另存为彩色（RGB）或灰度的 JPEG。',
    en: 'The photo has four inks, as for presses. Save it as JPEG in colour (RGB) or grey.',
  },
  'too-large': {
    zh: '照片超过 500 KB，请缩小后重新提交。',
    en: 'The photo is larger than 500 kB. Make it smaller and send it again.',
  },
  pixels: {
    zh: `照片的宽和高都应为 ${least} 至 ${most} 像素，请调整后重新提交。`,
    en: `Width and height of the photo are ${least} to ${most} pixels each. Resize it and send it again.`,
  },
  shape: {
    zh: '照片的宽高比例与证照上的照片位置相差太多，请旋正或裁剪后重新提交。',
    en: 'The photo has another shape than its place on the licence. Turn it upright or crop it, and send it again.',
  },
};

/** The photo of a draft, without what does not show in it, or what is wrong with it. */
export function readPhoto(
  file: Uint8Array | undefined,
  place: PhotoPlace | undefined,
): { photo?: Photo; faults: InputFault[] } {
  if (!file) return { faults: [] };
  const parsed = place ? parsePhoto(file, place) : ({ ok: false, fault: 'no-place' } as const);
  if (parsed.ok) return { photo: { bytes: parsed.bytes, sha256: sha256Hex(parsed.bytes) }, faults: [] };
  const { zh, en } = texts[parsed.fault];
  return { faults: [faultAt('/photo', parsed.fault, zh, en)] };
}

/** The bytes of Base64 in either alphabet; none when it is something else, so that nothing else is taken for a photo. */
export function fromBase64(text: string): Buffer {
  const isBase64 = /^[\w+/-]+={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}
