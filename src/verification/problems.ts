import { defineProblems } from '../core/index.ts';

/** Problems of verification. What is wrong with a licence is none of them: that is an answer. */
export const verificationProblems = defineProblems({
  'service-item-not-granted': {
    status: 403,
    title: { zh: '不能为该事项核验', en: 'Not allowed to verify for this item' },
    text: {
      zh: '该事项未登记，或未授权您为其核验证照。请核对事项编码，或联系平台运行单位登记。',
      en: 'This service item is not registered, or you may not verify for it. Check its code, or ask the operator to register it.',
    },
    meaning:
      'The code in `service_item_code` is in no table, or the table of the item does not name this client or authority. Says nothing about any licence.',
  },
  'code-limited': {
    status: 429,
    title: { zh: '错误的码过多', en: 'Too many wrong codes' },
    text: {
      zh: '您提交的错误或失效的码过多，请稍后再试。',
      en: 'Too many codes that cannot be used were sent. Please try again in a few minutes.',
    },
    meaning:
      'This verifier sent too many codes that are wrong, expired or used. A right code is never refused for it.',
  },
  'counter-visit-ended': {
    status: 404,
    title: { zh: '本次核验已结束', en: 'This visit has ended' },
    text: {
      zh: '本次核验已超过时限或不存在，请重新填写事项和办件编号。',
      en: 'This visit is over or was never there. Enter the service item and the case again.',
    },
    meaning: 'A page of the counter was opened after its time, or by somebody else than who began it.',
  },
});
