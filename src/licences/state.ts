import { endOfDay, startOfDay } from '../core/index.ts';
import type { Licence, LicenceState, LicenceTransition, LicenceVersion } from './port.ts';

/**
 * The transition that counts at an instant, as far as was known: of all whose effect had begun, the one recorded last, since
 * what is said later corrects what was said before.
 */
function transitionAt(licence: Licence, at: number, knownAt: number): LicenceTransition | undefined {
  return licence.transitions.findLast((one) => one.effectiveAt <= at && one.recordedAt <= knownAt);
}

/** The newest version known that had been made out by then. */
function versionAt(licence: Licence, at: number, knownAt: number): LicenceVersion | undefined {
  return licence.versions.findLast((one) => startOfDay(one.issuedOn) <= at && one.recordedAt <= knownAt);
}

/** From when a renewal takes the place of what it renews. */
function takesOverAt(successor: Licence): number {
  const [first] = successor.versions;
  if (!first) return Number.POSITIVE_INFINITY;
  return Math.max(startOfDay(first.issuedOn), startOfDay(first.validFrom));
}

/** What a licence was at an instant as known at another; `successors` are the licences that renew it. Pure. */
export function stateOf(
  licence: Licence,
  successors: readonly Licence[],
  at: number,
  knownAt: number,
): LicenceState | undefined {
  const version = versionAt(licence, at, knownAt);
  const transition = transitionAt(licence, at, knownAt);
  if (!version || !transition) return undefined;
  const isDisputed = licence.disputed !== undefined && licence.disputed.since <= Math.min(at, knownAt);
  const base = { version, isDisputed };
  const said = { ...base, status: transition.to, reason: transition.reason, since: transition.effectiveAt };
  if (transition.to !== 'valid' && transition.to !== 'suspended') return said;

  const takeovers = successors.filter(({ createdAt }) => createdAt <= knownAt).map(takesOverAt);
  const takenOverAt = Math.min(...takeovers);
  if (takenOverAt <= at) return { ...base, status: 'superseded', since: takenOverAt };
  const start = startOfDay(version.validFrom);
  if (at < start) return { ...base, status: 'not-yet-valid', since: startOfDay(version.issuedOn) };
  if (version.validUntil !== null && endOfDay(version.validUntil) <= at)
    return { ...base, status: 'expired', since: endOfDay(version.validUntil) };
  return said;
}
