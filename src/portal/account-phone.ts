import type { PageReply, Route } from '../http/index.ts';
import { accountPages, type Mine, saved } from './account-pages.ts';
import type { PortalContext } from './deps.ts';
import { fault, limitedFault, notSentFault, type PageFault, wrongCodeFault } from './faults.ts';

const showCode = (mine: Mine, challenge: string, faults: readonly PageFault[] = []): PageReply =>
  mine.show('change-phone-code', { challenge }, faults);

async function start(mine: Mine): Promise<PageReply> {
  const { accountId, transaction, visitor } = mine;
  const { phoneNumber = '' } = mine.request.body;
  const { care } = mine.context.identity;
  const outcome = await care.startPhoneChange({ accountId, phoneNumber, transaction, visitor });
  if (outcome.outcome === 'sent') return { redirect: `/account/phone/code?c=${outcome.challengeId}` };
  if (outcome.outcome === 'invalid') return mine.show('change-phone', {}, outcome.faults);
  if (outcome.outcome === 'limited')
    return mine.show('change-phone', {}, [limitedFault('phoneNumber', outcome.retryAt)]);
  if (outcome.outcome === 'not-sent')
    return mine.show('change-phone', {}, [notSentFault('phoneNumber', outcome.retryAt)]);
  return mine.show('change-phone', {}, [fault('', 'expired')]);
}

async function confirm(mine: Mine): Promise<PageReply> {
  const { accountId, transaction, visitor } = mine;
  const { challenge = '', code = '' } = mine.request.body;
  if (!code.trim()) return showCode(mine, challenge, [fault('code', 'codeEmpty')]);
  const outcome = await mine.context.identity.care.confirmPhoneChange({
    accountId,
    challengeId: challenge,
    code,
    transaction,
    visitor,
  });
  switch (outcome.outcome) {
    case 'changed':
      return saved('/account', outcome.telecom === 'match' ? 'phone-match' : 'phone-mismatch');
    case 'phone-in-use':
      return mine.show('change-phone', {}, [fault('phoneNumber', 'phoneInUse')]);
    case 'wrong-code':
      return showCode(mine, challenge, [wrongCodeFault(outcome.triesLeft)]);
    case 'limited':
      return showCode(mine, challenge, [limitedFault('code', outcome.retryAt)]);
    default:
      return showCode(mine, challenge, [fault('code', 'codeExpired')]);
  }
}

/** Changing the phone: a code to the new one, a message to the old one. */
export function accountPhoneRoutes(context: PortalContext): readonly Route[] {
  const at = accountPages(context);
  return [
    at('GET', '/phone', { summary: 'Form for a new phone number', fresh: true }, async (mine) =>
      mine.show('change-phone'),
    ),
    at('POST', '/phone', { summary: 'Send a code to the new phone', fresh: true }, start),
    at('GET', '/phone/code', { summary: 'Form for the code', fresh: true }, async (mine) =>
      showCode(mine, mine.request.query.c ?? ''),
    ),
    at('POST', '/phone/code', { summary: 'Change the phone', fresh: true }, confirm),
  ];
}
