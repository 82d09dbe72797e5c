import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a photo of a test looks like. */
export interface PhotoSpec {
  /** Pixels. */
  width: number;
  height: number;
  /** A red disc in the middle of green; diagonal stripes otherwise. */
  disc?: boolean;
  isGrey?: boolean;
  isProgressive?: boolean;
  isCmyk?: boolean;
}

/** A JPEG by a program that nobody here wrote: poppler paints a page that is nothing but the picture. Equal input makes equal bytes. */
export function photo({ width, height, disc, isGrey, isProgressive, isCmyk }: PhotoSpec): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'tongxing-photo-'));
  try {
    writeFileSync(
      join(folder, 'page.pdf'),
      pageOf(width, height, disc ? discOf(width, height) : stripesOf(width, height)),
    );
    const kind = isCmyk ? ['-jpegcmyk'] : ['-jpeg', ...(isGrey ? ['-gray'] : [])];
    const options = ['-jpegopt', `quality=90,progressive=${isProgressive ? 'y' : 'n'}`];
    const words = ['-r', '72', ...kind, ...options, '-singlefile', 'page.pdf', 'photo'];
    const { status, stderr } = spawnSync('pdftoppm', words, { cwd: folder });
    if (status !== 0) throw new Error(`no photo was made: ${stderr}`);
    return readFileSync(join(folder, 'photo.jpg'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A page of so many points: at 72 to the inch, a point is a pixel. */
function pageOf(width: number, height: number, content: string): string {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents 4 0 R /Resources << >> >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
  ];
  const body = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join('');
  // Readers find the objects by themselves where there is no table.
  return `%PDF-1.7\n${body}trailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n`;
}

function discOf(width: number, height: number): string {
  const radius = Math.min(width, height) * 0.25;
  const line = `0 0.7 0 rg 0 0 ${width} ${height} re f 0.9 0.1 0.1 RG 1 J ${radius * 2} w`;
  return `${line} ${width / 2} ${height / 2} m ${width / 2} ${height / 2} l S`;
}

function stripesOf(width: number, height: number): string {
  const lines = Array.from({ length: 20 }, (_, n) => `${n * 20} 0 m ${n * 20 - 100} ${height} l S`);
  return `0.9 0.9 1 rg 0 0 ${width} ${height} re f 0.2 0.3 0.6 RG 6 w ${lines.join(' ')}`;
}
