import { type Bilingual, shortMask } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import { accountPages, type Mine, saved } from './account-pages.ts';
import { documentName } from './consent-items.ts';
import type { PortalContext } from './deps.ts';
import { groupNumber } from './describe.ts';
import { fault, limitedFault } from './faults.ts';

interface Shown {
  name: string;
  documents: readonly { label: Bilingual | string; value: string }[];
  phone: string | undefined;
}

const masked = ({ person }: Mine): Shown => ({
  name: person.maskedName,
  documents: person.identifiers.map(({ type, masked }) => ({
    label: documentName(type),
    value: shortMask(masked),
  })),
  phone: person.maskedPhone,
});

const showAccount = (mine: Mine, shown: Shown = masked(mine), isFull = false): PageReply =>
  mine.show('account', { shown, isFull, sessionLevel: mine.caller.level, now: mine.context.clock.now() });

/** The person's own data in full, once, and with a trace: somebody else may have sat down at this screen. */
async function showFull(mine: Mine): Promise<PageReply> {
  const { context, accountId } = mine;
  const account = await context.identity.findAccount(accountId);
  if (!account) return showAccount(mine);
  const organisation = mine.caller.actingFor?.organisationId;
  await context.audit.record('portal.identifiers.shown', {
    account: accountId,
    ...(organisation && { organisation }),
  });
  const shown = {
    name: account.name ?? mine.person.maskedName,
    documents: account.identifiers.map(({ type, value }) => ({
      label: documentName(type),
      value: groupNumber(value),
    })),
    phone: account.phone && groupNumber(account.phone.number),
  };
  return showAccount(mine, shown, true);
}

async function changeName(mine: Mine): Promise<PageReply> {
  const { name = '' } = mine.request.body;
  const outcome = await mine.context.identity.care.changeName({ accountId: mine.accountId, name });
  switch (outcome.outcome) {
    case 'changed':
      return saved('/account', 'name');
    case 'invalid':
      return mine.show('change-name', {}, outcome.faults);
    case 'limited':
      return mine.show('change-name', {}, [limitedFault('name', outcome.retryAt)]);
    case 'unavailable':
      return mine.show('change-name', {}, [fault('name', 'policeUnavailable')]);
    case 'deceased':
      return mine.show('change-name', {}, [fault('name', 'nameDeceased')]);
    default:
      return mine.show('change-name', {}, [fault('name', 'nameMismatch')]);
  }
}

async function raiseByPhone(mine: Mine): Promise<PageReply> {
  const outcome = await mine.context.identity.care.raiseByTelecom({ accountId: mine.accountId });
  if (outcome.outcome === 'raised') return saved('/account', 'level');
  if (outcome.outcome === 'limited') return mine.show('level', {}, [limitedFault('', outcome.retryAt)]);
  const isMismatch = outcome.outcome === 'mismatch';
  return mine.show('level', {}, [fault('', isMismatch ? 'telecomMismatch' : 'telecomUnavailable')]);
}

async function raiseByCard(mine: Mine): Promise<PageReply> {
  const { cardNumber = '' } = mine.request.body;
  const outcome = await mine.context.identity.care.raiseByCard({ accountId: mine.accountId, cardNumber });
  if (outcome.outcome === 'raised') return saved('/account', 'level');
  if (outcome.outcome === 'invalid') return mine.show('level', {}, outcome.faults);
  if (outcome.outcome === 'limited')
    return mine.show('level', {}, [limitedFault('cardNumber', outcome.retryAt)]);
  const isMismatch = outcome.outcome === 'mismatch';
  return mine.show('level', {}, [fault('cardNumber', isMismatch ? 'cardMismatch' : 'cardUnavailable')]);
}

/** The account's first page, the name, and the level. */
export function accountHomeRoutes(context: PortalContext): readonly Route[] {
  const at = accountPages(context);
  return [
    at('GET', '', { summary: 'My name, documents, phone and level' }, async (mine) => showAccount(mine)),
    at('POST', '/show', { summary: 'Show my data in full' }, showFull),
    at('POST', '/alerts', { summary: 'Put away what I have read' }, async ({ accountId }) => {
      await context.identity.care.acknowledgeAlerts(accountId);
      return saved('/account', 'alerts');
    }),
    at('GET', '/name', { summary: 'Form for a new name' }, async (mine) => mine.show('change-name')),
    at('POST', '/name', { summary: 'Take over a new name from the police register' }, changeName),
    at('GET', '/level', { summary: 'How to raise my level' }, async (mine) => mine.show('level')),
    at('POST', '/level', { summary: 'Ask the operator about my phone' }, raiseByPhone),
    at('POST', '/level/card', { summary: 'Check my social security card' }, raiseByCard),
  ];
}
