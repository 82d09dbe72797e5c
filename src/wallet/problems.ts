import { defineProblems } from '../core/index.ts';

/** What the wallet answers with when something cannot be done at all. */
export const walletProblems = defineProblems({
  'wallet-licence-not-found': {
    status: 404,
    title: { zh: '没有这张证照', en: 'No such licence' },
    text: {
      zh: '您的证照里没有这一张。请回到证照列表重新选择；如果刚换了代表的单位，请确认您现在仍可代表它。',
      en: 'Your licences do not include this one. Go back to the list and choose again; for an organisation, check that you may still act for it.',
    },
    meaning:
      'The licence does not exist, or is not held by the person or by an organisation that they may act for now: not told apart.',
  },
  'acting-unavailable': {
    status: 503,
    title: { zh: '暂时不能代表这个单位', en: 'Cannot act for the organisation now' },
    text: {
      zh: '市场监管登记系统暂时连不上，没法确认您能代表这个单位。您自己的证照可以照常使用；请过几分钟再试。',
      en: 'The business register cannot be reached, so it cannot be confirmed that you stand for this organisation. Your own licences go on as usual; try again in a few minutes.',
    },
    meaning: 'The last confirmation of the register is older than a day, and it does not answer.',
  },
  'objection-not-found': {
    status: 404,
    title: { zh: '没有这条异议', en: 'No such objection' },
    text: {
      zh: '没有这条异议，或者它不归您所在的单位处理。请回到异议列表。',
      en: 'There is no such objection, or it is not for your authority to answer. Go back to the list.',
    },
    meaning: 'The objection does not exist or concerns another authority: not told apart.',
  },
  'service-item-unknown': {
    status: 422,
    title: { zh: '事项没有登记', en: 'Service item not registered' },
    text: {
      zh: '这个事项没有登记，不能用来核验证照。请核对事项编码，或请管理员先登记。',
      en: 'This service item is not registered, so no licence can be verified for it. Check its code, or ask the operator to register it.',
    },
    meaning: 'A desk was opened for a service item that is not in the table of what may be learned.',
  },
  'too-many-desks': {
    status: 503,
    title: { zh: '窗口码暂时用完了', en: 'No desk codes left' },
    text: {
      zh: '同时等待的窗口太多。请过一分钟再试。',
      en: 'Too many desks are waiting. Try again in a minute.',
    },
    meaning: 'Twenty random codes in a row were in use: close to a million desks wait at once.',
  },
});
