import { z } from 'zod';
import { defineEvents } from '../audit/index.ts';

/** What the pages write to the log beside what identity and sso record: looking at personal data, and ending sessions. */
export const portalEvents = defineEvents({
  'portal.log.searched': {
    meaning: 'An audit administrator looked into the log; `account` when it was about one account.',
    data: z.strictObject({ actor: z.string(), account: z.string().optional(), type: z.string().optional() }),
  },
  'portal.log.checked': {
    meaning: 'An audit administrator had the whole log proven.',
    data: z.strictObject({ actor: z.string(), outcome: z.enum(['whole', 'damaged']) }),
  },
  'portal.identifiers.shown': {
    meaning: 'A person had their own name and identifiers shown in full.',
    data: z.strictObject({
      account: z.string(),
      /** Random id of the organisation that the person acted for at the time. */
      organisation: z.string().optional(),
    }),
  },
});
