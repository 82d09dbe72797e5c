import type { Connection } from 'mongoose';
import { type Clock, sha256Hex } from '../../core/index.ts';
import { greatestBlobBytes, isBlobName } from '../blob-rules.ts';
import type { BlobSeal } from '../driver.ts';
import type { Blobs } from '../port.ts';
import { attempt, takenIndex } from './errors.ts';
import { ownCollections } from './schema.ts';

interface BlobDocument {
  _id: string;
  bytes: Buffer;
  /** Milliseconds since the epoch: the orphan sweep leaves young ones alone. */
  putAt: number;
}

/** Blobs as documents under their hash. */
export function createMongoBlobs({
  connection,
  seal,
  clock,
}: {
  connection: Connection;
  seal: BlobSeal;
  clock: Clock;
}): Blobs {
  const documents = connection.collection<BlobDocument>(ownCollections.blobs);
  const named = (sha256: string): { _id: string } => {
    if (!isBlobName(sha256)) throw new TypeError('a blob is named by its SHA-256 in hex');
    return { _id: sha256 };
  };
  return {
    async put(bytes) {
      if (bytes.length > greatestBlobBytes) throw new RangeError('a blob has at most 15 MB');
      const sha256 = sha256Hex(bytes);
      await attempt(async () => {
        const putAt = clock.now();
        const touched = await documents.updateOne(named(sha256), { $set: { putAt } });
        if (touched.matchedCount === 1) return;
        await documents
          .insertOne({ _id: sha256, bytes: seal.seal(bytes, sha256), putAt })
          .catch((error: unknown) => {
            // A duplicate means that it is already there, by another hand or by an attempt whose answer was lost.
            if (takenIndex(error) === undefined) throw error;
          });
      });
      return sha256;
    },
    async get(sha256) {
      const name = named(sha256);
      const found = await attempt(() => documents.findOne(name));
      return found ? seal.open(found.bytes, sha256) : undefined;
    },
    async has(sha256) {
      const name = named(sha256);
      return (await attempt(() => documents.countDocuments(name, { limit: 1 }))) === 1;
    },
    async remove(sha256) {
      const name = named(sha256);
      await attempt(() => documents.deleteOne(name));
    },
    async *list(olderThanMs) {
      const putAt = { $lte: clock.now() - olderThanMs };
      for await (const { _id } of documents.find({ putAt }, { projection: { _id: 1 } })) yield _id;
    },
  };
}
