import { z } from 'zod';
import { defineEvents } from '../audit/index.ts';

/** Whose wallet: the person, and the organisation that they act for. */
const holder = { account: z.string(), organisation: z.string().optional() };

/** What the wallet writes into the log. Random ids only; who used a licence is verification's event. */
export const walletEvents = defineEvents({
  'wallet.licence.revealed': {
    name: { zh: '本人查看完整证照', en: 'Licence shown in full to its holder' },
    meaning: 'A holder had a licence shown in full on their own screen.',
    data: z.strictObject({ ...holder, licence: z.string() }),
  },
  'wallet.file.downloaded': {
    name: { zh: '下载证照文件', en: 'Licence file downloaded' },
    meaning: 'A holder downloaded the sealed file of a version.',
    data: z.strictObject({ ...holder, licence: z.string(), version: z.int() }),
  },
  'wallet.page.shown': {
    name: { zh: '查看盖章证照的图片', en: 'Sealed page shown as a picture' },
    meaning: 'A holder had the sealed file of a version shown on their own screen, sharp enough to be read.',
    data: z.strictObject({ ...holder, licence: z.string(), version: z.int() }),
  },
  'wallet.share.granted': {
    name: { zh: '授权核验证照', en: 'Verification allowed' },
    meaning: 'A holder let one site verify the named licences for one matter.',
    typed: ['caseNumber'],
    data: z.strictObject({
      ...holder,
      client: z.string(),
      share: z.string(),
      licences: z.array(z.string()),
      serviceItem: z.string(),
      caseNumber: z.string(),
      validUntil: z.int(),
      reads: z.int(),
    }),
  },
  'wallet.share.withdrawn': {
    name: { zh: '收回核验授权', en: 'Verification consent withdrawn' },
    meaning: 'A holder took such a consent back; no read succeeds any more.',
    data: z.strictObject({ ...holder, client: z.string(), share: z.string() }),
  },
  'wallet.objection.raised': {
    name: { zh: '提出异议', en: 'Objection raised' },
    meaning:
      'A holder objected to an error in a licence; verifiers see `disputed` until the authority answers.',
    data: z.strictObject({ ...holder, licence: z.string(), objection: z.string(), authority: z.string() }),
  },
  'wallet.objection.answered': {
    name: { zh: '答复异议', en: 'Objection answered' },
    meaning: 'The issuing authority answered an objection.',
    data: z.strictObject({
      actor: z.string(),
      licence: z.string(),
      objection: z.string(),
      authority: z.string(),
      outcome: z.enum(['corrected', 'rejected']),
    }),
  },
});

/** Events after which a licence's mark of dispute may have to change. */
export const objectionEvents: ReadonlySet<string> = new Set([
  'wallet.objection.raised',
  'wallet.objection.answered',
]);
