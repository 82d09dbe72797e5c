import { type SealPicture, type SealSigner, sealFile, type TimeStamper } from '../../src/seals/index.ts';
import { pkiNow } from './pki.ts';

/** A picture of a seal: a red ring. */
export const ring: SealPicture = {
  bbox: [0, 0, 100, 100],
  content: Buffer.from('0.84 0 0.06 RG 4 w 5 5 90 90 re S'),
};

/** Objects of a small licence by number; tests add to them or replace them. */
export const plainObjects: Readonly<Record<number, string>> = {
  1: '<< /Type /Catalog /Pages 2 0 R >>',
  2: '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
  3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>',
  4: stream('BT /F 24 Tf 72 700 Td (Demo licence 001) Tj ET'),
  5: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  6: '<< /Title (Demo licence) >>',
};

/** A stream object. */
export function stream(content: string, more = ''): string {
  return `<< ${more} /Length ${content.length} >>\nstream\n${content}\nendstream`;
}

/** A PDF of the objects, with one cross-reference table. */
export function makePdf(objects: Readonly<Record<number, string>> = plainObjects, trailer = ''): Buffer {
  let body = '%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n';
  const numbers = Object.keys(objects).map(Number);
  const offsets = numbers.map((number) => {
    const at = body.length;
    body += `${number} 0 obj\n${objects[number]}\nendobj\n`;
    return `${number} 1\n${String(at).padStart(10, '0')} 00000 n\r\n`;
  });
  const id = 'a'.repeat(32);
  const table = `xref\n0 1\n0000000000 65535 f\r\n${offsets.join('')}`;
  const end = `trailer\n<< /Size ${Math.max(...numbers) + 1} /Root 1 0 R /Info 6 0 R /ID [<${id}> <${id}>] ${trailer} >>\n`;
  return Buffer.from(`${body}${table}${end}startxref\n${body.length}\n%%EOF\n`, 'latin1');
}

/** Seals a PDF in the lower right corner of its first page. */
export function sealPdf(
  pdf: Uint8Array,
  signer: SealSigner,
  timeStamper: TimeStamper | 'none',
): Promise<Buffer> {
  const place = { name: 'seal', page: 0, rect: [400, 60, 510, 170] as const };
  return sealFile({ pdf, picture: ring, place, at: pkiNow - 86_400_000, signer, timeStamper });
}
