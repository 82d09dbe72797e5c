import { z } from 'zod';
import { Problem } from '../core/index.ts';
import {
  type FieldFault,
  type PageReply,
  type PersonCaller,
  page,
  personMenu,
  type RequestOf,
  type Route,
  type RouteLimit,
} from '../http/index.ts';
import type { LicenceType } from '../licences/index.ts';
import type { WalletDependencies } from './deps.ts';
import type { Holders, Located } from './holders.ts';
import type { Objections } from './objections.ts';
import type { HolderRef, Wallet } from './port.ts';

/** What the pages work with. */
export interface WalletContext extends WalletDependencies, Wallet {
  holders: Holders;
  objections: Objections;
}

/** A request of a page of the wallet, and how to answer it. */
export interface Visit {
  context: WalletContext;
  request: RequestOf<{ id?: string }, Readonly<Record<string, string>>, Record<string, string>>;
  caller: PersonCaller;
  show(view: string, data?: Record<string, unknown>, faults?: readonly FieldFault[]): PageReply;
}

/** A code by SMS alone is no proof of who holds the phone: nothing of the wallet below level 2. */
const lowestLevel = 2;

function visitOf(context: WalletContext, request: Visit['request']): Visit {
  return {
    context,
    request,
    caller: request.caller as PersonCaller,
    show: (view, data = {}, faults = []) => ({
      view: `wallet/${view}`,
      data: { nav: personMenu(request), values: request.body, faults, ...data },
      ...(faults.length > 0 && { status: 422 }),
    }),
  };
}

const licenceParams = z.strictObject({ id: z.string().regex(/^[\w-]{22}$/) });

/** Declares pages under `/wallet`, for people at level 2 at least. */
export function walletPages(context: WalletContext) {
  return (
    method: 'GET' | 'POST',
    path: string,
    options: {
      summary: string;
      level?: 2 | 3;
      problems?: readonly string[];
      limit?: RouteLimit | undefined;
    },
    handle: (visit: Visit) => Promise<PageReply>,
  ): Route =>
    page({
      method,
      path: `/wallet${path}`,
      access: { person: { level: options.level ?? lowestLevel } },
      ...(path.includes('{') && { params: licenceParams }),
      query: z.record(z.string(), z.string().max(2000)),
      summary: options.summary,
      ...(options.limit && { limit: options.limit }),
      problems: options.problems ?? [],
      handle: (request) => handle(visitOf(context, request)),
    });
}

/** Whose wallet it is: that of whom the session acts for. */
export const holderOf = ({ caller: { accountId, actingFor } }: Visit): HolderRef =>
  actingFor ? { accountId, organisationId: actingFor.organisationId } : { accountId };

/** A licence that the person may see, with everything that pages ask of it. */
export interface Found extends Located {
  type: LicenceType;
}

/** What writes, draws or seals something at each opening: more often than a hurried person, and less than a program. */
export const hurried: RouteLimit = { max: 60, windowSeconds: 600, by: 'caller' };

/** The problem codes of findMine. */
export const findProblems = ['wallet-licence-not-found', 'acting-unavailable'] as const;

/**
 * The licence of the path, when it is held by whom the session acts for; a login with more assurance first where its type asks
 * for that. Where it is the person's by another choice (themselves, another organisation), the page that offers that choice.
 * @throws {Problem} wallet-licence-not-found | acting-unavailable
 */
export async function findMine(visit: Visit): Promise<Found | PageReply> {
  const { context, caller, request } = visit;
  const { library, holders } = context;
  const found = await holders.locate(holderOf(visit), request.params.id ?? '');
  const type = found && (await library.types.find(found.licence.typeCode));
  if (!found || !type) throw new Problem('wallet-licence-not-found');
  const organisation = await confirmActing(context, found.ref);
  const { organisationId } = found.ref;
  // A link never switches: the person does, and sees from then on for whom they act.
  if (organisationId !== caller.actingFor?.organisationId)
    return visit.show('other-holder', { licence: found.licence.id, organisationId, organisation });
  if (type.securityLevel > caller.level) return { redirect: `/wallet/${found.licence.id}/raise` };
  return { ...found, type };
}

/**
 * Asks whether the person may still act; answers the organisation's name.
 * @throws {Problem} wallet-licence-not-found | acting-unavailable
 */
export async function confirmActing(context: WalletContext, ref: HolderRef): Promise<string | undefined> {
  const { accountId, organisationId } = ref;
  if (organisationId === undefined) return undefined;
  const { organisations } = context.identity;
  const confirmation = await organisations.confirm(accountId, organisationId);
  if (confirmation === 'unavailable') throw new Problem('acting-unavailable');
  const organisation = await organisations.findRepresented(accountId, organisationId);
  if (confirmation !== 'confirmed' || !organisation) throw new Problem('wallet-licence-not-found');
  return organisation.name;
}

/** Declares a page about one licence of the person's. */
export function licencePages(context: WalletContext) {
  const at = walletPages(context);
  return (
    method: 'GET' | 'POST',
    path: string,
    summary: string,
    handle: (visit: Visit, found: Found) => Promise<PageReply>,
    limit?: RouteLimit,
  ): Route =>
    at(method, `/{id}${path}`, { summary, problems: findProblems, limit }, async (visit) => {
      const found = await findMine(visit);
      return 'licence' in found ? handle(visit, found) : found;
    });
}
