import { maskIdentifier } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import { accountPages, type Mine, saved } from './account-pages.ts';
import { bindingFaults, confirmationFaults } from './acting.ts';
import type { PortalContext } from './deps.ts';
import type { PageFault } from './faults.ts';
import { actingLevel } from './organisation-tab.ts';

const path = '/account/organisations';

async function showOrganisations(mine: Mine, faults: readonly PageFault[] = []): Promise<PageReply> {
  const { context, accountId, caller } = mine;
  const organisations = await context.identity.organisations.list(accountId);
  return mine.show(
    'organisations',
    {
      organisations: organisations.map((one) => ({
        ...one,
        code: maskIdentifier({ type: '001', number: one.creditCode }),
        isActing: one.organisationId === caller.actingFor?.organisationId,
      })),
    },
    faults,
  );
}

/** The wallet, or one licence in it: its forms switch too, and come back to what they were about. */
const walletPath = /^\/wallet(\/[\w-]{22})?$/;

/** From now on for an organisation, or without one for the person themselves; every site sees the same. */
async function switchTo(mine: Mine, organisationId?: string): Promise<PageReply> {
  const { context, accountId, caller, request } = mine;
  const { back = '' } = request.body;
  if (organisationId) {
    const confirmation = await context.identity.organisations.confirm(accountId, organisationId);
    const faults = confirmationFaults(confirmation);
    if (faults.length > 0) return showOrganisations(mine, faults);
  }
  await context.sso.sessions.actFor(accountId, caller.sessionId, organisationId || undefined);
  return walletPath.test(back) ? { redirect: back } : saved(path, organisationId ? 'acting' : 'acting-self');
}

async function bind(mine: Mine): Promise<PageReply> {
  const { context, accountId, visitor, request } = mine;
  const { creditCode = '' } = request.body;
  const outcome = await context.identity.organisations.bind({ accountId, creditCode, visitor });
  const faults = bindingFaults(outcome, 'creditCode');
  return faults.length > 0 ? showOrganisations(mine, faults) : saved(path, 'organisation');
}

async function release(mine: Mine): Promise<PageReply> {
  const { context, accountId, caller, request } = mine;
  const { organisation: organisationId = '' } = request.body;
  // This session goes on for the person; others that act for it end.
  if (caller.actingFor?.organisationId === organisationId)
    await context.sso.sessions.actFor(accountId, caller.sessionId, undefined);
  await context.identity.organisations.release({ accountId, organisationId });
  return saved(path, 'organisation-released');
}

/** For whom I act: the organisations that I stand for, and the switch between them and myself. */
export function accountOrganisationRoutes(context: PortalContext): readonly Route[] {
  const at = accountPages(context);
  const level = actingLevel;
  return [
    at('GET', '/organisations', { summary: 'Organisations that I stand for' }, (mine) =>
      showOrganisations(mine),
    ),
    at('POST', '/organisations', { summary: 'Bind an organisation by the business register', level }, bind),
    at(
      'POST',
      '/organisations/release',
      { summary: 'Give up the binding of an organisation', fresh: true },
      release,
    ),
    at('POST', '/acting', { summary: 'Act for an organisation from now on', level }, (mine) =>
      switchTo(mine, mine.request.body.organisation),
    ),
    at('POST', '/acting/self', { summary: 'Act for myself from now on' }, (mine) => switchTo(mine)),
  ];
}
