import { randomBytes } from 'node:crypto';
import type { Clock, Random } from './ports.ts';

/** The machine's clock. Only the composition root chooses it; everything else takes a Clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** The operating system's randomness, through the runtime's CSPRNG. */
export const systemRandom: Random = {
  bytes(size) {
    if (!Number.isInteger(size) || size < 1 || size > 1024)
      throw new RangeError('size must be from 1 to 1024');
    return randomBytes(size);
  },
  id: () => randomBytes(16).toString('base64url'),
};
