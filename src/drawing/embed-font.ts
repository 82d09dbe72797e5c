import { createHash } from 'node:crypto';
import type { Face, Weight } from './fonts.ts';
import type { PdfFile, Ref } from './pdf-file.ts';
import { decimal } from './vector.ts';

/** The part of a font that one file uses: characters in, codes for its content streams out, a font object at the end. */
export interface UsedFont {
  /** Hexadecimal codes for a `Tj` operand. */
  encode(text: string): string;
  /** Writes font program and dictionaries; undefined when nothing was encoded. */
  embed(file: PdfFile): Ref | undefined;
}

/** Collects the glyphs of one file. Codes are numbered in order of use, so equal pages make equal bytes. */
export function useFont(face: Face, weight: Weight): UsedFont {
  // Code 0 is the box for what is missing; a glyph that stands for two characters has one code.
  const byGlyph = new Map([[0, 0]]);
  const codes = new Map<string, number>();
  const codeOf = (character: string): number => {
    let code = codes.get(character);
    if (code === undefined) {
      const { id } = face.glyph(character);
      code = byGlyph.get(id) ?? byGlyph.size;
      byGlyph.set(id, code);
      codes.set(character, code);
    }
    return code;
  };
  return {
    encode(text) {
      let codesInHex = '';
      for (const character of text) codesInHex += hex(codeOf(character));
      return codesInHex;
    },
    embed: (file) =>
      codes.size
        ? embedFont(file, face, weight, { codes, program: face.program.cut([...byGlyph.keys()]) })
        : undefined,
  };
}

const hex = (code: number): string => code.toString(16).toUpperCase().padStart(4, '0');

/** @see ISO 32000-1 9.7 (composite fonts) and 9.10.3 (ToUnicode) */
function embedFont(
  file: PdfFile,
  { font, glyph }: Face,
  weight: Weight,
  { codes, program }: { codes: ReadonlyMap<string, number>; program: Buffer },
): Ref {
  const name = `/${subsetTag(program)}+NotoSansSC-${weight === 'bold' ? 'Bold' : 'Regular'}`;
  const scaled = (value: number): number => Math.round((value * 1000) / font.unitsPerEm);
  const { minX, minY, maxX, maxY } = font.bbox;
  const fontFile = file.addPacked(program, `/Length1 ${program.length}`);
  const descriptor = file.add(
    [
      `<< /Type /FontDescriptor /FontName ${name} /Flags 4 /ItalicAngle 0 /StemV ${weight === 'bold' ? 140 : 80}`,
      `/FontBBox [${[minX, minY, maxX, maxY].map(scaled).join(' ')}]`,
      `/Ascent ${scaled(font.ascent)} /Descent ${scaled(font.descent)} /CapHeight ${scaled(font.capHeight)}`,
      `/FontFile2 ${fontFile} >>`,
    ].join('\n'),
  );
  const byCode = [...codes].sort(([, a], [, b]) => a - b);
  const widths = byCode.map(([character, code]) => `${code} [${decimal(glyph(character).advance * 1000)}]`);
  const descendant = file.add(
    [
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont ${name} /FontDescriptor ${descriptor}`,
      '/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>',
      `/CIDToGIDMap /Identity /DW 1000 /W [${widths.join(' ')}] >>`,
    ].join('\n'),
  );
  const unicode = file.addPacked(toUnicode(byCode));
  return file.add(
    `<< /Type /Font /Subtype /Type0 /BaseFont ${name} /Encoding /Identity-H /DescendantFonts [${descendant}] /ToUnicode ${unicode} >>`,
  );
}

/** Six capital letters that name this subset: from its bytes, so that the same page has the same name. */
function subsetTag(program: Buffer): string {
  const digest = createHash('sha256').update(program).digest();
  return [...digest.subarray(0, 6)].map((byte) => String.fromCharCode(65 + (byte % 26))).join('');
}

function toUnicode(byCode: readonly (readonly [string, number])[]): string {
  const rows = byCode.map(
    ([character, code]) => `<${hex(code)}> <${Buffer.from(character, 'utf16le').swap16().toString('hex')}>`,
  );
  const blocks: string[] = [];
  // A block may hold at most 100 rows.
  for (let from = 0; from < rows.length; from += 100) {
    const block = rows.slice(from, from + 100);
    blocks.push(`${block.length} beginbfchar`, ...block, 'endbfchar');
  }
  return [
    '/CIDInit /ProcSet findresource begin',
    '12 dict begin',
    'begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def',
    '/CMapType 2 def',
    '1 begincodespacerange',
    '<0000> <FFFF>',
    'endcodespacerange',
    ...blocks,
    'endcmap',
    'CMapName currentdict /CMap defineresource pop',
    'end',
    'end',
  ].join('\n');
}
