import type { ViewReply } from '../../src/http/index.ts';
import { fault } from '../../src/portal/faults.ts';

/** Noon of a day, in milliseconds since the epoch. */
const noon = Date.parse('2026-11-22T04:00:00Z');
const code = '11520000000000019J';
const accountId = 'AAAAAAAAAAAAAAAAAAAAAA';

const nav = [{ href: '/admin', label: '工作台', current: true }];
const duties = [
  { role: '制证员', authority: '示例市公安局', key: `issuing-clerk|${code}` },
  { role: '印章管理员', authority: '示例市民政局', key: `seal-keeper|${code}` },
];
const choices = {
  roles: [{ value: 'approver', label: '核验员' }],
  authorities: [{ value: code, label: '示例省数据管理局' }],
};
const member = { accountId, name: '冯示范', status: 'active', lastLoginAt: noon };
const desk = { nav, faults: [], values: {}, wide: true };
const fields = {
  code,
  name_zh: '示例局',
  name_en: 'Bureau',
  area_code: '520100',
  status: 'active',
  issues: '',
};
const event = {
  type: 'identity.staff.joined',
  name: { zh: '工作人员开通账号', en: 'Staff joined' },
  at: noon,
  data: [['account', accountId]],
};
/** Of a newer version of the program, which has a name for it. */
const unknown = { ...event, type: 'identity.staff.promoted', name: undefined };
/** A value without a place to break. */
const long = { ...event, data: [['session', 'NbcR7xqkT2'.repeat(5)]] };

/** Every page for and about staff, with what its route would hand it. */
export const staffSamples: Record<string, ViewReply> = {
  'staff-home': {
    view: 'portal/staff-home',
    data: {
      ...desk,
      duties,
      name: '冯示范',
      links: [{ href: '/admin/staff', label: '工作人员', text: '邀请' }],
    },
  },
  'staff-home-none': { view: 'portal/staff-home', data: { ...desk, duties, name: '冯示范', links: [] } },
  'staff-elsewhere': {
    view: 'portal/staff-elsewhere',
    data: { site: { name: '医保（示例）', own: false }, base: '/interaction/example-uid' },
  },
  'staff-invitation': {
    view: 'portal/staff-invitation',
    status: 422,
    data: { token: 'T', name: '冯示范', duties, expiresAt: noon, faults: [fault('', 'staffPasskeyRefused')] },
  },
  'staff-invitation-over': { view: 'portal/staff-invitation-over', status: 410 },
  'staff-joined': { view: 'portal/staff-joined' },
  'staff-members': {
    view: 'portal/staff-members',
    data: {
      ...desk,
      authority: code,
      members: ['active', 'invited', 'idle', 'disabled'].map((status) => ({ ...member, status, duties })),
      next: '/admin/staff?after=x',
      isLater: true,
    },
  },
  'staff-members-none': {
    view: 'portal/staff-members',
    data: { ...desk, authority: '', members: [], isLater: false },
  },
  'staff-invite': {
    view: 'portal/staff-invite',
    status: 422,
    data: { ...desk, ...choices, faults: [fault('role', 'rolesExclude'), fault('authority', 'dutyEmpty')] },
  },
  'staff-invited': {
    view: 'portal/staff-invited',
    data: { ...desk, name: '冯示范', link: 'https://id.example/invitation/T', expiresAt: noon },
  },
  'staff-member': {
    view: 'portal/staff-member',
    data: { ...desk, ...choices, member: { ...member, invitedUntil: noon }, duties, done: 'duties' },
  },
  'staff-member-own': {
    view: 'portal/staff-member',
    data: { ...desk, ...choices, member, duties, isOwn: true },
  },
  'staff-disable': { view: 'portal/staff-disable', data: { ...desk, member, duties, sessions: 2 } },
  'staff-authorities': {
    view: 'portal/staff-authorities',
    data: {
      ...desk,
      authorities: [
        { code, name: '示例局', areaCode: '520100', mayDefine: true, issues: [], status: 'active' },
        { code, name: '示例局', areaCode: '520100', mayDefine: false, issues: [], status: 'closed' },
      ],
      done: 'authority',
    },
  },
  'staff-authorities-none': { view: 'portal/staff-authorities', data: { ...desk, authorities: [] } },
  'staff-authority': { view: 'portal/staff-authority', data: { ...desk, fields, isNew: false } },
  'staff-authority-new': {
    view: 'portal/staff-authority',
    status: 422,
    data: { ...desk, fields, isNew: true, faults: [fault('code', 'authorityExists')] },
  },
  'staff-audit': {
    view: 'portal/staff-audit',
    data: {
      ...desk,
      query: { type: 'identity.' },
      events: [event, unknown, long],
      next: '/admin/audit?after=x',
    },
  },
  'staff-audit-whole': {
    view: 'portal/staff-audit',
    data: { ...desk, query: {}, events: [], check: { whole: true, events: 9, batches: 3 } },
  },
  'staff-audit-damaged': {
    view: 'portal/staff-audit',
    data: {
      ...desk,
      query: {},
      events: [],
      check: { whole: false, batch: 3, fault: 'chain', detail: 'the hash' },
    },
  },
};
