import { createCipheriv, createDecipheriv, createSecretKey, hash } from 'node:crypto';

const indexBytes = 6;
const blockBytes = 16;

/** Turns the place of a receipt's event and the client that got it into an id, and back. */
export interface ReceiptIds {
  /** 22 characters of base64url. */
  idOf(leafIndex: number, clientId: string): string;
  /** Undefined for anything but an id that was made here for this client. */
  findPlace(id: string, clientId: string): number | undefined;
}

/**
 * Makes the ids under a key of 16 bytes. An id is one AES block of the place and the first 80 bits of the client's hash: it
 * says nothing to a stranger, cannot be guessed or turned into that of another receipt, and needs no row in the store.
 */
export function createReceiptIds(secret: Buffer): ReceiptIds {
  const key = createSecretKey(secret);
  // Whole blocks leave nothing behind in it, so one serves for all ids; making one costs more than its work.
  const cipher = createCipheriv('aes-128-ecb', key, null);
  const marks = new Map<string, Buffer>();
  const markOf = (clientId: string): Buffer => {
    const mark =
      marks.get(clientId) ?? hash('sha256', clientId, 'buffer').subarray(0, blockBytes - indexBytes);
    if (marks.size < 10_000) marks.set(clientId, mark);
    return mark;
  };
  return {
    idOf(leafIndex, clientId) {
      const block = Buffer.alloc(blockBytes);
      block.writeUIntBE(leafIndex, 0, indexBytes);
      markOf(clientId).copy(block, indexBytes);
      return cipher.update(block).toString('base64url');
    },
    findPlace(id, clientId) {
      if (!/^[\w-]{21}[AQgw]$/.test(id)) return undefined;
      const decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
      const block = decipher.update(Buffer.from(id, 'base64url'));
      return block.subarray(indexBytes).equals(markOf(clientId))
        ? block.readUIntBE(0, indexBytes)
        : undefined;
    },
  };
}
