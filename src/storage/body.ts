import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Cipher } from '../core/index.ts';
import type { CollectionShape } from './driver.ts';
import type { RecentBodies } from './recent-bodies.ts';

/** A byte 0, as the first character of the text: so the whole is turned into bytes at once. */
const plain = '\0';
const deflated = 1;
const deflatedByDictionary = 2;

/**
 * Sizes from which compressing is worth its CPU time. Inflating costs as much as reading, decrypting and parsing together, so
 * the usual document of one version, with its file, stays as it is; those that grew are paid for by the byte for years.
 * Artefacts are gone within the hour and are written ten times per login.
 */
const compressFrom = { record: 1_280, artefact: 16_384 } as const;
/** With a dictionary even a short body shrinks by half. */
const compressByDictionaryFrom = 100;

/**
 * Bytes that a compressor gives out at a time. It stays in memory until the next full collection, and the last of these with it;
 * the usual 16 kB for each batch of the audit log made up most of what brings that collection on.
 */
const chunkSize = 4_096;

/** Turns a JSON value into the bytes that are stored and back. */
export interface BodyCodec {
  seal(value: unknown, context: string): Buffer;
  /** @throws {Problem} cipher-cannot-open */
  open(body: Uint8Array, context: string): unknown;
  /** The same for what is gone from the store and will not be read again. */
  openLast(body: Uint8Array, context: string): unknown;
}

export interface BodyCodecOptions {
  shape: CollectionShape;
  cipher: Cipher;
  /** Where the same few documents are read again and again; what is read all over costs more to remember than to open. */
  recent?: RecentBodies | undefined;
  /** Read at nearly every request. */
  isHot: boolean;
  /** @see CollectionDefinition.dictionary */
  dictionary?: string | undefined;
}

/** Makes the codec of a collection: JSON, a flag byte, compression where it pays, encryption where declared. */
export function createBodyCodec(options: BodyCodecOptions): BodyCodec {
  const { shape, cipher, recent, isHot, dictionary } = options;
  const threshold = isHot ? compressFrom.artefact : compressFrom[shape.durability];
  const { pack, unpack } = createPacking(threshold, dictionary);
  const placeOf = (context: string): string => `${shape.name}|${context}`;
  if (!shape.encrypted) {
    const open = (body: Uint8Array): unknown => JSON.parse(unpack(asBuffer(body)));
    return { seal: (value) => pack(JSON.stringify(value)), open, openLast: open };
  }
  return {
    seal(value, context) {
      const place = placeOf(context);
      const json = JSON.stringify(value);
      const sealed = cipher.encrypt(pack(json), place);
      recent?.keep(place, sealed, json);
      return sealed;
    },
    open(body, context) {
      const place = placeOf(context);
      const known = recent?.find(place, body);
      if (known && isHot) {
        known.shared ??= frozen(JSON.parse(known.json));
        return known.shared;
      }
      const json = known?.json ?? unpack(cipher.decrypt(body, place));
      if (!known) recent?.keep(place, body, json);
      // Parsed anew each time: nobody shares an object with anybody.
      return JSON.parse(json);
    },
    openLast(body, context) {
      const place = placeOf(context);
      return JSON.parse(recent?.take(place, body)?.json ?? unpack(cipher.decrypt(body, place)));
    },
  };
}

/** The value, from now on unchangeable to its depth. */
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}

/** The same memory as a Buffer, without a copy. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes of a text and back: a flag, then the text as it is or compressed, where that is worth it. */
function createPacking(threshold: number, dictionaryText?: string) {
  const dictionary = dictionaryText === undefined ? undefined : Buffer.from(dictionaryText);
  const from = dictionary ? compressByDictionaryFrom : threshold;
  const flag = Buffer.of(dictionary ? deflatedByDictionary : deflated);
  const options = {
    level: constants.Z_BEST_SPEED,
    windowBits: 13,
    memLevel: 6,
    chunkSize,
    ...(dictionary && { dictionary }),
  };
  return {
    pack(json: string): Buffer {
      const whole = Buffer.from(plain + json);
      if (whole.length <= from) return whole;
      const small = deflateRawSync(whole.subarray(1), options);
      return small.length < whole.length * 0.9 ? Buffer.concat([flag, small]) : whole;
    },
    unpack(packed: Buffer): string {
      if (packed[0] === 0) return packed.toString('utf8', 1);
      return inflateRawSync(
        packed.subarray(1),
        packed[0] === deflatedByDictionary ? options : { chunkSize },
      ).toString();
    },
  };
}
