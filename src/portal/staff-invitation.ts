import { z } from 'zod';
import { Problem } from '../core/index.ts';
import type { PageReply, Route } from '../http/index.ts';
import { api, page } from '../http/index.ts';
import type { PortalContext } from './deps.ts';
import { describeDevice } from './describe.ts';
import { fault, type PageFault, statusOf } from './faults.ts';
import type { PageRequest } from './interaction.ts';
import { optionsReply, passkeyAnswer, passkeyQuestion, readPasskeyResponse } from './passkey-forms.ts';
import { describeDuties } from './staff-pages.ts';

const access = { anyone: 'the one-time token in the link says whose invitation it is' };
const params = z.strictObject({ token: z.string().max(100) });
const limit = { max: 60, windowSeconds: 3600, by: 'address' as const };

/** Whoever holds the token holds the invitation: it binds the challenge as well. */
const transactionOf = (token: string): string => `invitation ${token}`;

async function show(
  context: PortalContext,
  request: PageRequest,
  faults: readonly PageFault[] = [],
): Promise<PageReply> {
  const { token } = request.params as { token: string };
  const invitation = await context.identity.staff.findInvitation(token);
  if (!invitation) return { view: 'portal/staff-invitation-over', status: 410 };
  const { name, duties, expiresAt } = invitation;
  const described = await describeDuties(context, duties, request.locale);
  return {
    view: 'portal/staff-invitation',
    data: { token, name, duties: described, expiresAt, faults },
    ...statusOf(faults, context.clock.now()),
  };
}

async function accept(context: PortalContext, request: PageRequest): Promise<PageReply> {
  const { token } = request.params as { token: string };
  const answer = readPasskeyResponse(request.body);
  if (!answer) return show(context, request, [fault('', 'staffPasskeyRefused')]);
  const label = describeDevice(request.userAgent) ?? (request.locale === 'en' ? 'My device' : '我的设备');
  const outcome = await context.identity.staff.accept({
    ...answer,
    token,
    label,
    transaction: transactionOf(token),
  });
  if (outcome.outcome === 'passkey-refused')
    return show(context, request, [fault('', 'staffPasskeyRefused')]);
  if (outcome.outcome === 'expired') return { view: 'portal/staff-invitation-over', status: 410 };
  return { view: 'portal/staff-joined' };
}

/** Joining by invitation. Looking uses nothing up: programs that read mail open every link first. */
export function staffInvitationRoutes(context: PortalContext): readonly Route[] {
  const path = '/invitation/{token}';
  return [
    page({
      method: 'GET',
      path,
      access,
      params,
      limit,
      summary: 'What an invitation to the staff says; uses nothing up',
      handle: (request) => show(context, { ...request, locale: request.locale, query: {} }),
    }),
    page({
      method: 'POST',
      path,
      access,
      params,
      limit,
      summary: 'Joins the staff with a passkey; the invitation is used then',
      handle: (request) => accept(context, { ...request, locale: request.locale, query: {} }),
    }),
    api({
      method: 'POST',
      path: `${path}/passkey-options`,
      access,
      params,
      limit,
      body: passkeyQuestion,
      response: { status: 200, schema: passkeyAnswer },
      summary: 'Options for the passkey of an invitation',
      problems: ['not-found'],
      async handle({ params: { token } }) {
        const transaction = transactionOf(token);
        const options = await context.identity.staff.passkeyOptions({ token, transaction });
        if (options.outcome !== 'options') throw new Problem('not-found');
        return optionsReply(options);
      },
    }),
  ];
}
