import { defineProblems } from '../core/index.ts';

/** What only the log can say. */
export const auditProblems = defineProblems({
  'audit-overloaded': {
    status: 503,
    title: { zh: '系统繁忙', en: 'Too busy' },
    text: {
      zh: '系统当前繁忙，您的操作没有完成，请稍后重试。',
      en: 'The service is too busy at the moment and nothing was done. Try again after the time in Retry-After.',
    },
    meaning:
      'More events wait to be written to the audit log than one process holds: the store is slower than the load. Nothing is done without its record, so requests are refused until the log has caught up (tongxing_audit_waiting_events).',
  },
});
