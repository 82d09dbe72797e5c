import { deflateSync } from 'node:zlib';
import { isProblem } from '../core/index.ts';
import { type Drawing, type SealDiameter, sealDiameters, sealForm, sealSvg } from '../drawing/index.ts';
import type { FieldFault } from '../http/index.ts';
import type { SealPicture } from './port.ts';
import type { SealRecord } from './store.ts';

interface Words {
  ownerName: string;
  name: { zh: string };
  codeNumber: string;
  diameterMm: SealDiameter;
}

/** The picture of a seal as the register keeps it: what was approved is what stands on files, whatever is redrawn later. */
export function pictureOf(
  drawing: Drawing,
  { ownerName, name, codeNumber, diameterMm }: Words,
): SealRecord['picture'] | { faults: readonly FieldFault[] } {
  try {
    const drawn = drawing.renderSeal({ ownerName, line: name.zh, code: codeNumber, diameterMm });
    const { bbox, content } = sealForm(drawn);
    return { size: bbox[2], content: deflateSync(content, { level: 9 }).toString('base64') };
  } catch (error) {
    if (!isProblem(error)) throw error;
    const text = {
      zh: '名称中有印章上无法绘制的字',
      en: 'The name has a character that cannot be drawn on a seal',
    };
    return { faults: [{ field: 'nameZh', text }] };
  }
}

/** The same as SVG; undefined for words that no seal can carry. */
export function svgOf(
  drawing: Drawing,
  spec: { ownerName: string; name: string; codeNumber: string; diameterMm: number },
): string | undefined {
  const diameterMm = sealDiameters.find((one) => one === spec.diameterMm);
  if (!diameterMm) return undefined;
  const { ownerName, name: line, codeNumber: code } = spec;
  try {
    return sealSvg(drawing.renderSeal({ ownerName, line, code, diameterMm }));
  } catch (error) {
    if (isProblem(error)) return undefined;
    throw error;
  }
}

/** The kept picture in the form that sealing takes. */
export function pictureOn({ picture: { size, content } }: Pick<SealRecord, 'picture'>): SealPicture {
  return { bbox: [0, 0, size, size], content: Buffer.from(content, 'base64'), isDeflated: true };
}
