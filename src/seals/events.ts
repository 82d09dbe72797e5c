import { z } from 'zod';
import { defineEvents } from '../audit/index.ts';

/** A change of the register: the seal, its owner's credit code, and who acted. Reasons stay in the register. */
const change = z.strictObject({ seal: z.string(), authority: z.string(), actor: z.string() });

/** What this room writes to the log. */
export const sealEvents = defineEvents({
  'seals.seal.applied': {
    name: { zh: '申请印章', en: 'Seal applied for' },
    meaning: 'An authority applied for a seal; its key was made.',
    data: change,
  },
  'seals.seal.approved': {
    name: { zh: '核准印章', en: 'Seal approved' },
    meaning: 'Another person than the applicant approved a seal.',
    data: change,
  },
  'seals.seal.activated': {
    name: { zh: '启用印章', en: 'Seal activated' },
    meaning: 'A seal got its first certificate and may be used.',
    data: change,
  },
  'seals.seal.renewed': {
    name: { zh: '更新印章证书', en: 'Seal certificate renewed' },
    meaning: 'A seal got a further certificate.',
    data: change,
  },
  'seals.seal.suspended': {
    name: { zh: '停用印章', en: 'Seal suspended' },
    meaning: 'A seal was taken out of use for a time.',
    data: change,
  },
  'seals.seal.resumed': {
    name: { zh: '恢复印章', en: 'Seal resumed' },
    meaning: 'A suspended seal may be used again.',
    data: change,
  },
  'seals.seal.revoked': {
    name: { zh: '注销印章', en: 'Seal revoked' },
    meaning: 'A seal was taken out of use for good. What it sealed before stays sealed.',
    data: change,
  },
  'seals.seal.used': {
    name: { zh: '用印', en: 'Seal used' },
    meaning: 'A version of a licence was sealed.',
    data: z.strictObject({
      seal: z.string(),
      authority: z.string(),
      type: z.string(),
      licence: z.string(),
      version: z.int().min(1),
      /** SHA-256 of the sealed file, hex. */
      file: z.string(),
    }),
  },
});

/** Name of an event of this room. */
export type SealEvent = keyof typeof sealEvents;
