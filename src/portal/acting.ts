import type { PageReply, Route } from '../http/index.ts';
import type { Bound, Confirmation } from '../identity/index.ts';
import type { PortalContext } from './deps.ts';
import { fault, limitedFault, type PageFault } from './faults.ts';
import { type Here, interactionPages, showExpired } from './interaction.ts';
import { actingLevel } from './organisation-tab.ts';

/** What a page says when an organisation could not be bound; nothing when it was. `field` holds the credit code. */
export function bindingFaults(outcome: Bound, field: string): readonly PageFault[] {
  switch (outcome.outcome) {
    case 'bound':
    case 'already-bound':
      return [];
    case 'invalid':
      return outcome.faults.map(({ text }) => ({ field, text }));
    case 'limited':
      return [limitedFault(field, outcome.retryAt)];
    default:
      return [fault(field, bindingTexts[outcome.outcome])];
  }
}

const bindingTexts = {
  mismatch: 'organisationMismatch',
  'name-differs': 'organisationName',
  'not-found': 'organisationNotFound',
  'struck-off': 'organisationStruckOff',
  unavailable: 'businessUnavailable',
  'level-too-low': 'organisationLevel',
} as const;

/** What a page says when somebody cannot act for an organisation now. */
export function confirmationFaults(confirmation: Confirmation): readonly PageFault[] {
  if (confirmation === 'confirmed') return [];
  return [fault('', confirmation === 'ended' ? 'organisationEnded' : bindingTexts[confirmation])];
}

/** Reasons that a login page leaves for this one, with a text of their own; whatever else it says is the usual question. */
const reasons: ReadonlySet<string> = new Set([...Object.keys(bindingTexts), 'limited']);

/** For yourself or for an organisation: asked after a login on the tab for organisations, or when a site wants to know. */
export async function showActing(here: Here, faults: readonly PageFault[] = []): Promise<PageReply> {
  const { context, details, accountId } = here;
  const { identity } = context;
  const person = accountId && (await identity.care.overview(accountId));
  if (!person) return showExpired(context, details.uid);
  const organisations = await identity.organisations.list(person.id);
  const reason = details.actingReason ?? '';
  return here.show(
    'acting',
    {
      name: person.maskedName,
      organisations,
      mayAct: details.sessionLevel >= actingLevel,
      isAsked: details.actingReason === undefined,
      reason: faults.length === 0 && reasons.has(reason) ? reason : undefined,
      values: here.request.body,
    },
    faults,
  );
}

const isAsked = ({ details, accountId }: Here): boolean =>
  details.prompt === 'acting' && accountId !== undefined;

const goOn = async ({ context, request: { koa }, details }: Here, organisationId: string | undefined) => ({
  redirect: await context.sso.interactions.chooseActing(koa.req, koa.res, details.uid, organisationId),
});

async function choose(here: Here): Promise<PageReply> {
  const { context, details, accountId = '', request } = here;
  if (!isAsked(here)) return showExpired(context, details.uid);
  const { choice = '' } = request.body;
  if (choice === 'self') return goOn(here, undefined);
  if (!choice) return showActing(here, [fault('choice-self', 'actingEmpty')]);
  if (details.sessionLevel < actingLevel) return showActing(here, [fault('', 'organisationLevel')]);
  const confirmation = await context.identity.organisations.confirm(accountId, choice);
  const faults = confirmationFaults(confirmation);
  return faults.length > 0 ? showActing(here, faults) : goOn(here, choice);
}

async function bind(here: Here): Promise<PageReply> {
  const { context, details, accountId = '', request, visitor } = here;
  if (!isAsked(here)) return showExpired(context, details.uid);
  if (details.sessionLevel < actingLevel)
    return showActing(here, [fault('organisation', 'organisationLevel')]);
  const { organisation: creditCode = '' } = request.body;
  const outcome = await context.identity.organisations.bind({ accountId, creditCode, visitor });
  if ('organisationId' in outcome) return goOn(here, outcome.organisationId);
  return showActing(here, bindingFaults(outcome, 'organisation'));
}

/** The two answers to the question for whom a person acts. */
export function actingRoutes(context: PortalContext): readonly Route[] {
  const at = interactionPages(context);
  return [
    at('POST', '/acting', 'Act for oneself or for an organisation in this login', choose),
    at('POST', '/acting/bind', 'Bind an organisation in the middle of a login and act for it', bind),
  ];
}
