import { z } from 'zod';
import type { PageReply, Route } from '../http/index.ts';
import { page } from '../http/index.ts';
import type { LoginMethod } from '../identity/index.ts';
import { accountPages, type Mine } from './account-pages.ts';
import type { PortalContext } from './deps.ts';
import { fault } from './faults.ts';

const reported = (blocked: readonly LoginMethod[]): PageReply => ({
  view: 'portal/theft-done',
  data: { blocked },
});

async function report(mine: Mine): Promise<PageReply> {
  const { context, accountId, request } = mine;
  const outcome = await context.identity.care.reportTheft({ accountId });
  await context.sso.sessions.endAll(accountId);
  await context.portalSessions.close(request.koa);
  return reported(outcome.outcome === 'reported' ? outcome.blocked : []);
}

async function showDisable(mine: Mine, isUnconfirmed = false): Promise<PageReply> {
  const { sessions } = mine.context.sso;
  const [open, grants] = await Promise.all([sessions.list(mine.accountId), sessions.grants(mine.accountId)]);
  const counts = { sessions: open.length, sites: grants.length };
  return mine.show('disable', counts, isUnconfirmed ? [fault('confirm', 'confirm')] : []);
}

async function disable(mine: Mine): Promise<PageReply> {
  if (mine.request.body.confirm !== 'yes') return showDisable(mine, true);
  const { context, accountId, request } = mine;
  await context.identity.care.disable({ accountId, by: 'self', reason: 'own-wish' });
  await context.sso.sessions.endAll(accountId);
  await context.portalSessions.close(request.koa);
  return { view: 'portal/disable-done' };
}

const params = z.strictObject({ token: z.string().max(200) });
const access = { anyone: 'the token in the link of a message says whose account it is' };

/** The link in every message about an account: looking does nothing, only the button does. */
function reportLinkRoutes(context: PortalContext): readonly Route[] {
  return [
    page({
      method: 'GET',
      path: '/report/{token}',
      access,
      params,
      summary: 'Asks whether an act that a message told of was not the person',
      async handle({ params: { token } }) {
        return { view: 'portal/report', data: { token } };
      },
    }),
    page({
      method: 'POST',
      path: '/report/{token}',
      access,
      params,
      limit: { max: 20, windowSeconds: 3600, by: 'address' },
      summary: 'Reports theft by the link of a message',
      async handle({ params: { token } }) {
        const outcome = await context.identity.care.reportTheft({ token });
        if (outcome.outcome !== 'reported') return { view: 'portal/report-expired', status: 410 };
        await context.sso.sessions.endAll(outcome.accountId);
        return reported(outcome.blocked);
      },
    }),
  ];
}

/** When something is wrong: theft, and disabling the account. */
export function accountCareRoutes(context: PortalContext): readonly Route[] {
  const at = accountPages(context);
  return [
    at('GET', '/theft', { summary: 'What reporting theft does' }, async (mine) => mine.show('theft')),
    at('POST', '/theft', { summary: 'Report theft: ends all sessions, holds levels' }, report),
    at('GET', '/disable', { summary: 'What disabling does, in numbers', fresh: true }, (mine) =>
      showDisable(mine),
    ),
    at('POST', '/disable', { summary: 'Disable my account', fresh: true }, disable),
    ...reportLinkRoutes(context),
  ];
}
