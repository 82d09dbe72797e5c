import { identifierReasonTexts, parseCreditCode, sessionLevel } from '../core/index.ts';
import type { Authenticated } from '../identity/index.ts';
import type { ActingWish } from '../sso/index.ts';
import { fault, type PageFault } from './faults.ts';
import type { Here, PageRequest } from './interaction.ts';

/** Level of a session in which somebody can act for an organisation. */
export const actingLevel = 2;

/** True on the tab of the login page for organisations: a person logs in as themselves, and acts for one. */
export const isOrganisationTab = ({ body, query }: PageRequest): boolean =>
  (body.tab ?? query.tab) === 'organisation';

/** What was typed on a login page to say who it is, and for whom. */
export interface LoginNames {
  /** The person's own identifier. */
  identifier: string;
  /** The credit code; undefined on the tab for persons. */
  creditCode: string | undefined;
  faults: PageFault[];
}

const isCreditCode = (text: string): boolean => parseCreditCode(text).ok;

/** Both numbers, wherever they were typed: in their own fields, the other way round, or together in the first one. */
function apart(identifier: string, organisation: string): { identifier: string; creditCode: string } {
  if (organisation.trim() !== '') {
    const isSwapped = isCreditCode(identifier) && !isCreditCode(organisation);
    return isSwapped
      ? { identifier: organisation, creditCode: identifier }
      : { identifier, creditCode: organisation };
  }
  const words = identifier.trim().split(/[\s,，、;；/]+/);
  const creditCode = words.find(isCreditCode) ?? '';
  return { identifier: words.filter((word) => word !== creditCode).join(' '), creditCode };
}

/** Reads the names on either tab; a code that cannot be one is told before anybody is asked. */
export function readLoginNames(request: PageRequest): LoginNames {
  const { identifier: typed = '', organisation = '' } = request.body;
  const isForOrganisation = isOrganisationTab(request);
  const names = isForOrganisation ? apart(typed, organisation) : { identifier: typed, creditCode: undefined };
  const parsed = names.creditCode === undefined ? undefined : parseCreditCode(names.creditCode);
  const faults = [
    ...(parsed?.ok === false ? [{ field: 'organisation', text: creditCodeText(parsed.reason) }] : []),
    ...(names.identifier.trim() ? [] : [fault('identifier', 'identifierEmpty')]),
  ];
  return { ...names, faults };
}

const creditCodeText = (reason: keyof typeof identifierReasonTexts) =>
  reason === 'empty' ? fault('organisation', 'organisationEmpty').text : identifierReasonTexts[reason];

/**
 * Whom a person who has just shown who they are will act for. The first time this binds the organisation: the register is
 * asked the same question either way. What stands in the way is said on a page of its own, after the login.
 */
export async function wishOf(
  { request, context, visitor }: Here,
  { accountId, methodLevel, proofingLevel }: Authenticated,
  creditCode: string | undefined,
): Promise<ActingWish | undefined> {
  if (!isOrganisationTab(request)) return undefined;
  if (sessionLevel(proofingLevel, methodLevel) < actingLevel) return { reason: 'level-too-low' };
  if (!creditCode) return { reason: 'choose' };
  const outcome = await context.identity.organisations.bind({ accountId, creditCode, visitor });
  return 'organisationId' in outcome
    ? { organisationId: outcome.organisationId }
    : { reason: outcome.outcome };
}
