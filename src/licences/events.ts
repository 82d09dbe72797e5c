import { z } from 'zod';
import { defineEvents } from '../audit/index.ts';

/** Opaque id of the licence. */
const licence = z.string();
/** Type code. */
const type = z.string();
/** Account id of the member of staff, client id, or `system`. */
const actor = z.string();
const version = z.int().min(1);

/** What this room writes to the log: ids and codes only; numbers of licences may hold ID numbers. */
export const licenceEvents = defineEvents({
  'licences.licence.issued': {
    name: { zh: '签发证照', en: 'Licence issued' },
    meaning:
      'A licence was issued; `isSealed` says whether its file was made at once or will be on first use.',
    data: z.strictObject({ licence, type, actor, isSealed: z.boolean(), renews: z.string().optional() }),
  },
  'licences.licence.changed': {
    name: { zh: '变更证照内容', en: 'Licence changed' },
    meaning: 'What a licence says was changed: it has a new version, the former ones stay.',
    data: z.strictObject({ licence, type, actor, version }),
  },
  'licences.licence.moved': {
    name: { zh: '变更证照状态', en: 'Licence state changed' },
    meaning: 'The state of a licence was changed by its issuer.',
    data: z.strictObject({ licence, type, actor, from: z.string(), to: z.string() }),
  },
  'licences.licence.shown': {
    name: { zh: '查看证照', en: 'Licence looked at' },
    meaning: 'A clerk of the issuing authority looked at a licence.',
    data: z.strictObject({ licence, type, actor }),
  },
  'licences.licence.disputed': {
    name: { zh: '证照标为有异议', en: 'Licence marked as disputed' },
    meaning: 'An objection of a holder is open: verifiers see it.',
    data: z.strictObject({ licence, type, objection: z.string() }),
  },
  'licences.licence.undisputed': {
    name: { zh: '证照取消异议标记', en: 'Licence no longer disputed' },
    meaning: 'The objection of a holder was answered.',
    data: z.strictObject({ licence, type, objection: z.string() }),
  },
  'licences.file.sealed': {
    name: { zh: '首次使用时生成版式文件', en: 'File made on first use' },
    meaning: 'A version that was kept as data only was drawn and sealed on first use.',
    data: z.strictObject({ licence, type, version }),
  },
  'licences.type.defined': {
    name: { zh: '定义证照类型', en: 'Licence type defined' },
    meaning: 'A type of licence was defined.',
    data: z.strictObject({ type, actor, version }),
  },
  'licences.type.changed': {
    name: { zh: '修改证照类型', en: 'Licence type changed' },
    meaning: 'A type of licence has a new version; licences issued before keep theirs.',
    data: z.strictObject({ type, actor, version }),
  },
});
