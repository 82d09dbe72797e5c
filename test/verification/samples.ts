import type { ViewReply } from '../../src/http/index.ts';

const noon = Date.parse('2026-11-22T06:02:00Z');
const text = (zh: string, en = zh) => ({ zh, en });
const nav = [
  { href: '/verify', label: '核验', current: true },
  { href: '/admin', label: '工作台', current: false },
];
const base = { nav, wide: true, values: {}, faults: [] };
const visit = {
  id: 'V'.repeat(22),
  item: text('食品经营许可新办', 'New food business licence'),
  ...{ purpose: '办理食品经营许可', serviceItemCode: 'food-new', caseNumber: 'GY-2026-001877' },
};
const types = [
  { code: 'T1', name: '营业执照' },
  { code: 'T2', name: '社会保障卡' },
];
const fault = {
  field: 'entry',
  text: text('请扫码、输入证照编号，或选择一个文件', 'Scan a code, enter a number, or choose a file'),
};
const waiting = { outcome: 'waiting', code: '482913', secondsLeft: 38 };

const check = (result: string, zh: string, en: string) => ({ id: zh, result, text: text(zh, en) });
const good = [
  check('passed', '证照存在于本库', 'The licence is in this library'),
  check('passed', '证照标识校验位正确', 'The check character of the identifier is right'),
  check('passed', '颁发机构有权颁发该类证照', 'The authority is entitled to issue this type'),
  check('passed', '证照状态：有效', 'Status: valid'),
  check('passed', '印章为该机构登记的印章', 'The seal is registered for the authority'),
];
const result = {
  ...{ id: 'R'.repeat(22), visitId: visit.id, at: noon, asOf: noon, authorityCode: '11520000000000019J' },
  ...{ matter: visit, conclusion: 'valid', checks: good, receiptId: 'kT4vR1mPz0aQxW7sYc2LdA' },
  typeName: text('营业执照', 'Business licence'),
  facts: [
    { title: text('持证人', 'Holder'), value: '示例省演示食品有限公司' },
    { title: text('统一社会信用代码', 'Credit code'), value: '91520000MA0DEM005M' },
    { title: text('经营范围含食品销售', 'May sell food'), value: true },
    { title: text('有效期至', 'Valid until'), value: '2029-03-04' },
    { title: text('分类', 'Classes'), value: null },
  ],
};
const shownResult = (changes: object): ViewReply => ({
  view: 'verification/result',
  data: {
    ...base,
    scripts: ['print.js'],
    item: visit.item,
    authority: text('示例省演示监督管理局', 'Demo Supervision Bureau'),
    ...{ visit: { id: visit.id }, types },
    result: { ...result, ...changes },
  },
});
const desk = (state: object, more: object = {}): ViewReply => ({
  view: 'verification/desk',
  data: { ...base, visit, types, desk: { secondsLeft: 0, ...state }, ...more },
});
const status = (shown: object | undefined): ViewReply => ({
  view: 'verification/status',
  data: { shown, now: noon },
});
const paper = {
  ...{ state: 'valid', status: text('有效', 'Valid'), holders: ['赵**', '孙**'] },
  typeName: text('结婚证', 'Marriage certificate'),
};

/** Every page of the room in its states. */
export const samples: Readonly<Record<string, ViewReply>> = {
  start: {
    view: 'verification/start',
    data: {
      ...base,
      choices: [
        { value: 'a', label: '食品经营许可新办', authority: '示例局' },
        { value: 'b', label: '居住证签注', authority: '示例局' },
      ],
    },
  },
  'start-faulty': {
    view: 'verification/start',
    status: 422,
    data: {
      ...base,
      choices: [{ value: 'a', label: '食品经营许可新办' }],
      faults: [{ field: 'case_number', text: text('请填写办件编号', 'Enter the case number') }],
    },
  },
  'start-none': { view: 'verification/start', data: { ...base, choices: [] } },
  desk: desk(waiting, { refreshSeconds: 20 }),
  'desk-faulty': { ...desk(waiting, { faults: [fault] }), status: 422 },
  'desk-shown': desk({ outcome: 'presented' }),
  'desk-ended': desk({ outcome: 'ended' }),
  valid: shownResult({}),
  'not-valid': shownResult({
    conclusion: 'not_valid',
    checks: [...good, check('failed', '证照已被吊销。', 'The licence has been revoked.')],
  }),
  'as-of-future': shownResult({
    conclusion: 'cannot_tell',
    ...{ asked: '2999-01-01', asOf: Date.parse('2999-01-01T15:59:59.999Z') },
    checks: [
      ...good.slice(0, 1),
      check(
        'indeterminate',
        '所问日期尚未到来，无法判断。',
        'The day asked about is still to come, so nothing can be told.',
      ),
    ],
  }),
  'cannot-tell': shownResult({
    conclusion: 'cannot_tell',
    ...{ typeName: undefined, facts: [] },
    checks: [
      check(
        'indeterminate',
        '这个码不能使用：已过期、已使用、不正确，或不是本事项需要的证照。请持证人重新出示。',
        'This code cannot be used: it is expired, used or wrong, or is not of a licence that this service item needs. Ask the holder to show a new one.',
      ),
    ],
  }),
  'status-valid': status(paper),
  'status-revoked': status({ ...paper, state: 'refused', status: text('已吊销', 'Revoked') }),
  'status-replaced': status({ ...paper, state: 'refused', note: 'replaced' }),
  'status-disputed': status({ ...paper, state: 'doubt', note: 'disputed' }),
  'status-unknown': { ...status(undefined), status: 404 },
};
