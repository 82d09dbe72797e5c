import type { Context, Middleware } from 'koa';
import type { Random } from '../core/index.ts';
import { Problem } from '../core/index.ts';
import type { Metrics } from '../telemetry/index.ts';
import { runInRequest } from '../telemetry/index.ts';
import type { AddressReader } from './address.ts';
import { securityHeaders } from './headers.ts';
import type { AnswerProblem } from './problem-reply.ts';
import { setState, stateOf } from './request-state.ts';
import { createSideBySide } from './side-by-side.ts';

/** What the outer chain works with. */
export interface OuterDeps {
  issuer: string;
  random: Random;
  metrics: Metrics;
  addresses: AddressReader;
  answerProblem: AnswerProblem;
  /** True once the process is to end: clients are asked to connect anew elsewhere. */
  isClosing: () => boolean;
}

/** Paths that a load balancer asks in plain HTTP from beside the process. */
const plainPaths = new Set(['/healthz', '/readyz']);

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function createRecorder(metrics: Metrics): (ctx: Context, startedAt: number) => void {
  const requests = metrics.counter({
    name: 'tongxing_http_requests_total',
    help: 'Requests answered, by method, route pattern and status.',
    labels: ['method', 'route', 'status'],
  });
  const seconds = metrics.histogram({
    name: 'tongxing_http_request_seconds',
    help: 'Time from the first byte of a request to its answer being ready, by route pattern.',
    labels: ['route'],
  });
  return (ctx, startedAt) => {
    const route = stateOf(ctx).pattern;
    // The caller chooses the method; labels may not grow with it.
    const method = methods.has(ctx.method) ? ctx.method : 'other';
    requests.add({ method, route, status: ctx.status }, 1);
    seconds.observe({ route }, (performance.now() - startedAt) / 1000);
  };
}

/**
 * The outermost middleware: who goes on together, request id, believed addresses, headers, the one catch, metrics. Every token
 * request pays for it, so it reads no body, no cookie and no language.
 */
export function createOuter(deps: OuterDeps): Middleware {
  const headers = securityHeaders(deps.issuer);
  const { host, protocol } = new URL(deps.issuer);
  const record = createRecorder(deps.metrics);
  const needsTls = protocol === 'https:';

  const begin = (ctx: Context): string => {
    const { address, viaProxy } = deps.addresses.read(ctx.req);
    const given = viaProxy ? ctx.req.headers['x-request-id'] : undefined;
    const requestId = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : deps.random.id();
    // Every absolute link is made from the issuer, whatever Host the caller wrote.
    ctx.req.headers.host = host;
    setState(ctx, { requestId, address, pattern: 'unmatched' });
    for (const [name, value] of headers) ctx.res.setHeader(name, value);
    ctx.res.setHeader('X-Request-Id', requestId);
    return requestId;
  };

  const serve = async (ctx: Context, next: () => Promise<unknown>, startedAt: number) => {
    try {
      if (needsTls && ctx.protocol !== 'https' && !plainPaths.has(ctx.path))
        throw new Problem('insecure-transport');
      await next();
      if (ctx.respond !== false && ctx.status === 404 && !ctx.body) throw new Problem('not-found');
    } catch (thrown) {
      deps.answerProblem(ctx, thrown);
    }
    // At the end, so that it also reaches requests that were in flight when the closing began.
    if (deps.isClosing() && !ctx.headerSent) ctx.res.setHeader('Connection', 'close');
    record(ctx, startedAt);
  };

  const sideBySide = createSideBySide();
  return async (ctx, next) => {
    const startedAt = performance.now();
    await sideBySide();
    const requestId = begin(ctx);
    return runInRequest({ requestId }, () => serve(ctx, next, startedAt));
  };
}
