import { z } from 'zod';
import { allProblems, isProblem, Problem } from '../core/index.ts';
import type { Logger } from '../telemetry/index.ts';
import type { Assets } from './assets.ts';
import type { OpenApiDocument } from './openapi.ts';
import { describeRoute } from './openapi.ts';
import type { Route } from './route.ts';
import { api, page } from './route.ts';

/** Asks whether a part of the service can do its work; throws when not. By name, such as `store`. */
export type Probes = Readonly<Record<string, () => Promise<unknown>>>;

const probeTimeoutMs = 2000;

async function runProbe(probe: () => Promise<unknown>): Promise<string> {
  const timer = Promise.withResolvers<string>();
  const timeout = setTimeout(() => timer.resolve('timed-out'), probeTimeoutMs);
  try {
    return await Promise.race([probe().then(() => 'ok'), timer.promise]);
  } catch (error) {
    // The code only: messages of drivers name hosts and accounts.
    return isProblem(error) ? error.code : 'failed';
  } finally {
    clearTimeout(timeout);
  }
}

const Health = z
  .strictObject({ status: z.literal('ok') })
  .meta({ id: 'Health', description: 'The process runs.' });
const Readiness = z
  .strictObject({ status: z.literal('ready'), checks: z.record(z.string(), z.string()) })
  .meta({ id: 'Readiness', description: 'Every part that the service needs answers.' });

/** Liveness and readiness. */
export function healthRoutes(deps: { probes: Probes; isClosing: () => boolean; logger: Logger }): Route[] {
  let wasReady = true;
  return [
    api({
      method: 'GET',
      path: '/healthz',
      access: { anyone: 'says nothing but that the process runs' },
      summary: 'Whether the process runs',
      response: { status: 200, schema: Health },
      handle: async () => ({ body: { status: 'ok' as const } }),
    }),
    api({
      method: 'GET',
      path: '/readyz',
      access: { anyone: 'names of parts and problem codes only' },
      summary: 'Whether the service can do its work; 503 with the failing part when not',
      problems: ['not-ready'],
      response: { status: 200, schema: Readiness },
      handle: async () => {
        const entries = Object.entries(deps.probes).map(async ([name, probe]) => [
          name,
          await runProbe(probe),
        ]);
        const checks = Object.fromEntries(await Promise.all(entries)) as Record<string, string>;
        if (deps.isClosing()) checks.process = 'closing';
        const isReady = Object.values(checks).every((answer) => answer === 'ok');
        if (isReady !== wasReady) {
          deps.logger.warn({ checks }, isReady ? 'ready again' : 'not ready');
          wasReady = isReady;
        }
        if (!isReady) throw new Problem('not-ready', { extensions: { checks } });
        return { body: { status: 'ready' as const, checks } };
      },
    }),
  ];
}

/** Static files by the hash of their content. */
export function assetRoutes(assets: Assets): Route[] {
  return [
    page({
      method: 'GET',
      path: '/assets/{hash}/{name}',
      access: { anyone: 'style sheets and scripts of public pages' },
      summary: 'A static file',
      params: z.object({ hash: z.string(), name: z.string() }),
      handle: async ({ koa, params }) => {
        if (!assets.serve(koa, params.hash, params.name)) throw new Problem('not-found');
        return { done: true };
      },
    }),
  ];
}

/** The description of the API, for programs and for people. */
export function descriptionRoutes(deps: {
  routes: () => readonly Route[];
  document: () => OpenApiDocument;
}): Route[] {
  return [
    api({
      method: 'GET',
      path: '/api/openapi.json',
      access: { anyone: 'integrators read it before they have an account' },
      summary: 'This description (OpenAPI 3.1)',
      response: { status: 200, schema: z.record(z.string(), z.unknown()) },
      handle: async () => ({ body: { ...deps.document() } }),
    }),
    page({
      method: 'GET',
      path: '/api/docs',
      access: { anyone: 'integrators read it before they have an account' },
      summary: 'The reference of the API',
      handle: async () => ({
        view: 'api-docs',
        data: {
          routes: deps
            .routes()
            .filter((route) => route.kind === 'api')
            .map(describeRoute),
          problems: allProblems().map(([code, definition]) => ({ code, ...definition })),
        },
      }),
    }),
  ];
}
