import type { PageReply, Route } from '../http/index.ts';
import type { AccountOverview } from '../identity/index.ts';
import type { PortalContext } from './deps.ts';
import { fault, limitedFault, type PageFault } from './faults.ts';
import { type Here, interactionPages } from './interaction.ts';
import { showLogin } from './log-in.ts';

/**
 * What stands between a person and the level that a site asks for. `login`: another method in this session is enough;
 * `passkey`: only a passkey is; `phone`: the operator can confirm more; the rest cannot be reached here and now.
 */
export type Obstacle = 'login' | 'passkey' | 'phone' | 'no-passkey' | 'counter' | 'held' | 'pending';

/** Finds the obstacle, the first one in the order in which a person would have to remove them. */
export function findObstacle(wanted: number, person: AccountOverview, now: number): Obstacle {
  if (person.proofingLevel < wanted) {
    if (person.status === 'pending-proof') return 'pending';
    if (person.heldUntil !== undefined && person.heldUntil > now) return 'held';
    return wanted === 3 ? 'counter' : 'phone';
  }
  if (wanted < 3) return 'login';
  return person.passkeys.some(({ carriesLevel3 }) => carriesLevel3) ? 'passkey' : 'no-passkey';
}

/** A live session exists and the site asks for more: says what is needed and how to get it, or that it cannot be had. */
export async function showStepUp(here: Here, faults: readonly PageFault[] = []): Promise<PageReply> {
  const { context, details, accountId } = here;
  const person = accountId && (await context.identity.care.overview(accountId));
  if (!person) return showLogin(here, 'password');
  const { level: wanted, essential } = details.requestedLevel;
  const obstacle = findObstacle(wanted, person, context.clock.now());
  if (obstacle === 'login') return showLogin(here, 'password', faults);
  return here.show(
    'step-up',
    {
      obstacle,
      wanted,
      essential,
      current: details.sessionLevel,
      heldUntil: person.heldUntil,
      name: person.maskedName,
      phone: person.maskedPhone,
    },
    faults,
  );
}

/** True when the live session does not reach what the site asked for. */
export const isStepUp = (here: Here): boolean =>
  here.accountId !== undefined && here.details.requestedLevel.level > here.details.sessionLevel;

async function goOn({ context, request, details }: Here): Promise<PageReply> {
  const { req, res } = request.koa;
  return { redirect: await context.sso.interactions.acceptLower(req, res, details.uid) };
}

/** Asks the operator, in the middle of a login. Whoever holds the live session asks for themselves only. */
async function raise(here: Here): Promise<PageReply> {
  const { context, accountId, details } = here;
  if (!accountId || !isStepUp(here)) return showLogin(here, 'password');
  const outcome = await context.identity.care.raiseByTelecom({ accountId });
  switch (outcome.outcome) {
    case 'raised':
      // The level is computed again on the way; whoever still lacks a better method comes back to be asked for it.
      if (outcome.level >= details.requestedLevel.level) return goOn(here);
      return showStepUp(here);
    case 'mismatch':
      return showStepUp(here, [fault('', 'telecomMismatch')]);
    case 'unavailable':
      return showStepUp(here, [fault('', 'telecomUnavailable')]);
    case 'limited':
      return showStepUp(here, [limitedFault('', outcome.retryAt)]);
    default:
      return showLogin(here, 'password');
  }
}

/** Raising the level in the middle of a login, going on with less, or giving up. */
export function stepUpRoutes(context: PortalContext): readonly Route[] {
  const at = interactionPages(context);
  return [
    at('POST', '/raise', 'Ask the operator about the phone to raise the level', raise),
    at('POST', '/lower', 'Go on with a lower level than the site would like', goOn),
    at(
      'POST',
      '/unmet',
      'Return to the site because its level cannot be reached',
      async ({ request, details }) => {
        const { req, res } = request.koa;
        const error = 'unmet_authentication_requirements';
        return { redirect: await context.sso.interactions.refuse(req, res, details.uid, error) };
      },
    ),
  ];
}
