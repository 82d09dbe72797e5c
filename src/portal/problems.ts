import { defineProblems } from '../core/index.ts';

/** What pages answer with when they cannot be shown at all. */
export const portalProblems = defineProblems({
  'account-gone': {
    status: 403,
    title: { zh: '账号已不可用', en: 'Account no longer available' },
    text: {
      zh: '这个账号已停用或已注销。需要恢复时，请找回账号，或带身份证到就近政务大厅。',
      en: 'This account is disabled or closed. To restore it, recover it, or take your ID card to the nearest service hall.',
    },
    meaning: 'The account behind a session was disabled between two requests of that session.',
  },
});
