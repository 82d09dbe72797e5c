import { authoritiesOf, type StaffRole } from '../core/index.ts';
import {
  type PageReply,
  page,
  type Route,
  recentSeconds,
  type ShowStaffPage,
  type StaffCaller,
  staffShow,
  type TextRequest,
  textInput,
} from '../http/index.ts';
import type { Authorities } from '../identity/index.ts';
import type { SealActor, SealRegister, SealService } from './register-port.ts';
import { keepers } from './transitions.ts';

/** What the pages are drawn from. */
export interface PagesDependencies {
  register: SealRegister;
  uses: SealService['uses'];
  authorities: Pick<Authorities, 'find'>;
  /** B-B seals have no time stamp. */
  level: 'b-t' | 'b-b';
}

/** A page of the register for one member of staff. */
export interface Desk extends PagesDependencies {
  request: TextRequest;
  actor: Extract<SealActor, { duties: unknown }>;
  show: ShowStaffPage;
}

/** Where the register is. */
export const sealsPath = '/admin/seals';

/** The door of these pages on the home page of staff. */
export const sealsLink = {
  href: sealsPath,
  label: { zh: '电子印章', en: 'Electronic seals' },
  text: {
    zh: '申请、核准、启用、停用印章，查看每次用章',
    en: 'Apply for seals, approve, suspend and revoke them, see every use',
  },
  roles: keepers as readonly StaffRole[],
};

/** Declares pages of the register; `fresh` ones ask for a login within the last minutes. */
export type At = (
  method: 'GET' | 'POST',
  path: string,
  options: { summary: string; roles?: readonly [StaffRole, ...StaffRole[]]; fresh?: boolean },
  handle: (desk: Desk) => Promise<PageReply>,
) => Route;

/** Makes the declaration over what the pages are drawn from. */
export function declarePages(deps: PagesDependencies): At {
  return (method, path, { summary, roles = keepers, fresh = false }, handle) =>
    page({
      method,
      path: `${sealsPath}${path}`,
      access: { staff: roles, ...(fresh && { freshSeconds: recentSeconds }) },
      ...textInput,
      summary,
      problems: ['not-found', 'version-conflict'],
      handle: async (request) => handle(deskOf(deps, request)),
    });
}

function deskOf(deps: PagesDependencies, request: TextRequest): Desk {
  const { accountId, duties } = request.caller as StaffCaller;
  return {
    ...{ ...deps, request, actor: { id: accountId, duties } },
    show: staffShow(request, 'seals', sealsLink),
  };
}

/** Authorities whose seals somebody keeps; undefined for a security administrator, who sees every one. */
export function keptBy({ actor }: Desk): string[] | undefined {
  if (actor.duties.some(({ role }) => role === 'security-administrator')) return undefined;
  return authoritiesOf(actor.duties);
}
