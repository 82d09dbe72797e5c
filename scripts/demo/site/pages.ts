import type { SiteSettings } from './relying-party.ts';

/** Somebody who is logged in at this site. */
export interface Visit {
  sub: string;
  sid: string;
  idToken: string;
  claims: Readonly<Record<string, unknown>>;
  userinfo: Readonly<Record<string, unknown>>;
  accessTokenReadable: Readonly<Record<string, unknown>>;
}

const escaped = (text: unknown): string =>
  String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function frame(settings: SiteSettings, title: string, body: string): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · ${escaped(settings.name.zh)}</title><link rel="stylesheet" href="/style.css"></head>
<body class="${escaped(settings.id)}"><header><span class="mark" aria-hidden="true">${escaped(settings.mark)}</span>
<p><strong>${escaped(settings.name.zh)}</strong><small>${escaped(settings.name.en)} · 演示网站 demo site</small></p></header>
<main>${body}</main></body></html>`;
}

const services = (settings: SiteSettings): string =>
  settings.services
    .map(
      ({ zh, en, level }) =>
        `<li><span><strong>${escaped(zh)}</strong><small lang="en">${escaped(en)}</small></span>
<a href="/login?level=${level}">办理${level === 2 ? '（需二级认证）' : ''}</a></li>`,
    )
    .join('');

/** The site before anyone logged in. */
export function homePage(settings: SiteSettings, said: string): string {
  const bye = said === 'bye' ? '<p class="note" role="status">您已退出登录。You are logged out.</p>' : '';
  return frame(
    settings,
    '首页',
    `${bye}<h1>${escaped(settings.name.zh)}</h1><p>使用全省统一身份登录，一次认证，各网站通用。</p>
<p class="actions"><a class="button" id="login" href="/login">统一身份登录</a> <a id="register" href="/login?register=1">没有账号？去注册</a></p>
<h2>热门服务</h2><ul class="services">${services(settings)}</ul>`,
  );
}

const level = (acr: unknown): string => `L${/^urn:tongxing:loa:([0-3])$/.exec(String(acr))?.[1] ?? '?'}`;

const rows = (claims: Readonly<Record<string, unknown>>): string =>
  Object.entries(claims)
    .map(([name, value]) => {
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
      return `<div><dt>${escaped(name)}</dt><dd>${escaped(text)}</dd></div>`;
    })
    .join('');

/** The site with somebody logged in: who came, how surely, and what the site was told. */
export function visitPage(settings: SiteSettings, visit: Visit): string {
  const name = visit.userinfo.name ?? '您好';
  return frame(
    settings,
    '已登录',
    `<h1 id="who">${escaped(name)}</h1>
<p>认证等级 <strong id="level">${level(visit.claims.acr)}</strong>，登录方式 <strong id="amr">${escaped(visit.claims.amr ?? '')}</strong></p>
<form method="post" action="/logout"><button id="logout">退出登录</button></form>
<h2>服务</h2><ul class="services">${services(settings)}</ul>
<h2>本网站收到的信息</h2><dl id="claims">${rows(visit.userinfo)}</dl>
<details><summary>ID token 内容</summary><dl>${rows(visit.claims)}</dl></details>
<details><summary>Access token 可读部分</summary><dl>${rows(visit.accessTokenReadable)}</dl></details>`,
  );
}

/** What the site says when a login did not succeed. */
export function failurePage(settings: SiteSettings, code: string, description: string): string {
  const plain: Record<string, string> = {
    access_denied: '您没有同意本次登录，没有任何信息提供给本网站。',
    unmet_authentication_requirements: '办理此事项需要更高的认证等级，本次登录没有达到。',
    login_required: '需要您重新登录。',
  };
  return frame(
    settings,
    '未能登录',
    `<h1>未能登录</h1><p class="note" role="alert">${escaped(plain[code] ?? description)}</p>
<p class="actions"><a class="button" href="/login">重新登录</a> <a href="/">回到首页</a></p><p><small id="error-code">${escaped(code)}</small></p>`,
  );
}
