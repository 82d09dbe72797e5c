/**
 * One demo service site: a real relying party in a process of its own. It shares nothing with the service but HTTP and
 * speaks only standard OpenID Connect through openid-client and the public API, as any site of a province would.
 *
 * Usage: node scripts/demo/site/main.ts SITE.json, where the file holds a SiteSettings object.
 */
import { readFileSync } from 'node:fs';
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import { createEntrance } from './entrance.ts';
import { mountHall } from './hall.ts';
import { mountHealthDesk } from './health.ts';
import { createPages } from './pages.ts';
import type { SiteSettings } from './settings.ts';
import { type Language, texts } from './texts.ts';

const settings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as SiteSettings;
const { id, issuer } = settings;
const origin = `http://localhost:${settings.port}`;
const languageCookie = `${id}_lang`;

/** The language that the person chose, or else the browser's. */
function languageOf(ctx: Context): Language {
  const chosen = ctx.cookies.get(languageCookie);
  if (chosen === 'zh' || chosen === 'en') return chosen;
  return ctx.acceptsLanguages('zh', 'en') === 'en' ? 'en' : 'zh';
}
const pages = { zh: createPages(settings, 'zh'), en: createPages(settings, 'en') };
const pagesFor = (ctx: Context) => pages[languageOf(ctx)];

const app = new Koa();
const router = new Router();

const fail = (ctx: Context, error: string, description: string): void => {
  ctx.status = 400;
  ctx.body = pagesFor(ctx).failure(error, description);
};
const common = { origin, fail };
const people = createEntrance(router, {
  ...{ ...common, place: '', name: id },
  registration: { issuer, client: settings.client, scope: settings.scope },
});
const staff = createEntrance(router, {
  ...{ ...common, place: '/desk', name: `${id}_desk` },
  registration: { issuer, client: settings.desk.client, scope: 'openid profile staff' },
});

router.get('/', (ctx) => {
  const visit = people.visitOf(ctx);
  ctx.body = visit ? pagesFor(ctx).visit(visit) : pagesFor(ctx).home(String(ctx.query.said ?? ''));
});

router.get('/login', (ctx) => {
  const level = Number(ctx.query.level);
  const wish = {
    level: level === 2 || level === 3 ? level : 1,
    register: ctx.query.register === '1',
    locale: texts[languageOf(ctx)].code,
  } as const;
  // Back to where the person wanted to go, if that is one of the site's own services.
  const { path } = settings.services.find((service) => service.path === ctx.query.for) ?? {};
  return people.send(ctx, wish, () => path ?? '/');
});

const site = { settings, router, people, staff, languageOf };
if (settings.application) mountHall(site, settings.application);
else mountHealthDesk(site);

router.get('/style.css', async (ctx) => {
  ctx.type = 'css';
  ctx.body = readFileSync(new URL('./style.css', import.meta.url));
});

app.use(async (ctx, next) => {
  ctx.set(
    'content-security-policy',
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' http:; frame-ancestors 'none'; base-uri 'none'",
  );
  ctx.set('x-content-type-options', 'nosniff');
  // Pages and receipts of a case are somebody's own, whoever uses this browser next.
  ctx.set('cache-control', 'no-store');
  ctx.type = 'html';
  if (ctx.method === 'GET' && (ctx.query.lang === 'zh' || ctx.query.lang === 'en')) {
    ctx.cookies.set(languageCookie, ctx.query.lang, { httpOnly: true, sameSite: 'lax' });
    // Two slashes in front would lead to another host.
    ctx.redirect(ctx.path.replace(/^[/\\]+/, '/'));
    return;
  }
  try {
    await next();
  } catch (error) {
    ctx.status = 502;
    ctx.body = pagesFor(ctx).failure('unavailable', '');
    process.stderr.write(`${id}: ${(error as Error).message}\n`);
  }
});
app.use(router.routes()).use(router.allowedMethods());

const server = app.listen(settings.port, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ ready: id, url: origin })}\n`);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => server.close(() => process.exit(0)));
