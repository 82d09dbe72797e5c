import { z } from 'zod';
import { defineEvents } from '../audit/index.ts';

/** What the pages write to the log beside what identity and sso record: looking at personal data, and ending sessions. */
export const portalEvents = defineEvents({
  'portal.log.searched': {
    name: { zh: '查询审计日志', en: 'Log searched' },
    meaning: 'An audit administrator looked into the log; `account` when it was about one account.',
    data: z.strictObject({ actor: z.string(), account: z.string().optional(), type: z.string().optional() }),
  },
  'portal.log.checked': {
    name: { zh: '验证审计日志', en: 'Log proven' },
    meaning: 'An audit administrator had the whole log proven.',
    data: z.strictObject({ actor: z.string(), outcome: z.enum(['whole', 'damaged']) }),
  },
  'portal.identifiers.shown': {
    name: { zh: '查看本人完整身份信息', en: 'Own identifiers shown in full' },
    meaning: 'A person had their own name and identifiers shown in full.',
    data: z.strictObject({
      account: z.string(),
      /** Random id of the organisation that the person acted for at the time. */
      organisation: z.string().optional(),
    }),
  },
});
