import { z } from 'zod';
import { defineEvents } from '../audit/index.ts';
import { receiptEventData } from '../receipts/index.ts';
import { usesEvent, usesEventData } from '../wallet/index.ts';

const { licence: _, share: __, statute: ___, ...matterData } = usesEventData;
/** What an official typed: no name for a person is asked for there, and identifiers are refused before they come here. */
const typed = ['purpose', 'caseNumber'];

/** A question that led to no licence. */
export const unmatchedEvent = 'verification.question.unmatched';

/** What this room records. */
export const verificationEvents = defineEvents({
  [usesEvent]: {
    name: { zh: '核验证照', en: 'Licence verified' },
    meaning:
      'A verifier asked about a licence and got an answer with a receipt. The holder sees it as a use of the licence.',
    typed: [...typed, 'statute'],
    data: z.strictObject({
      ...receiptEventData,
      ...usesEventData,
      version: z.int(),
      /** Account of the member of staff at a counter. */
      actor: z.string().optional(),
    }),
  },
  [unmatchedEvent]: {
    name: { zh: '核验未匹配到证照', en: 'Verification without a licence' },
    meaning:
      'A verifier asked and no licence was found that it may ask about: unknown, not granted, or a code that could not be used.',
    typed,
    data: z.strictObject({
      ...receiptEventData,
      ...matterData,
      reason: z.string(),
      actor: z.string().optional(),
    }),
  },
  'verification.service-item.changed': {
    name: { zh: '登记或修改服务事项', en: 'Service item registered or changed' },
    meaning: 'The operator registered a service item or changed what it may learn.',
    data: z.strictObject({ actor: z.string(), serviceItem: z.string() }),
  },
});
