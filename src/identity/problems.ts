import { defineProblems } from '../core/index.ts';

/** Problems of this room. What a person may expect to happen is an outcome, not a problem; these are the rest. */
export const identityProblems = defineProblems({
  'too-busy': {
    status: 503,
    title: { zh: '当前访问人数较多', en: 'Too busy' },
    text: {
      zh: '当前登录人数较多，请稍候几秒后重试。',
      en: 'Many people are logging in at the moment. Try again in a few seconds.',
    },
    meaning: 'The queue for password hashing is full. Retry after the time in Retry-After.',
  },
});
