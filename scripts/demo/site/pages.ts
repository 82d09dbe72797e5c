import { createFrame, escaped } from './frame.ts';
import type { SiteSettings } from './settings.ts';
import { type Language, texts } from './texts.ts';

/** Somebody who is logged in at this site. */
export interface Visit {
  sub: string;
  sid: string;
  idToken: string;
  claims: Readonly<Record<string, unknown>>;
  userinfo: Readonly<Record<string, unknown>>;
  accessTokenReadable: Readonly<Record<string, unknown>>;
}

/** The claim by which a site learns for whom somebody acts. */
export interface ActingFor {
  id_number: string;
  name: string;
  role: 'legal_representative';
}

/** The pages of a site in one language. */
export function createPages(settings: SiteSettings, language: Language) {
  const t = texts[language];
  const name = escaped(settings.name[language]);

  const frame = createFrame(settings, language);

  const actingText = ({ name: organisation, id_number, role }: ActingFor): string =>
    `${organisation} · ${id_number} · ${t.roles[role]}`;

  const services = `<ul class="services">${settings.services
    .map(
      ({ level, path, ...names }) => `<li><span><strong>${escaped(names[language])}</strong>${
        level > 1 ? `<small>${t.needs[level]}</small>` : ''
      }</span>
<a class="button button-plain" href="${path ?? `/login?level=${level}`}" aria-label="${t.begin}: ${escaped(names[language])}">${t.begin}</a></li>`,
    )
    .join('')}</ul>`;

  const claimRows = (claims: Readonly<Record<string, unknown>>): string =>
    Object.entries(claims)
      .map(([claim, value]) => {
        const label = t.claims[claim as keyof typeof t.claims] ?? t.claims.other;
        const shown = claim === 'acting_for' ? actingText(value as ActingFor) : String(value);
        return `<div><dt>${label}<code>${escaped(claim)}</code></dt><dd>${escaped(shown)}</dd></div>`;
      })
      .join('');

  const readable = (title: string, parts: unknown): string =>
    `<details><summary>${title}</summary><pre tabindex="0">${escaped(JSON.stringify(parts, undefined, 2))}</pre></details>`;

  return {
    /** The site before anyone logged in. */
    home(said: string): string {
      return frame(
        t.home,
        `${said === 'bye' ? `<p class="note" role="status">${t.bye}</p>` : ''}<h1>${name}</h1><p>${t.lead}</p>
<p class="actions"><a class="button" id="login" href="/login">${t.login}</a><a id="register" href="/login?register=1">${t.register}</a></p>
<h2>${t.services}</h2>${services}`,
      );
    },

    /** The site with somebody logged in: who came, how surely, and what the site was told. */
    visit({ claims, userinfo, accessTokenReadable }: Visit): string {
      const level = /^urn:tongxing:loa:([0-3])$/.exec(String(claims.acr))?.[1] ?? '?';
      return frame(
        t.loggedIn,
        `<h1 id="who">${escaped(userinfo.name ?? t.nameless)}</h1>
${userinfo.acting_for ? `<p id="acting">${t.acting} <strong>${escaped((userinfo.acting_for as ActingFor).name)}</strong></p>` : ''}
<p>${t.level} <strong id="level">L${level}</strong> · ${t.method} <strong id="amr">${escaped(claims.amr ?? '')}</strong></p>
<form class="actions" method="post" action="/logout"><button id="logout">${t.logout}</button><a href="${escaped(settings.issuer)}/account">${t.account}</a></form>
<h2>${t.services}</h2>${services}
<h2>${t.received}</h2><dl id="claims">${claimRows(userinfo)}</dl>
${readable(t.idToken, claims)}
${readable(t.accessToken, accessTokenReadable)}`,
      );
    },

    /** What the site says when a login did not succeed. */
    failure(code: string, description: string): string {
      const plain = t.failures[code as keyof typeof t.failures] ?? description;
      return frame(
        t.failed,
        `<h1>${t.failed}</h1><p class="note" role="alert">${escaped(plain)}</p>
<p class="actions"><a class="button" href="/login">${t.again}</a><a href="/">${t.back}</a></p><p><small id="error-code">${escaped(code)}</small></p>`,
      );
    },
  };
}
