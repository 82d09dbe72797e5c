import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Cipher } from '../core/index.ts';
import type { CollectionShape } from './driver.ts';
import type { RecentBodies } from './recent-bodies.ts';

const plain = 0;
const deflated = 1;
const deflatedByDictionary = 2;

/**
 * Sizes from which compressing is worth its CPU time: records are kept for years and 400 million of them are paid for by
 * the byte, artefacts are gone within the hour and are written ten times per login.
 */
const compressFrom = { record: 400, artefact: 16_384 } as const;
/** With a dictionary even a short body shrinks by half. */
const compressByDictionaryFrom = 100;

/** Turns a JSON value into the bytes that are stored and back. */
export interface BodyCodec {
  seal(value: unknown, context: string): Buffer;
  /** @throws {Problem} cipher-cannot-open */
  open(body: Uint8Array, context: string): unknown;
}

export interface BodyCodecOptions {
  shape: CollectionShape;
  cipher: Cipher;
  recent: RecentBodies;
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
  if (!shape.encrypted)
    return {
      seal: (value) => pack(JSON.stringify(value)),
      open: (body) => JSON.parse(unpack(asBuffer(body))),
    };
  return {
    seal(value, context) {
      const place = placeOf(context);
      const json = JSON.stringify(value);
      const sealed = cipher.encrypt(pack(json), place);
      recent.keep(place, sealed, json);
      return sealed;
    },
    open(body, context) {
      const place = placeOf(context);
      const known = recent.find(place, body);
      if (known && isHot) {
        known.shared ??= frozen(JSON.parse(known.json));
        return known.shared;
      }
      const json = known?.json ?? unpack(cipher.decrypt(body, place));
      if (!known) recent.keep(place, body, json);
      // Parsed anew each time: nobody shares an object with anybody.
      return JSON.parse(json);
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
    ...(dictionary && { dictionary }),
  };
  return {
    pack(json: string): Buffer {
      const sizeBytes = Buffer.byteLength(json);
      const whole = Buffer.allocUnsafe(sizeBytes + 1);
      whole[0] = plain;
      whole.write(json, 1);
      if (sizeBytes < from) return whole;
      const small = deflateRawSync(whole.subarray(1), options);
      return small.length < sizeBytes * 0.9 ? Buffer.concat([flag, small]) : whole;
    },
    unpack(packed: Buffer): string {
      const payload = packed.subarray(1);
      if (packed[0] === plain) return payload.toString();
      return inflateRawSync(payload, packed[0] === deflatedByDictionary ? options : {}).toString();
    },
  };
}
