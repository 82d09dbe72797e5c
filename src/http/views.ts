import { Eta } from 'eta';
import type { Context } from 'koa';
import { type Bilingual, chinaTimeZone as timeZone } from '../core/index.ts';
import type { Assets } from './assets.ts';
import type { CsrfGuard } from './csrf.ts';
import { setPolicy } from './headers.ts';
import type { LocaleChooser, Texts, Translate } from './locale.ts';
import { localeNames, locales, pickText, translator } from './locale.ts';
import { ownPath } from './own-path.ts';
import { stateOf } from './request-state.ts';
import type { Locale, ViewReply } from './route.ts';

/** What every page says about the installation. */
export interface Product {
  /** The province or city in front of the service's name; empty when not set. */
  province: Bilingual;
  /** The government service hotline. */
  helpLine: string;
  /** A demo world says so on every page. */
  demo: boolean;
  links: readonly { href: string; label: Bilingual }[];
}

/** What a template finds in `it` besides its own data. */
export interface ViewGlobals {
  locale: Locale;
  t: Translate;
  /** The text of a bilingual value in the page's language. */
  pick(text: Bilingual | string): string;
  /** The address of a static file, with the hash of its content. */
  asset(name: string): string;
  /** The token for the hidden field of a form; use partials/csrf. */
  csrf(): string;
  /** 2026年11月22日 or 22 November 2026; takes milliseconds or YYYY-MM-DD. */
  date(value: number | string): string;
  /** Date and time to the minute, in Beijing time. */
  dateTime(value: number): string;
  requestId: string;
  /** The other languages, as links to this page. */
  languages: readonly { locale: Locale; name: string; href: string }[];
  product: {
    name: string;
    place: string;
    helpLine: string;
    demo: boolean;
    links: readonly { href: string; label: string }[];
  };
}

/** Draws pages. */
export interface Views {
  /** Draws a view as the body of this response, in the language of this request. */
  answer(ctx: Context, reply: ViewReply): void;
}

const formats = Object.fromEntries(
  locales.map((locale) => {
    const tag = locale === 'en' ? 'en-GB' : locale;
    return [
      locale,
      {
        day: new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone }),
        plainDay: new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' }),
        minute: new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeStyle: 'short', timeZone }),
      },
    ];
  }),
) as Record<Locale, Record<'day' | 'plainDay' | 'minute', Intl.DateTimeFormat>>;

/**
 * Links to this page in the other languages. A page that answers a form post has no address of its own to go back to, so
 * the page that held the form is linked.
 */
function languageLinks(
  ctx: Context,
  locale: Locale,
  issuer: string,
  address?: string,
): ViewGlobals['languages'] {
  // `//` is a request target, and no address.
  let here = URL.parse(address ?? ctx.url, issuer) ?? new URL(issuer);
  const referer = ctx.get('Referer');
  if (
    address === undefined &&
    ctx.method !== 'GET' &&
    URL.canParse(referer) &&
    new URL(referer).origin === issuer
  )
    here = new URL(referer);
  return locales
    .filter((other) => other !== locale)
    .map((other) => {
      here.searchParams.set('lang', other);
      return { locale: other, name: localeNames[other], href: ownPath(here) };
    });
}

function productOf(product: Product, locale: Locale, t: Translate): ViewGlobals['product'] {
  return {
    name: t('common.product'),
    place: t('common.place', { province: pickText(product.province, locale) }).trim(),
    helpLine: product.helpLine,
    demo: product.demo,
    links: product.links.map(({ href, label }) => ({ href, label: pickText(label, locale) })),
  };
}

/** Eta looks for the file of an include at every drawing; where templates are does not change. */
function rememberPaths(eta: Eta): void {
  const resolve = eta.resolvePath;
  if (!resolve) return;
  const known = new Map<string, string>();
  eta.resolvePath = (template, options) => {
    const place = `${options?.filepath ?? ''} ${template}`;
    const path = known.get(place) ?? resolve.call(eta, template, options);
    known.set(place, path);
    return path;
  };
}

/** Makes the renderer over the views folder. Templates are read once; they escape whatever they print. */
export function createViews(deps: {
  viewsFolder: string;
  issuer: string;
  product: Product;
  texts: Texts;
  assets: Assets;
  csrf: CsrfGuard;
  chooser: LocaleChooser;
}): Views {
  const eta = new Eta({ views: deps.viewsFolder, cache: true });
  rememberPaths(eta);
  const escapeHtml = eta.config.escapeFunction;
  // An absent value is an empty place on the page, never the word "undefined".
  eta.configure({
    escapeFunction: (value) => (value === undefined || value === null ? '' : escapeHtml(value)),
  });
  const byLocale = Object.fromEntries(
    locales.map((locale) => {
      const t = translator(deps.texts, locale);
      const { day, plainDay, minute } = formats[locale];
      const shared = {
        locale,
        t,
        pick: (text: Bilingual | string) => pickText(text, locale),
        asset: deps.assets.hrefOf,
        date: (value: number | string) =>
          typeof value === 'string' ? plainDay.format(Date.parse(value)) : day.format(value),
        dateTime: (value: number) => minute.format(value),
        product: productOf(deps.product, locale, t),
      };
      return [locale, shared];
    }),
  ) as Record<Locale, Omit<ViewGlobals, 'csrf' | 'requestId' | 'languages'>>;

  return {
    answer(ctx, reply) {
      deps.chooser.remember(ctx);
      const locale = deps.chooser.localeOf(ctx);
      const globals: ViewGlobals = {
        ...byLocale[locale],
        csrf: () => deps.csrf.tokenFor(ctx),
        requestId: stateOf(ctx).requestId,
        languages: languageLinks(ctx, locale, deps.issuer, reply.address),
      };
      const body = eta.render(reply.view, { ...reply.data, ...globals });
      ctx.status = reply.status ?? 200;
      ctx.set('Content-Language', locale);
      ctx.set('Vary', 'Accept-Language, Cookie');
      if (reply.formAction?.length) setPolicy(ctx, { formAction: reply.formAction });
      if (reply.headers) ctx.set(reply.headers);
      ctx.type = 'html';
      ctx.body = body;
    },
  };
}
