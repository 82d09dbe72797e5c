import { defineProblems } from '../core/index.ts';

/** What pages answer with when they cannot be shown at all. */
export const portalProblems = defineProblems({
  'people-only': {
    status: 403,
    title: { zh: '工作人员账号不能办理个人事项', en: 'Not with an account of staff' },
    text: {
      zh: '您现在用的是工作人员账号，不能用来办理个人事项。请先退出登录，再用您个人的账号登录。',
      en: 'You are logged in with an account of staff, which is not for personal matters. Log out first, then log in with your own account.',
    },
    meaning: 'The session belongs to a member of staff, and the page is for people and what is their own.',
  },
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
