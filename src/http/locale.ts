import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'koa';
import type { Bilingual } from '../core/index.ts';
import type { OriginCookies } from './cookies.ts';
import { stateOf } from './request-state.ts';
import type { Locale } from './route.ts';

/** The languages of every page, the first one being that of whoever asks for none of them. */
export const locales = ['zh-CN', 'en'] as const satisfies readonly Locale[];

/** How a language calls itself. */
export const localeNames: Readonly<Record<Locale, string>> = { 'zh-CN': '中文', en: 'English' };

/** The text of a bilingual value in one language. */
export function pickText(text: Bilingual | string, locale: Locale): string {
  if (typeof text === 'string') return text;
  return locale === 'en' ? text.en : text.zh;
}

/** The first of the tags (BCP 47) that is a language of ours; Chinese of any region is zh-CN. */
export function matchLocale(tags: readonly string[]): Locale | undefined {
  for (const tag of tags) {
    const language = tag.trim().toLowerCase().split('-', 1)[0];
    if (language === 'zh') return 'zh-CN';
    if (language === 'en') return 'en';
  }
  return undefined;
}

const cookie = 'lang';
const yearSeconds = 365 * 24 * 3600;

/** Decides the language of a response. */
export interface LocaleChooser {
  /**
   * The person's own choice (the switch in the footer, kept in a cookie) before what the site suggested (ui_locales), before
   * the browser's languages, before zh-CN. The switch goes first, or it would be dead inside a login whose site sent ui_locales.
   */
  localeOf(ctx: Context): Locale;
  /** Keeps a choice made in this request (`?lang=`) for later ones. */
  remember(ctx: Context): void;
}

/** Browsers send a few hundred different lists of languages, and systems one. */
const maxLists = 1000;

/** The language of ours that a list of languages asks for. */
function createListReader(): (ctx: Context) => Locale | undefined {
  const known = new Map<string, Locale | undefined>();
  return (ctx) => {
    const list = ctx.req.headers['accept-language'] ?? '';
    if (known.has(list)) return known.get(list);
    const locale = matchLocale(ctx.acceptsLanguages() as string[]);
    if (known.size >= maxLists) known.clear();
    known.set(list, locale);
    return locale;
  };
}

/** Makes the chooser. */
export function createLocaleChooser(cookies: OriginCookies): LocaleChooser {
  const listed = createListReader();
  const asked = (ctx: Context): Locale | undefined => {
    if (ctx.querystring === '') return undefined;
    const { lang } = ctx.query;
    return locales.find((locale) => locale === lang);
  };
  return {
    localeOf(ctx) {
      const kept = cookies.get(ctx, cookie);
      return (
        asked(ctx) ??
        locales.find((locale) => locale === kept) ??
        stateOf(ctx).suggested ??
        listed(ctx) ??
        'zh-CN'
      );
    },
    remember(ctx) {
      const choice = asked(ctx);
      if (choice && cookies.get(ctx, cookie) !== choice) cookies.set(ctx, cookie, choice, yearSeconds);
    },
  };
}

/** Texts of all pages by language: `file.key` -> text. */
export type Texts = Readonly<Record<Locale, ReadonlyMap<string, string>>>;

/** Reads `locales/{language}/*.json`: one flat table of key -> text a file; the file's name is the first part of the key. */
export function loadTexts(viewsFolder: string): Texts {
  const load = (locale: Locale): ReadonlyMap<string, string> => {
    const folder = path.join(viewsFolder, 'locales', locale);
    const texts = new Map<string, string>();
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
      const table = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Record<string, string>;
      for (const [key, text] of Object.entries(table)) texts.set(`${file.slice(0, -5)}.${key}`, text);
    }
    return texts;
  };
  return { 'zh-CN': load('zh-CN'), en: load('en') };
}

/** Looks up a text and fills its `{parameters}`. */
export type Translate = (
  key: string,
  params?: Readonly<Record<string, string | number | Bilingual>>,
) => string;

/** The look-up of one language. @throws {Error} when a key or parameter is missing: a fault of the page, found by its test. */
export function translator(texts: Texts, locale: Locale): Translate {
  return (key, params = {}) => {
    const text = texts[locale].get(key);
    if (text === undefined) throw new Error(`no text ${key} in ${locale}`);
    if (!text.includes('{')) return text;
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = params[name];
      if (value === undefined) throw new Error(`text ${key} needs the parameter ${name}`);
      return typeof value === 'object' ? pickText(value, locale) : String(value);
    });
  };
}
