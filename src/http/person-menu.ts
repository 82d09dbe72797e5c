import { pickText } from './locale.ts';
import type { RequestOf } from './route.ts';

const entries = [
  { href: '/wallet', label: { zh: '证照', en: 'Licences' } },
  { href: '/wallet/shares', label: { zh: '授权', en: 'Consents' } },
  { href: '/account', label: { zh: '我的账号', en: 'My account' } },
  { href: '/logout', label: { zh: '退出登录', en: 'Log out' } },
];

/** The menu of every page of a person who is logged in. Current is the entry that leads nearest to the page. */
export function personMenu({ locale, koa }: Pick<RequestOf<unknown, unknown, unknown>, 'locale' | 'koa'>) {
  const [nearest] = entries
    .filter(({ href }) => koa.path === href || koa.path.startsWith(`${href}/`))
    .sort((a, b) => b.href.length - a.href.length);
  return entries.map(({ href, label }) => ({
    href,
    label: pickText(label, locale),
    current: href === nearest?.href,
  }));
}
