import { z } from 'zod';
import { defineEvents } from './catalogue.ts';

/** What operators did to the log and to the rooms below it, which cannot know it. */
export const auditEvents = defineEvents({
  'audit.log.exported': {
    name: { zh: '导出审计日志', en: 'Log exported' },
    meaning: 'An operator copied the log out of the system; the copy holds this event too.',
    data: z.strictObject({ actor: z.string() }),
  },
  'keyring.keys.rotated': {
    name: { zh: '轮换密钥', en: 'Keys rotated' },
    meaning: 'An operator moved every rotatable key one step: next to active, active to retired.',
    data: z.strictObject({ actor: z.string() }),
  },
  'storage.backup.made': {
    name: { zh: '备份数据', en: 'Backup made' },
    meaning: 'An operator copied the store out of the system, sealed as it is and without the master key.',
    data: z.strictObject({ actor: z.string(), documents: z.number(), blobs: z.number() }),
  },
  'storage.backup.restored': {
    name: { zh: '恢复备份', en: 'Backup restored' },
    meaning: 'An operator filled this store from a backup; what happened between the two is not in this log.',
    data: z.strictObject({ actor: z.string(), documents: z.number(), blobs: z.number() }),
  },
});
