/**
 * One demo service site: a real relying party in a process of its own. It shares nothing with the service but HTTP and
 * speaks only standard OpenID Connect through openid-client, as any site of a province would.
 *
 * Usage: node scripts/demo/site/main.ts SITE.json, where the file holds a SiteSettings object.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import { createPages, type Visit } from './pages.ts';
import { createRelyingParty, type SiteSettings } from './relying-party.ts';
import { type Language, texts } from './texts.ts';

const settings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as SiteSettings;
const party = createRelyingParty(settings);
const origin = `http://localhost:${settings.port}`;

/** The site's own sessions; a demo site may forget them when it stops. */
const visits = new Map<string, Visit>();
/** Logins under way, by state: at most 1,000, the oldest forgotten first. */
const pending = new Map<string, Awaited<ReturnType<typeof party.begin>>>();
const cookie = `${settings.id}_session`;

const pages = { zh: createPages(settings, 'zh'), en: createPages(settings, 'en') };

/** The language that the person chose, or else the browser's. */
function languageOf(ctx: Context): Language {
  const chosen = ctx.query.lang ?? ctx.cookies.get(`${settings.id}_lang`);
  if (chosen === 'zh' || chosen === 'en') return chosen;
  return ctx.acceptsLanguages('zh', 'en') === 'en' ? 'en' : 'zh';
}
const pagesFor = (ctx: Context) => pages[languageOf(ctx)];

const app = new Koa();
const router = new Router();

router.get('/', async (ctx) => {
  if (ctx.query.lang) {
    ctx.cookies.set(`${settings.id}_lang`, languageOf(ctx), { httpOnly: true, sameSite: 'lax' });
    ctx.redirect('/');
    return;
  }
  const visit = visits.get(ctx.cookies.get(cookie) ?? '');
  ctx.body = visit ? pagesFor(ctx).visit(visit) : pagesFor(ctx).home(String(ctx.query.said ?? ''));
});

router.get('/login', async (ctx) => {
  const level = Number(ctx.query.level);
  const begun = await party.begin({
    level: level === 2 || level === 3 ? level : 1,
    register: ctx.query.register === '1',
    locale: texts[languageOf(ctx)].code,
  });
  const oldest = pending.keys().next();
  if (pending.size >= 1000 && !oldest.done) pending.delete(oldest.value);
  pending.set(begun.state, begun);
  ctx.cookies.set(`${settings.id}_state`, begun.state, {
    httpOnly: true,
    sameSite: 'lax',
    path: '/callback',
  });
  ctx.redirect(begun.url);
});

router.get('/callback', async (ctx) => {
  const state = String(ctx.query.state ?? '');
  const begun = pending.get(state);
  pending.delete(state);
  if (!begun || ctx.cookies.get(`${settings.id}_state`) !== state) {
    ctx.status = 400;
    ctx.body = pagesFor(ctx).failure('state', '');
    return;
  }
  const result = await party.finish(new URL(ctx.originalUrl, origin), begun);
  if ('error' in result) {
    ctx.status = 400;
    ctx.body = pagesFor(ctx).failure(result.error, result.description);
    return;
  }
  const id = randomBytes(24).toString('base64url');
  visits.delete(ctx.cookies.get(cookie) ?? '');
  visits.set(id, result.visit);
  ctx.cookies.set(cookie, id, { httpOnly: true, sameSite: 'lax' });
  ctx.redirect('/');
});

router.post('/logout', async (ctx) => {
  const visit = visits.get(ctx.cookies.get(cookie) ?? '');
  visits.delete(ctx.cookies.get(cookie) ?? '');
  ctx.cookies.set(cookie, null);
  ctx.redirect(visit ? await party.logoutUrl(visit.idToken) : '/');
});

router.post('/backchannel-logout', bodyParser({ enableTypes: ['form'] }), async (ctx) => {
  const { logout_token: token } = (ctx.request.body ?? {}) as { logout_token?: string };
  const ended = await party.verifyLogoutToken(token ?? '');
  ctx.set('cache-control', 'no-store');
  if (!ended) {
    ctx.status = 400;
    ctx.body = { error: 'invalid_request' };
    return;
  }
  for (const [id, visit] of visits) {
    if (ended.sid ? visit.sid === ended.sid : visit.sub === ended.sub) visits.delete(id);
  }
  ctx.status = 200;
});

router.get('/style.css', async (ctx) => {
  ctx.type = 'css';
  ctx.body = readFileSync(new URL('./style.css', import.meta.url));
});

app.use(async (ctx, next) => {
  ctx.set(
    'content-security-policy',
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' http:; frame-ancestors 'none'",
  );
  ctx.type = 'html';
  try {
    await next();
  } catch (error) {
    ctx.status = 502;
    ctx.body = pagesFor(ctx).failure('unavailable', '');
    process.stderr.write(`${settings.id}: ${(error as Error).message}\n`);
  }
});
app.use(router.routes()).use(router.allowedMethods());

const server = app.listen(settings.port, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ ready: settings.id, url: origin })}\n`);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => server.close(() => process.exit(0)));
