import { createHmac } from 'node:crypto';
import type { Context } from 'koa';
import Koa from 'koa';
import type { Bilingual, Clock, Random, RateCounter, RepeatRecords } from '../core/index.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';
import { createAddressReader } from './address.ts';
import { loadAssets } from './assets.ts';
import type { Attachment } from './attachments.ts';
import { createAttachments } from './attachments.ts';
import type { OriginCookies } from './cookies.ts';
import { createOriginCookies } from './cookies.ts';
import { createCsrfGuard } from './csrf.ts';
import type { Authenticators } from './guard.ts';
import { createRouteLimits } from './limit.ts';
import { createLocaleChooser, loadTexts, matchLocale } from './locale.ts';
import type { OpenApiDocument } from './openapi.ts';
import { writeOpenApi } from './openapi.ts';
import { createOuter } from './outer.ts';
import { createAnswerProblem } from './problem-reply.ts';
import { stateOf } from './request-state.ts';
import type { Locale, Route, ViewReply } from './route.ts';
import { createRouteTable } from './router.ts';
import type { Listener, ListenOptions } from './server.ts';
import { listen } from './server.ts';
import type { Probes } from './service-routes.ts';
import { assetRoutes, descriptionRoutes, healthRoutes } from './service-routes.ts';
import { createUploadReader } from './upload.ts';
import { createViews } from './views.ts';

/** What the room needs. */
export interface HttpDeps {
  /** Public origin: the truth about scheme and host, whatever a request claims. */
  issuer: string;
  /** Addresses or CIDR ranges of our own proxies. */
  trustProxy: readonly string[];
  /** Province or city in the header of every page; empty texts when not set. */
  province: Bilingual;
  /** The demo world shouts on every page. */
  demo?: boolean;
  /** The hotline in the footer; default 12345. */
  helpLine?: string;
  /** Links in the footer of every page. */
  footerLinks?: readonly { href: string; label: Bilingual }[];
  /** Folder with templates, css, js and locales. */
  viewsFolder: string;
  /** At least 32 random bytes, the same in all processes: form tokens and the hashing of limit keys derive from it. */
  csrfKey: Buffer;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
  random: Random;
  rateCounter: RateCounter;
  /** Remembers requests with an Idempotency-Key; without it such a key is not looked at. */
  repeats?: RepeatRecords;
  authenticators: Authenticators;
  /** What /readyz asks; the names are shown. */
  probes?: Probes;
}

/** The room's object. */
export interface Http {
  /** The Koa application. Its `keys` belong to whoever signs cookies. */
  app: Koa;
  /** Adds route tables; everything in them goes through the guard. */
  mount(routes: readonly Route[]): void;
  /** Adds a middleware that owns paths of its own: it gets the outer chain, but no guard. */
  attach(attachment: Attachment): void;
  /** Draws a view as the answer to a request outside of the route tables, such as a page of oidc-provider. */
  renderPage(ctx: Context, reply: ViewReply, uiLocales?: readonly string[]): void;
  localeOf(ctx: Context): Locale;
  /** The caller's address as our own proxies report it. */
  addressOf(ctx: Context): string;
  cookies: OriginCookies;
  routes(): readonly Route[];
  openapi(): OpenApiDocument;
  /** Serves until closed; closing makes /readyz red and finishes the requests in flight. */
  listen(options: ListenOptions): Promise<Listener>;
}

const subkey = (key: Buffer, purpose: string): Buffer => createHmac('sha256', key).update(purpose).digest();

/** The part that decides how an answer looks: language, pages, problems. */
function createFace(deps: HttpDeps) {
  const { issuer, viewsFolder, random } = deps;
  const cookies = createOriginCookies(issuer);
  const csrf = createCsrfGuard({ key: subkey(deps.csrfKey, 'csrf'), issuer, random, cookies });
  const chooser = createLocaleChooser(cookies);
  const assets = loadAssets(viewsFolder);
  const product = {
    province: deps.province,
    demo: deps.demo ?? false,
    helpLine: deps.helpLine ?? '12345',
    links: deps.footerLinks ?? [],
  };
  const texts = loadTexts(viewsFolder);
  const views = createViews({ viewsFolder, issuer, product, texts, assets, csrf, chooser });
  const answerProblem = createAnswerProblem({ issuer, logger: deps.logger, views, chooser });
  return { cookies, csrf, chooser, assets, views, answerProblem };
}

function createKoa(deps: HttpDeps): Koa {
  const app = new Koa();
  // Forwarding headers of strangers are gone before Koa looks (address.ts).
  app.proxy = deps.trustProxy.length > 0;
  // Only what happens after the answer has begun still comes here.
  app.silent = true;
  app.on('error', (err: unknown) => deps.logger.debug({ err }, 'a response was cut'));
  return app;
}

/** Makes the HTTP face of the service. Rooms mount their route tables on it; app.ts hands in who proves callers. */
export function createHttp(deps: HttpDeps): Http {
  const { issuer, logger } = deps;
  const face = createFace(deps);
  const { chooser, views, answerProblem } = face;
  let closing = false;
  const isClosing = () => closing;
  const takeUse = createRouteLimits({ ...deps, key: subkey(deps.csrfKey, 'limits') });
  const table = createRouteTable({
    ...face,
    authenticators: deps.authenticators,
    takeUse,
    uploads: createUploadReader(),
    repeats: deps.repeats,
  });
  const attached = createAttachments();
  const app = createKoa(deps);
  const addresses = createAddressReader(deps.trustProxy);
  app.use(createOuter({ ...deps, addresses, answerProblem, isClosing }));
  app.use(attached.middleware);
  app.use(table.middleware);

  let document: OpenApiDocument | undefined;
  const openapi = () => {
    document ??= writeOpenApi(issuer, table.list());
    return document;
  };
  const mount = (routes: readonly Route[]) => {
    table.add(routes);
    document = undefined;
  };
  mount(healthRoutes({ probes: deps.probes ?? {}, isClosing, logger }));
  mount(assetRoutes(face.assets));
  mount(descriptionRoutes({ routes: table.list, document: openapi }));

  return {
    app,
    mount,
    attach: attached.add,
    renderPage(ctx, reply, uiLocales) {
      if (uiLocales) stateOf(ctx).suggested = matchLocale(uiLocales);
      views.answer(ctx, reply);
    },
    localeOf: chooser.localeOf,
    addressOf: (ctx) => stateOf(ctx).address,
    cookies: face.cookies,
    routes: table.list,
    openapi,
    listen: (options) =>
      listen(app.callback(), {
        ...options,
        onClosing: () => {
          closing = true;
        },
      }),
  };
}
