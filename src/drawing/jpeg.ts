/** A JPEG picture in colour or grey, without anything that does not show. */
export interface Jpeg {
  /** The picture alone: no metadata (place, device, a small copy of another crop), nothing after its end. */
  bytes: Buffer;
  /** Pixels. */
  width: number;
  height: number;
  components: 1 | 3;
}

/** Why a file is not taken as a picture; `inks`: four colours, as for presses. */
export type JpegFault = 'not-jpeg' | 'inks';

const marker = { start: 0xd8, end: 0xd9, scan: 0xda, tables: [0xc4, 0xdb, 0xdd], frames: [0xc0, 0xc1, 0xc2] };

/** A progressive picture comes in about ten scans; thousands would keep a reader busy for minutes. */
const mostScans = 32;

/**
 * Reads the structure of a JPEG from its first byte to its end: baseline or progressive, Huffman-coded, eight bits. What it
 * shows is not decoded.
 * @see ITU-T T.81 B.1, B.2
 */
export function readJpeg(file: Uint8Array): Jpeg | JpegFault {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  let frame: Omit<Jpeg, 'bytes'> | 'inks' | undefined;
  let scans = 0;
  let at = 2;
  if (bytes[0] !== 0xff || bytes[1] !== marker.start) return 'not-jpeg';
  for (;;) {
    // Any number of fill bytes may precede a marker.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    const kind = bytes[at] === 0xff ? bytes[at + 1] : undefined;
    if (kind === marker.end) break;
    const length = at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : 0;
    const end = at + 2 + length;
    if (kind === undefined || length < 2 || end > bytes.length) return 'not-jpeg';
    const segment = bytes.subarray(at, end);
    at = end;
    if (marker.frames.includes(kind)) {
      if (frame) return 'not-jpeg';
      frame = readFrame(segment);
      if (!frame) return 'not-jpeg';
    } else if (kind === marker.scan) {
      scans += 1;
      if (!frame || scans > mostScans) return 'not-jpeg';
      at = endOfScan(bytes, end);
      kept.push(segment, bytes.subarray(end, at));
      continue;
    } else if (!marker.tables.includes(kind)) {
      if (!isApplication(kind)) return 'not-jpeg';
      if (!saysHowToShow(segment)) continue;
    }
    kept.push(segment);
  }
  if (frame === 'inks') return 'inks';
  if (!frame || scans === 0) return 'not-jpeg';
  return { ...frame, bytes: Buffer.concat([...kept, bytes.subarray(at, at + 2)]) };
}

/** Application data and comments. */
const isApplication = (kind: number): boolean => (kind >= 0xe0 && kind <= 0xef) || kind === 0xfe;

/** The two that a reader of pictures needs: JFIF without its small copy, and Adobe's word about colours. */
function saysHowToShow(segment: Buffer): boolean {
  const name = segment.toString('latin1', 4, 9);
  return (name === 'JFIF\0' && segment.length === 18) || (name === 'Adobe' && segment.length === 16);
}

function readFrame(segment: Buffer): Omit<Jpeg, 'bytes'> | 'inks' | undefined {
  const components = segment[9];
  if (segment.length < 10 || segment[4] !== 8 || segment.length !== 10 + 3 * (components ?? 0))
    return undefined;
  const [height, width] = [segment.readUInt16BE(5), segment.readUInt16BE(7)];
  if (components === 4) return 'inks';
  if ((components !== 1 && components !== 3) || width === 0 || height === 0) return undefined;
  return { width, height, components };
}

/** Where the next marker begins that is part of no scan; the end of the file when there is none. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    const isWithin = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isWithin) return at;
  }
  return bytes.length;
}
