import { type StaffDuty, type StaffRole, staffRoles } from '../core/index.ts';
import type { Locale, PageReply, Route, StaffCaller } from '../http/index.ts';
import { page, pickText, recentSeconds, staffMenu, textInput } from '../http/index.ts';
import type { PortalContext } from './deps.ts';
import { type PageFault, statusOf } from './faults.ts';
import type { PageRequest } from './interaction.ts';
import { staffHome } from './staff-entrance.ts';

/** A duty as a page shows it; `key` is its value in forms. */
export interface DutyInWords {
  role: string;
  authority: string;
  key: string;
}

/** A page of a member of staff. */
export interface Desk {
  context: PortalContext;
  request: PageRequest;
  caller: StaffCaller;
  show(view: string, data?: Record<string, unknown>, faults?: readonly PageFault[]): PageReply;
  /** Duties in words: the role, and the authority's name. */
  describe(duties: readonly StaffDuty[]): Promise<DutyInWords[]>;
}

/** Duties in words. */
export function describeDuties(
  { identity }: PortalContext,
  duties: readonly StaffDuty[],
  locale: Locale,
): Promise<DutyInWords[]> {
  return Promise.all(
    duties.map(async ({ role, authorityCode }) => {
      const authority = await identity.authorities.find(authorityCode);
      return {
        role: pickText(staffRoles[role], locale),
        authority: authority ? pickText(authority.name, locale) : authorityCode,
        key: `${role}|${authorityCode}`,
      };
    }),
  );
}

function deskOf(context: PortalContext, request: PageRequest): Desk {
  const { locale } = request;
  const nav = staffMenu(request);
  return {
    context,
    request,
    caller: request.caller as StaffCaller,
    show: (view, data, faults = []) => ({
      view: `portal/${view}`,
      data: { nav, faults, values: request.body, wide: true, done: request.query.done, ...data },
      ...statusOf(faults, context.clock.now()),
    }),
    describe: (duties) => describeDuties(context, duties, locale),
  };
}

/** Declares pages under `/admin` for some roles; `fresh` ones ask for a login within the last minutes. */
export function staffPages(context: PortalContext) {
  return (
    method: 'GET' | 'POST',
    path: string,
    options: { summary: string; roles: readonly [StaffRole, ...StaffRole[]]; fresh?: boolean },
    handle: (desk: Desk) => Promise<PageReply>,
  ): Route =>
    page({
      method,
      path: `${staffHome}${path}`,
      access: { staff: options.roles, ...(options.fresh && { freshSeconds: recentSeconds }) },
      ...textInput,
      summary: options.summary,
      problems: ['not-found'],
      handle: async (request) => handle(deskOf(context, { ...request, locale: request.locale })),
    });
}
