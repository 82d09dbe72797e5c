import type { SiteSettings } from './settings.ts';
import { type Language, texts } from './texts.ts';

/** Text as it may stand in HTML. */
export const escaped = (text: unknown): string =>
  String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Draws what all pages of a site have around them. */
export function createFrame(settings: SiteSettings, language: Language) {
  const t = texts[language];
  const other = language === 'zh' ? 'en' : 'zh';
  const name = escaped(settings.name[language]);
  const links = settings.neighbours.map(
    ({ url, name: neighbour }) => `<a href="${escaped(url)}">${escaped(neighbour[language])}</a>`,
  );
  return (title: string, body: string): string => `<!doctype html>
<html lang="${t.code}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · ${name}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head>
<body class="${settings.id}"><header><a class="brand" href="/"><span class="mark" aria-hidden="true" lang="zh-CN">${escaped(settings.mark)}</span>
<span><strong>${name}</strong><small>${t.demo}</small></span></a></header>
<main>${body}</main>
<footer><nav aria-label="${t.elsewhere}"><a href="?lang=${other}" lang="${texts[other].code}" hreflang="${texts[other].code}">${t.otherLanguage}</a>
<a href="/desk">${t.staff}</a>
${links.join('\n')}</nav></footer></body></html>`;
}

/** A list of names and values; a value is HTML. */
export const facts = (rows: readonly (readonly [string, string])[]): string =>
  `<dl>${rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>`;

/** Sign, word and colour of an answer, and why it is so. */
export function verdict(
  { conclusion, reasons }: { conclusion: 'valid' | 'not_valid' | 'cannot_tell'; reasons: readonly string[] },
  language: Language,
): string {
  const [sign, word] = texts[language].verdicts[conclusion];
  const why = reasons.length > 0 ? `<br>${reasons.map(escaped).join(texts[language].join)}` : '';
  return `<p class="verdict verdict-${conclusion}" role="status"><span aria-hidden="true">${sign}</span><span><strong>${word}</strong>${why}</span></p>`;
}

/** Case files as a list: what each is called, where it stands, and the way to it. `title` and `text` are HTML. */
export const caseList = (
  cases: readonly { number: string; title: string; text: string; path: string }[],
  language: Language,
): string =>
  `<ul class="services">${cases
    .map(
      ({ number, title, text, path }) =>
        `<li><span><strong>${title}</strong><small>${text}</small></span>
<a class="button button-plain" href="${path}" aria-label="${texts[language].open} ${number}">${texts[language].open}</a></li>`,
    )
    .join('')}</ul>`;
