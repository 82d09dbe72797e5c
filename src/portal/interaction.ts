import { z } from 'zod';
import { isProblem } from '../core/index.ts';
import type { PageReply, RequestOf, Route, ViewReply } from '../http/index.ts';
import { page } from '../http/index.ts';
import type { Authenticated, Visitor } from '../identity/index.ts';
import type { ActingWish, InteractionDetails } from '../sso/index.ts';
import type { PortalContext } from './deps.ts';
import { type PageFault, statusOf } from './faults.ts';

/** Name of the cookie that lets an account recognise a device (OriginCookies adds the prefix). */
const deviceCookie = 'device';
const deviceSeconds = 180 * 24 * 3600;

/** A request of a page route, fields of its form included. */
export type PageRequest = RequestOf<unknown, Readonly<Record<string, string>>, Record<string, string>>;

/** Who is at the other end, for limits and for recognising the device. */
export function visitorOf(
  context: PortalContext,
  request: PageRequest,
  client?: InteractionDetails['client'],
): Visitor {
  return {
    address: request.address,
    knownDevice: context.http.cookies.get(request.koa, deviceCookie),
    clientId: client?.id,
    site: client?.firstParty ? undefined : client?.name,
    locale: request.locale,
  };
}

/** Lets the account recognise this device from now on. */
export function rememberDevice(context: PortalContext, request: PageRequest, knownDevice: string): void {
  context.http.cookies.set(request.koa, deviceCookie, knownDevice, deviceSeconds);
}

/** A page of an interaction, with what every one of them needs. */
export interface Here {
  context: PortalContext;
  request: PageRequest;
  details: InteractionDetails;
  /** `/interaction/{uid}` */
  base: string;
  /** Binds codes and drafts to this interaction; its cookie was checked before. */
  transaction: string;
  visitor: Visitor;
  /** The account of the live session, unless the person said that they are somebody else. */
  accountId: string | undefined;
  /** Draws a view with the site, the base and the policy that this interaction needs. */
  show(view: string, data?: Record<string, unknown>, faults?: readonly PageFault[]): ViewReply;
  /** Completes the login and sends the person on. */
  enter(
    who: Pick<Authenticated, 'accountId' | 'amr' | 'methodLevel' | 'knownDevice'>,
    acting?: ActingWish | undefined,
  ): Promise<PageReply>;
}

const params = z.strictObject({ uid: z.string().regex(/^[\w-]{10,64}$/) });
const anyQuery = z.record(z.string(), z.string().max(200));

/** The page for a login that is over or belongs to another browser: it starts again at the site. */
export async function showExpired(context: PortalContext, uid: string): Promise<ViewReply> {
  const startAgain = await context.sso.interactions.findSite(uid);
  return { view: 'portal/expired', status: 410, data: { startAgain } };
}

/** Where a page that answered a form is found again by a GET: forms are sent to addresses of their own. */
function addressOf(base: string, view: string, data: Record<string, unknown>): string | undefined {
  const query = (path: string, values: Record<string, unknown>): string =>
    `${base}${path}?${new URLSearchParams(values as Record<string, string>)}`;
  if (view === 'login') return query('', { way: data.way, as: data.as, tab: data.tab ?? '' });
  if (view === 'login-code') return query('/code', { c: data.challenge, as: data.as, tab: data.tab ?? '' });
  if (data.registration) return query('/register', { r: data.registration });
  if (data.recovery) return query('/recover', { r: data.recovery });
  return undefined;
}

function hereOf(context: PortalContext, request: PageRequest, details: InteractionDetails): Here {
  const { req, res } = request.koa;
  const base = `/interaction/${details.uid}`;
  const isOther = (request.body.as ?? request.query.as) === 'other';
  const site = { name: details.client.name, own: details.client.firstParty };
  // Without a link: whoever goes elsewhere in the middle of a login loses it.
  const acting = details.actingFor && { name: details.actingFor.name };
  return {
    context,
    request,
    details,
    base,
    transaction: details.uid,
    visitor: visitorOf(context, request, details.client),
    accountId: isOther ? undefined : details.accountId,
    show: (view, data, faults = []) => ({
      view: `portal/${view}`,
      data: { site, base, faults, other: isOther, acting, ...data },
      ...statusOf(faults, context.clock.now()),
      // The form's redirects end at the site, and browsers check every hop.
      formAction: [details.redirectOrigin],
      address:
        request.koa.method === 'GET'
          ? undefined
          : addressOf(base, view, { ...data, as: isOther ? 'other' : '' }),
    }),
    async enter({ accountId, amr, methodLevel, knownDevice }, acting) {
      rememberDevice(context, request, knownDevice);
      const authentication = { accountId, amr, methodLevel, acting };
      return { redirect: await context.sso.interactions.login(req, res, details.uid, authentication) };
    },
  };
}

/** The interaction behind a request; undefined when it is over or belongs to another browser. */
export async function findHere(context: PortalContext, request: PageRequest): Promise<Here | undefined> {
  const { req, res } = request.koa;
  const { uid } = request.params as { uid: string };
  try {
    const details = await context.sso.interactions.details(req, res, uid);
    request.suggestLocales(details.uiLocales);
    return hereOf(context, request, details);
  } catch (error) {
    if (isProblem(error, 'interaction-expired')) return undefined;
    throw error;
  }
}

/** Declares pages under `/interaction/{uid}`: each handler gets the live interaction of this browser, or is not called. */
export function interactionPages(context: PortalContext) {
  return (
    method: 'GET' | 'POST',
    path: string,
    summary: string,
    handle: (here: Here) => Promise<PageReply>,
  ): Route =>
    page({
      method,
      path: `/interaction/{uid}${path}`,
      access: { anyone: 'the interaction cookie of this browser says whose login it is' },
      params,
      query: anyQuery,
      summary,
      async handle(request) {
        const here = await findHere(context, request);
        return here ? handle(here) : showExpired(context, request.params.uid);
      },
    });
}
