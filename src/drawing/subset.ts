/**
 * Cuts the glyphs that one file uses out of a font by copying their bytes as they stand. Nothing is decoded and written
 * again, so a cut costs little more than the copy.
 */
export interface FontProgram {
  /** A font of these glyphs in this order, the first of which should be 0; parts of compound glyphs are added at the end. */
  cut(glyphs: readonly number[]): Buffer;
}

/** What a PDF needs of a TrueType font, in the order of a table directory. @see ISO 32000-1 9.9 */
const tags = ['cvt ', 'fpgm', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp', 'prep'] as const;

type Tables = Partial<Record<(typeof tags)[number], Buffer>>;

/**
 * Reads the tables of one TrueType font that is no collection.
 * @see ISO/IEC 14496-22 (OpenType)
 */
export function readProgram(file: Buffer): FontProgram {
  const tables = readTables(file);
  const { head, hhea, hmtx, maxp, loca, glyf } = tables;
  if (!head || !hhea || !hmtx || !maxp || !loca || !glyf) throw new Error('not a TrueType font');
  const isLong = head.readInt16BE(50) === 1;
  const offset = (id: number): number => (isLong ? loca.readUInt32BE(id * 4) : loca.readUInt16BE(id * 2) * 2);
  const lastMetric = hhea.readUInt16BE(34) - 1;
  const bearing = (id: number): number =>
    id <= lastMetric ? id * 4 + 2 : (lastMetric + 1) * 4 + (id - lastMetric - 1) * 2;

  return {
    cut(wanted) {
      const ids = [...wanted];
      const outlines: Buffer[] = [];
      // Parts of compound glyphs make the list longer on the way.
      for (let n = 0; n < ids.length; n++) {
        const id = ids[n] as number;
        outlines.push(withParts(glyf.subarray(offset(id), offset(id + 1)), ids));
      }
      const places = Buffer.alloc((ids.length + 1) * 4);
      const metrics = Buffer.alloc(ids.length * 4);
      let end = 0;
      for (const [n, id] of ids.entries()) {
        end += outlines[n]?.length ?? 0;
        places.writeUInt32BE(end, (n + 1) * 4);
        hmtx.copy(metrics, n * 4, Math.min(id, lastMetric) * 4, Math.min(id, lastMetric) * 4 + 2);
        hmtx.copy(metrics, n * 4 + 2, bearing(id), bearing(id) + 2);
      }
      return writeTables({
        ...tables,
        glyf: Buffer.concat(outlines, end),
        // Long offsets, and a sum that is written once the rest is known.
        head: withNumbers(head, [8, 0], [10, 0], [50, 1]),
        hhea: withNumbers(hhea, [34, ids.length]),
        hmtx: metrics,
        loca: places,
        maxp: withNumbers(maxp, [4, ids.length]),
      });
    },
  };
}

/** A copy with other 16-bit numbers at some places. */
function withNumbers(table: Buffer, ...changes: readonly (readonly [at: number, value: number])[]): Buffer {
  const copy = Buffer.from(table);
  for (const [at, value] of changes) copy.writeUInt16BE(value, at);
  return copy;
}

const flags = { words: 0x01, scale: 0x08, more: 0x20, scales: 0x40, matrix: 0x80 };

/** The bytes of a glyph; a compound one names its parts by the numbers that they have in `ids`, where they are added. */
function withParts(bytes: Buffer, ids: number[]): Buffer {
  if (bytes.length < 10 || bytes.readInt16BE(0) >= 0) return bytes;
  const copy = Buffer.from(bytes);
  for (let at = 10, flag = flags.more; flag & flags.more; ) {
    flag = copy.readUInt16BE(at);
    const part = copy.readUInt16BE(at + 2);
    if (!ids.includes(part)) ids.push(part);
    copy.writeUInt16BE(ids.indexOf(part), at + 2);
    at += flag & flags.words ? 8 : 6;
    at += flag & flags.scale ? 2 : flag & flags.scales ? 4 : flag & flags.matrix ? 8 : 0;
  }
  return copy;
}

function readTables(file: Buffer): Tables {
  const found: Tables = {};
  for (let n = 0; n < file.readUInt16BE(4); n++) {
    const at = 12 + n * 16;
    const tag = tags.find((one) => one === file.toString('latin1', at, at + 4));
    const start = file.readUInt32BE(at + 8);
    if (tag) found[tag] = file.subarray(start, start + file.readUInt32BE(at + 12));
  }
  return found;
}

const padded = (length: number): number => (length + 3) & ~3;

function writeTables(tables: Tables): Buffer {
  const present = tags.flatMap((tag) => (tables[tag] ? [{ tag, table: tables[tag] }] : []));
  const power = Math.floor(Math.log2(present.length));
  let at = 12 + present.length * 16;
  const file = Buffer.alloc(present.reduce((sum, { table }) => sum + padded(table.length), at));
  file.writeUInt32BE(0x00010000, 0);
  for (const [n, value] of [
    present.length,
    16 << power,
    power,
    (present.length - (1 << power)) * 16,
  ].entries())
    file.writeUInt16BE(value, 4 + n * 2);
  let adjustment = 0;
  for (const [n, { tag, table }] of present.entries()) {
    table.copy(file, at);
    const entry = 12 + n * 16;
    file.write(tag, entry, 'latin1');
    file.writeUInt32BE(sumOf(file, at, at + padded(table.length)), entry + 4);
    file.writeUInt32BE(at, entry + 8);
    file.writeUInt32BE(table.length, entry + 12);
    if (tag === 'head') adjustment = at + 8;
    at += padded(table.length);
  }
  file.writeUInt32BE((0xb1b0afba - sumOf(file, 0, file.length)) >>> 0, adjustment);
  return file;
}

/** The sum of 32-bit numbers that tells damage. */
function sumOf(file: Buffer, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 4) sum = (sum + file.readInt32BE(at)) | 0;
  return sum >>> 0;
}
