import type { CodePurpose, CodeVerdict } from './one-time-code.ts';
import type { Limited } from './port.ts';
import type { Room } from './room.ts';

/**
 * Checks a code with the guard against spraying around it: a wrong one counts in the sum of all people's, and while that is
 * over its cap, only devices that the account knows may try.
 */
export async function checkCode(
  room: Room,
  guess: { id: string; code: string; purpose: CodePurpose; transaction: string; isKnownDevice?: boolean },
): Promise<CodeVerdict | Limited> {
  const over = guess.isKnownDevice ? undefined : await room.limits.codeFailures.isOver();
  if (over) return over;
  const verdict = await room.codes.check(guess);
  if (verdict.outcome === 'wrong-code') await room.limits.codeFailures.count();
  return verdict;
}
