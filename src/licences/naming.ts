import { createHmac, createSecretKey } from 'node:crypto';
import { issueLicenceIdentifier, type Random, readableOf } from '../core/index.ts';

/** Makes the names that licences go by. */
export interface Naming {
  /** 128 bits over type, issuer and number, 22 characters: the key. The same everywhere and for ever. */
  licenceId(typeCode: string, issuerCode: string, number: string): string;
  /**
   * A number for a type whose numbers we give out. The same request (with an Idempotency-Key) gets the same one, so that a
   * repeat after a crash finds what it wrote. `attempt` counts collisions.
   */
  number(prefix: string, request: string | undefined, attempt: number): string;
  /** National identifier of a version; all versions of a licence share the serial. @throws {Error} for codes that were not checked */
  identifier(parts: { typeCode: string; issuerCode: string; serial: string; version: number }): string;
  /** 25 letters and digits, 128 random bits: licence numbers may hold ID numbers, serials say nothing. */
  serial(): string;
}

/** Makes the naming. The secret is never rotated: names are for ever. */
export function createNaming({ secret, random }: { secret: Buffer; random: Random }): Naming {
  // Bytes would be asked at each call whether they are a key object, which costs many times the hash.
  const key = createSecretKey(secret);
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  return {
    licenceId: (typeCode, issuerCode, number) =>
      digest(`${typeCode}|${issuerCode}|${number}`).subarray(0, 16).toString('base64url'),
    number(prefix, request, attempt) {
      const bytes = request === undefined ? random.bytes(12) : digest(`number|${attempt}|${request}`);
      // 60 bits: nobody guesses a neighbour's number from their own.
      return prefix + readableOf(bytes.subarray(0, 12));
    },
    identifier(parts) {
      const issued = issueLicenceIdentifier(parts);
      if (!issued.ok) throw new Error(`no licence identifier can be made: ${issued.reason}`);
      return issued.value.identifier;
    },
    serial: () =>
      BigInt(`0x${random.bytes(16).toString('hex')}`)
        .toString(36)
        .toUpperCase()
        .padStart(25, '0'),
  };
}

/** The serial within an identifier of ours. */
export const serialOf = (identifier: string): string => identifier.split('.').at(-3) ?? '';
