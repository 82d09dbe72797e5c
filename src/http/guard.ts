import type { Context, Middleware } from 'koa';
import type { z } from 'zod';
import { Problem, type RepeatRecords, type StaffRole } from '../core/index.ts';
import { limitAddress } from './address.ts';
import { type ApiAnswer, answerOf, runOnce, sendAnswer } from './api-answer.ts';
import type { CsrfGuard } from './csrf.ts';
import { csrfField } from './csrf.ts';
import type { BodyReader } from './input.ts';
import { carries, createBodyReader, parseInput, readJson, readParameters } from './input.ts';
import type { TakeUse } from './limit.ts';
import type { LocaleChooser } from './locale.ts';
import { matchLocale } from './locale.ts';
import { stateOf } from './request-state.ts';
import type {
  Access,
  ApiRoute,
  Caller,
  ClientCaller,
  PageReply,
  PageRoute,
  PersonCaller,
  RequestOf,
  Route,
  StaffCaller,
  UploadLimits,
} from './route.ts';
import type { Upload, UploadReader } from './upload.ts';
import type { Views } from './views.ts';

/** What a route asks of a person. */
export interface PersonRequirement {
  level: 0 | 1 | 2 | 3;
  /** The login may not be older than this. */
  freshSeconds?: number;
}

/** Proof of who calls, by the rooms that know sessions and tokens; handed in, because this room knows neither. */
export interface Authenticators {
  /** Proves an access token for our API; a problem such as token-invalid is a value here. */
  bearer(token: string, ctx: Context): Promise<ClientCaller | Problem>;
  /** The person of the portal session, or where to send the browser for a login that meets the requirement. */
  person(ctx: Context, requirement: PersonRequirement): Promise<PersonCaller | { redirect: string }>;
  /**
   * The member of staff of the portal session, or where to send the browser for a login by passkey.
   * @throws {Problem} staff-only when somebody else is logged in, or none of the roles is held
   */
  staff(
    ctx: Context,
    requirement: { roles: readonly StaffRole[]; freshSeconds?: number },
  ): Promise<StaffCaller | { redirect: string }>;
}

/** Body limit of a route that states none. */
export const defaultBodyLimitBytes = 64 * 1024;

/** What the guard works with. */
export interface GuardDeps {
  authenticators: Authenticators;
  takeUse: TakeUse;
  csrf: CsrfGuard;
  chooser: LocaleChooser;
  views: Views;
  /** Reader of multipart bodies within limits. */
  uploads(limits: UploadLimits): UploadReader;
  /** Without it, an Idempotency-Key is not looked at. */
  repeats?: RepeatRecords | undefined;
}

const unsafe = (route: Route) => route.method !== 'GET';

/** 401 and 403 of a bearer route carry the challenge. @see RFC 6750 3 */
function challenged(problem: Problem): Problem {
  const { oauth } = problem.definition;
  const challenge = oauth ? `Bearer error="${oauth}"` : 'Bearer';
  return new Problem(problem.code, {
    ...(problem.detail !== undefined && { detail: problem.detail }),
    extensions: problem.extensions,
    cause: problem.cause,
    headers: { 'WWW-Authenticate': challenge, ...problem.headers },
  });
}

async function checkBearer(ctx: Context, scope: string, deps: GuardDeps): Promise<ClientCaller> {
  const match = /^Bearer +([\w.~+/=-]+)$/i.exec(ctx.req.headers.authorization ?? '');
  if (!match?.[1]) throw challenged(new Problem('token-missing'));
  const caller = await deps.authenticators.bearer(match[1], ctx);
  if (caller instanceof Problem) throw challenged(caller);
  if (!caller.scopes.has(scope)) throw challenged(new Problem('scope-missing', { extensions: { scope } }));
  return caller;
}

function checkAccess(
  ctx: Context,
  access: Access,
  deps: GuardDeps,
): Caller | Promise<Caller | { redirect: string }> {
  if ('scope' in access) return checkBearer(ctx, access.scope, deps);
  if ('person' in access) return deps.authenticators.person(ctx, access.person);
  if ('staff' in access) {
    const { staff: roles, freshSeconds } = access;
    return deps.authenticators.staff(ctx, { roles, ...(freshSeconds !== undefined && { freshSeconds }) });
  }
  return { kind: 'anyone' };
}

function callerKey(caller: Caller, address: string): string {
  if (caller.kind === 'client') return `client:${caller.clientId}`;
  if (caller.kind === 'person' || caller.kind === 'staff') return `${caller.kind}:${caller.accountId}`;
  return `address:${limitAddress(address)}`;
}

/** The query as the route sees it: `lang` belongs to the frame of every page. */
function readQuery(ctx: Context): Record<string, string> {
  if (ctx.querystring === '') return {};
  const { lang: _, ...query } = readParameters(ctx.querystring);
  return query;
}

interface Input {
  params: unknown;
  query: unknown;
  body: unknown;
  file?: Upload['file'];
}

function requestOf(
  ctx: Context,
  caller: Caller,
  input: Input,
  deps: GuardDeps,
): RequestOf<unknown, unknown, unknown> {
  const state = stateOf(ctx);
  const request = {
    ...input,
    caller,
    locale: deps.chooser.localeOf(ctx),
    suggestLocales(tags: readonly string[]) {
      state.suggested = matchLocale(tags);
      request.locale = deps.chooser.localeOf(ctx);
    },
    requestId: state.requestId,
    address: state.address,
    userAgent: (ctx.req.headers['user-agent'] ?? '').slice(0, 256),
    koa: ctx,
  };
  return request;
}

const parsed = (schema: z.ZodType | undefined, value: unknown, at: '' | '/query'): unknown =>
  schema ? parseInput(schema, value, at) : value;

/** What the path names. One that has not even the shape of a name leads nowhere: nobody filled it in, so nobody can correct it. */
function pathParameters(ctx: Context, { params: schema }: ApiRoute | PageRoute): unknown {
  const result = schema?.safeParse(ctx.params ?? {});
  if (result?.success === false) throw new Problem('not-found', { cause: result.error });
  return result ? result.data : (ctx.params ?? {});
}

/** The part that both kinds of route share; undefined when the browser was sent to log in. */
async function admit(ctx: Context, route: Route, deps: GuardDeps): Promise<Caller | undefined> {
  const { address } = stateOf(ctx);
  const { limit } = route;
  const name = `${route.method} ${route.path}`;
  if (limit?.by === 'address') await deps.takeUse(name, limit, limitAddress(address));
  const caller = await checkAccess(ctx, route.access, deps);
  if ('redirect' in caller) {
    if (route.kind === 'api') throw new Problem('login-required', { extensions: { login: caller.redirect } });
    ctx.status = 303;
    ctx.set('Location', caller.redirect);
    ctx.body = '';
    return undefined;
  }
  stateOf(ctx).caller = caller;
  if (limit?.by === 'caller') await deps.takeUse(name, limit, callerKey(caller, address));
  return caller;
}

/** Middleware of an API route: JSON in, JSON out, both parsed. */
function apiGuard(route: ApiRoute, deps: GuardDeps): Middleware {
  const readUpload = route.upload && deps.uploads(route.upload);
  const readBody: BodyReader = createBodyReader(
    'application/json',
    route.bodyLimitBytes ?? defaultBodyLimitBytes,
  );
  const readContent = async (ctx: Context): Promise<{ body: unknown; file?: Upload['file'] }> => {
    if (!readUpload) return { body: readJson(await readBody(ctx)) };
    const { fields, file } = await readUpload(ctx);
    return { body: fields, file };
  };
  return async (ctx) => {
    stateOf(ctx).answers = 'json';
    // A cookie is sent by itself, a token is not: routes without a token must come from our own pages.
    const isAmbient = !('scope' in route.access);
    if (unsafe(route as Route) && isAmbient && !deps.csrf.isSameOrigin(ctx)) throw new Problem('csrf-failed');
    const caller = await admit(ctx, route as Route, deps);
    if (!caller) return;
    const params = pathParameters(ctx, route);
    const content = route.body && (await readContent(ctx));
    const input = {
      params,
      query: parsed(route.query, readQuery(ctx), '/query'),
      body: content && parsed(route.body, content.body, ''),
      ...(content?.file && { file: content.file }),
    };
    const run = async (repeatToken?: string): Promise<ApiAnswer> => {
      const request = requestOf(ctx, caller, input, deps);
      if (repeatToken !== undefined) request.repeatToken = repeatToken;
      return answerOf(route, await route.handle(request));
    };
    const { repeats } = deps;
    if (!route.isRepeatable || !repeats) return sendAnswer(ctx, route, await run());
    const { file, ...words } = input;
    const said = { ...words, ...(file && { file: file.sha256 }) };
    const key = callerKey(caller, stateOf(ctx).address);
    sendAnswer(ctx, route, await runOnce(ctx, { repeats, caller: key, input: said }, run));
  };
}

function answerPage(ctx: Context, reply: PageReply, views: Views): void {
  if ('done' in reply) return;
  if ('redirect' in reply) {
    ctx.status = 303;
    ctx.set('Location', reply.redirect);
    ctx.body = '';
  } else if ('file' in reply) {
    ctx.set('Content-Security-Policy', "default-src 'none'; sandbox; frame-ancestors 'none'");
    ctx.attachment(reply.name, { type: reply.inline ? 'inline' : 'attachment' });
    ctx.set('Content-Type', reply.type);
    ctx.body = Buffer.from(reply.file);
  } else views.answer(ctx, reply);
}

/** Every page of a person says for whom they act, without each handler's doing. */
function withActing(reply: PageReply, caller: Caller): PageReply {
  if (caller.kind !== 'person' || !caller.actingFor || !('view' in reply)) return reply;
  return { ...reply, data: { acting: caller.actingFor, ...reply.data } };
}

/** Middleware of a page: form fields in, a page, file or redirect out. */
function pageGuard(route: PageRoute, deps: GuardDeps): Middleware {
  const readBody: BodyReader = createBodyReader(
    'application/x-www-form-urlencoded',
    route.bodyLimitBytes ?? defaultBodyLimitBytes,
  );
  const readUpload = route.upload && deps.uploads(route.upload);
  const readForm = async (ctx: Context): Promise<{ body: Record<string, string>; file?: Upload['file'] }> => {
    const upload =
      readUpload && carries(ctx, 'multipart/form-data')
        ? await readUpload(ctx)
        : { fields: readParameters(await readBody(ctx)) };
    const { [csrfField]: token, ...body } = upload.fields;
    if (!deps.csrf.isGenuine(ctx, token)) throw new Problem('csrf-failed');
    return { ...upload, body };
  };
  return async (ctx) => {
    stateOf(ctx).answers = 'page';
    const isPost = unsafe(route as Route);
    if (isPost && !deps.csrf.isSameOrigin(ctx)) throw new Problem('csrf-failed');
    const caller = await admit(ctx, route as Route, deps);
    if (!caller) return;
    const input = {
      params: pathParameters(ctx, route),
      query: parsed(route.query, readQuery(ctx), '/query'),
      ...(isPost ? await readForm(ctx) : { body: {} }),
    };
    const request = requestOf(ctx, caller, input, deps) as RequestOf<
      unknown,
      unknown,
      Record<string, string>
    >;
    answerPage(ctx, withActing(await route.handle(request), caller), deps.views);
  };
}

/** The guard of one route: access, limits, size, type, CSRF, schemas; then the handler; then what leaves. */
export function guardRoute(route: Route, deps: GuardDeps): Middleware {
  return route.kind === 'api' ? apiGuard(route as ApiRoute, deps) : pageGuard(route as PageRoute, deps);
}
