import { createFrame } from './frame.ts';
import type { SiteSettings } from './settings.ts';
import type { Language } from './texts.ts';

const words = {
  zh: {
    title: '工作人员入口',
    lead: '请用工作人员账号的通行密钥登录。',
    login: '工作人员登录',
    foreign: '您的账号没有这个窗口的职责，不能在这里办理。如需开通，请联系本机构的安全管理员。',
    logout: '退出登录',
  },
  en: {
    title: 'Staff entrance',
    lead: 'Log in with the passkey of your staff account.',
    login: 'Staff login',
    foreign:
      'Your account has no duty at this desk. Ask the security administrator of your authority if you need it.',
    logout: 'Log out',
  },
} as const;

/** What stands before a desk of the staff. */
export function createDeskPages(settings: SiteSettings, language: Language) {
  const t = words[language];
  const frame = createFrame(settings, language);
  return {
    /** Nobody is logged in, or somebody who does not work here. */
    entrance: (isForeign: boolean): string =>
      frame(
        t.title,
        isForeign
          ? `<h1>${t.title}</h1><p class="note" role="alert">${t.foreign}</p><form class="actions" method="post" action="/desk/logout"><button id="logout">${t.logout}</button></form>`
          : `<h1>${t.title}</h1><p>${t.lead}</p><p class="actions"><a class="button" id="login" href="/desk/login">${t.login}</a></p>`,
      ),
  };
}
