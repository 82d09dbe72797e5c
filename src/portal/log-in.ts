import type { PageReply, Route } from '../http/index.ts';
import type { LoginOutcome } from '../identity/index.ts';
import type { PortalContext } from './deps.ts';
import { fault, limitedFault, lockedFault, type PageFault, wrongCodeFault } from './faults.ts';
import { type Here, interactionPages } from './interaction.ts';
import { isOrganisationTab, readLoginNames, wishOf } from './organisation-tab.ts';
import { passkeyOptionsRoute, readPasskeyResponse } from './passkey-forms.ts';

type Way = 'password' | 'sms';

/** Draws the login page; with a live session it asks the same person again and says why. */
export async function showLogin(here: Here, way: Way, faults: readonly PageFault[] = []): Promise<PageReply> {
  const { context, details, accountId, request } = here;
  const person = accountId && (await context.identity.care.overview(accountId));
  const isStepUp = details.requestedLevel.level > details.sessionLevel;
  return here.show(
    'login',
    {
      way,
      identifier: request.body.identifier ?? details.loginHint,
      tab: isOrganisationTab(request) ? 'organisation' : undefined,
      organisation: request.body.organisation,
      again: person
        ? { name: person.maskedName, wanted: isStepUp ? details.requestedLevel.level : undefined }
        : undefined,
      stepUp:
        person && isStepUp
          ? { essential: details.requestedLevel.essential, current: details.sessionLevel }
          : undefined,
      lifetimes: context.lifetimes,
    },
    faults,
  );
}

function refusal(outcome: Exclude<LoginOutcome, { outcome: 'authenticated' }>, field: string): PageFault {
  if (outcome.outcome === 'locked') return lockedFault(field, outcome.retryAt);
  if (outcome.outcome === 'limited') return limitedFault(field, outcome.retryAt);
  return fault(field, 'loginRefused');
}

async function byPassword(here: Here): Promise<PageReply> {
  const { identifier, creditCode, faults: wrong } = readLoginNames(here.request);
  const { password = '' } = here.request.body;
  const faults = [...wrong, ...(password ? [] : [fault('password', 'passwordEmpty')])];
  if (faults.length > 0) return showLogin(here, 'password', faults);
  const { identity } = here.context;
  const { accountId, visitor } = here;
  const outcome = await identity.login.withPassword({ identifier, password, accountId, visitor });
  if (outcome.outcome === 'authenticated')
    return here.enter(outcome, await wishOf(here, outcome, creditCode));
  return showLogin(here, 'password', [refusal(outcome, '')]);
}

async function sendCode(here: Here): Promise<PageReply> {
  const { identifier, creditCode, faults } = readLoginNames(here.request);
  if (faults.length > 0) return showLogin(here, 'sms', faults);
  const { transaction, visitor } = here;
  const outcome = await here.context.identity.login.sendCode({ identifier, transaction, visitor });
  if (outcome.outcome === 'invalid') return showLogin(here, 'sms', outcome.faults);
  if (outcome.outcome === 'limited')
    return showLogin(here, 'sms', [limitedFault('identifier', outcome.retryAt)]);
  // The code of an organisation may be that of a person and stays out of addresses: the next page is the answer itself.
  if (creditCode !== undefined) return showCode(here, outcome.challengeId, [], creditCode);
  const other = here.request.body.as === 'other' ? '&as=other' : '';
  return { redirect: `${here.base}/code?c=${outcome.challengeId}${other}` };
}

const showCode = (
  here: Here,
  challenge: string,
  faults: readonly PageFault[] = [],
  organisation = here.request.body.organisation,
): PageReply =>
  here.show(
    'login-code',
    { challenge, tab: isOrganisationTab(here.request) ? 'organisation' : undefined, organisation },
    faults,
  );

async function byCode(here: Here): Promise<PageReply> {
  const { challenge = '', code = '' } = here.request.body;
  if (!code.trim()) return showCode(here, challenge, [fault('code', 'codeEmpty')]);
  const { accountId, transaction, visitor } = here;
  const outcome = await here.context.identity.login.withCode({
    challengeId: challenge,
    code,
    transaction,
    accountId,
    visitor,
  });
  switch (outcome.outcome) {
    case 'authenticated':
      return here.enter(outcome, await wishOf(here, outcome, here.request.body.organisation));
    case 'wrong-code':
      return showCode(here, challenge, [wrongCodeFault(outcome.triesLeft)]);
    case 'code-expired':
      return showCode(here, challenge, [fault('code', 'codeExpired')]);
    default:
      return showCode(here, challenge, [refusal(outcome, 'code')]);
  }
}

async function byPasskey(here: Here): Promise<PageReply> {
  const answer = readPasskeyResponse(here.request.body);
  const { accountId, transaction, visitor } = here;
  const outcome = answer
    ? await here.context.identity.login.withPasskey({ ...answer, transaction, accountId, visitor })
    : { outcome: 'expired' as const };
  if (outcome.outcome === 'authenticated') return here.enter(outcome, await wishOf(here, outcome, undefined));
  const isLimit = outcome.outcome === 'locked' || outcome.outcome === 'limited';
  return showLogin(here, 'password', [isLimit ? refusal(outcome, '') : fault('', 'passkeyRefused')]);
}

/** Logging in within an interaction: password, code by SMS, passkey; and not logging in. */
export function loginRoutes(context: PortalContext): readonly Route[] {
  const at = interactionPages(context);
  return [
    at('POST', '/password', 'Log in by password', byPassword),
    at('POST', '/sms', 'Send a code by SMS', sendCode),
    at('GET', '/code', 'Ask for the code', async (here) => showCode(here, here.request.query.c ?? '')),
    at('POST', '/code', 'Log in by code', byCode),
    passkeyOptionsRoute(context, '', 'Options for a login by passkey', async ({ accountId, transaction }) =>
      context.identity.login.passkeyOptions({ accountId, transaction }),
    ),
    at('POST', '/passkey', 'Log in by passkey', byPasskey),
    at('POST', '/abort', 'Do not log in; the site is told', async ({ request, details }) => {
      const { req, res } = request.koa;
      return { redirect: await context.sso.interactions.refuse(req, res, details.uid, 'access_denied') };
    }),
  ];
}
