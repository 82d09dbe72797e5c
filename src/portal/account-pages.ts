import { z } from 'zod';
import { Problem } from '../core/index.ts';
import type { PageReply, PersonCaller, Route } from '../http/index.ts';
import { page, personMenu } from '../http/index.ts';
import type { AccountOverview, Visitor } from '../identity/index.ts';
import type { PortalContext } from './deps.ts';
import { type PageFault, statusOf } from './faults.ts';
import { type PageRequest, visitorOf } from './interaction.ts';

/** A page of a person's own account. */
export interface Mine {
  context: PortalContext;
  request: PageRequest;
  caller: PersonCaller;
  accountId: string;
  person: AccountOverview;
  visitor: Visitor;
  /** Binds codes and challenges of account pages to this login. */
  transaction: string;
  show(view: string, data?: Record<string, unknown>, faults?: readonly PageFault[]): PageReply;
}

/** What was done last, named in the address of the page that says so. */
const savedWords = [
  'password',
  'phone-match',
  'phone-mismatch',
  'name',
  'passkey',
  'passkey-renamed',
  'passkey-removed',
  'session',
  'sessions',
  'site',
  'method-blocked',
  'method-unblocked',
  'level',
  'alerts',
  'organisation',
  'organisation-released',
  'acting',
  'acting-self',
] as const;
export type Saved = (typeof savedWords)[number];

/** Back to a page of the account that says what was done. */
export const saved = (path: string, what: Saved): PageReply => ({ redirect: `${path}?saved=${what}` });

/** Seconds after a login within which dangerous things may be done without logging in again. */
export const freshSeconds = 300;

async function mineOf(context: PortalContext, request: PageRequest): Promise<Mine> {
  const caller = request.caller as PersonCaller;
  const person = await context.identity.care.overview(caller.accountId);
  if (!person || person.status === 'disabled') throw new Problem('account-gone');
  const said = request.query.saved;
  return {
    context,
    request,
    caller,
    accountId: caller.accountId,
    person,
    visitor: visitorOf(context, request),
    transaction: caller.sessionId,
    show: (view, data, faults = []) => ({
      view: `portal/${view}`,
      data: {
        nav: personMenu(request),
        saved: savedWords.find((word) => word === said),
        person,
        values: request.body,
        faults,
        ...data,
      },
      ...statusOf(faults, context.clock.now()),
    }),
  };
}

/** Declares pages under `/account`; `fresh` ones ask for a login within the last minutes, `level` for more assurance than any. */
export function accountPages(context: PortalContext) {
  return (
    method: 'GET' | 'POST',
    path: string,
    options: { summary: string; fresh?: boolean; level?: 0 | 2 },
    handle: (mine: Mine) => Promise<PageReply>,
  ): Route =>
    page({
      method,
      path: `/account${path}`,
      access: { person: { level: options.level ?? 0, ...(options.fresh && { freshSeconds }) } },
      query: z.record(z.string(), z.string().max(2000)),
      summary: options.summary,
      problems: ['account-gone'],
      handle: async (request) =>
        handle(await mineOf(context, { ...request, locale: request.locale, params: {} })),
    });
}
