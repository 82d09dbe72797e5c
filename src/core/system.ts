import { randomBytes } from 'node:crypto';
import type { Clock, Random } from './ports.ts';

/** The machine's clock. Only the composition root chooses it; everything else takes a Clock. */
export const systemClock: Clock = { now: () => Date.now() };

const idBytes = 16;
let pool: Buffer = Buffer.alloc(0);

/** The operating system's randomness, through the runtime's CSPRNG. */
export const systemRandom: Random = {
  bytes(size) {
    if (!Number.isInteger(size) || size < 1 || size > 1024)
      throw new RangeError('size must be from 1 to 1024');
    return randomBytes(size);
  },
  id() {
    // Ids are made by the dozen in a login; one system call for 256 of them costs a tenth.
    if (pool.length < idBytes) pool = randomBytes(idBytes * 256);
    const id = pool.toString('base64url', 0, idBytes);
    pool = pool.subarray(idBytes);
    // A command line would take it for an option.
    return id.startsWith('-') ? systemRandom.id() : id;
  },
};
