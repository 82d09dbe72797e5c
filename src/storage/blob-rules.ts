/** A blob must fit a MongoDB document of 16 MB with room for its envelope. */
export const greatestBlobBytes = 15 * 1024 * 1024;

/** True for a SHA-256 in lower-case hex: the only names that blobs have, and safe as file names. */
export function isBlobName(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}
