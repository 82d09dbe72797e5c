import { defineProblems } from '../core/index.ts';

/** What only the log can say. */
export const auditProblems = defineProblems({
  'audit-tree-damaged': {
    status: 500,
    title: { zh: '审计日志的哈希树受损', en: 'Tree of the log damaged' },
    text: {
      zh: '暂时无法给出日志证明。请联系运行单位检查审计日志（tongxing audit check）。',
      en: 'No proof from the log can be given. Ask the operator to check the audit log (tongxing audit check).',
    },
    meaning:
      'The stored rows of the Merkle tree do not lead to the hash that was signed, so no proof is handed out. `tongxing audit check` names what is damaged; the batches themselves are checked apart.',
  },
  'audit-overloaded': {
    status: 503,
    title: { zh: '系统繁忙', en: 'Too busy' },
    text: {
      zh: '系统当前繁忙，您的操作没有完成，请稍后重试。',
      en: 'The service is too busy at the moment and nothing was done. Please try again in a few seconds.',
    },
    meaning:
      'More events wait to be written to the audit log than one process holds: the store is slower than the load. Nothing is done without its record, so requests are refused until the log has caught up (tongxing_audit_waiting_events).',
  },
});
