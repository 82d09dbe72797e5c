import { personMenu, type ViewReply } from '../../src/http/index.ts';
import type { AccountOverview } from '../../src/identity/index.ts';
import { fault, limitedFault, lockedFault, wrongCodeFault } from '../../src/portal/faults.ts';
import { staffSamples } from './staff-samples.ts';

/** Noon of a day, in milliseconds since the epoch. */
const noon = Date.parse('2026-11-22T04:00:00Z');
const day = 24 * 3600 * 1000;

const site = { name: '省医疗保障服务平台（示例）', own: false };
const own = { name: '通行', own: true };
const base = '/interaction/example-uid';
const here = { site, base, faults: [], other: false };
const lifetimes = { idleMinutes: 30, hours: 8 };

const overview: AccountOverview = {
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  status: 'active',
  maskedName: '赵*生',
  identifiers: [{ type: '111', masked: '52******14', since: noon, source: 'police', isVerified: true }],
  maskedPhone: '139****0001',
  proofingLevel: 2,
  assurance: [
    { level: 1, method: 'police', source: 'police-population', reference: 'r1', at: noon - 9 * day },
    { level: 2, method: 'telecom', source: 'telecom-operator', reference: 'r2', at: noon - 9 * day },
  ],
  passwordSince: noon - 9 * day,
  passkeys: [
    {
      credentialId: 'cred-1',
      name: 'Chrome · Android',
      createdAt: noon - 8 * day,
      lastUsedAt: noon - day,
      isBackedUp: true,
      carriesLevel3: true,
    },
    {
      credentialId: 'cred-2',
      name: '客厅的电脑',
      createdAt: noon - day,
      isBackedUp: false,
      carriesLevel3: false,
    },
  ],
  blockedMethods: ['sms'],
  previousNames: [{ masked: '赵*', until: noon - 100 * day }],
  alerts: [],
  createdAt: noon - 9 * day,
};

const empty: AccountOverview = {
  ...overview,
  status: 'pending-proof',
  maskedPhone: undefined,
  proofingLevel: 0,
  heldUntil: noon + 2 * day,
  assurance: [],
  passwordSince: undefined,
  passkeys: [],
  blockedMethods: [],
  previousNames: [],
  alerts: [
    { kind: 'phone-taken-over', at: noon },
    { kind: 'phone-changed-hands', at: noon },
  ],
};

const creditCode = '91520000MA0DEM005M';
const represented = [
  {
    organisationId: 'org-1',
    name: '示例省演示食品有限公司',
    creditCode,
    code: creditCode,
    role: 'legal_representative',
    level: 2,
    confirmedAt: noon,
    isActing: false,
  },
];

// In the longer of the languages, so that narrow screens are tried with it.
const nav = personMenu({ locale: 'en', koa: { path: '/account' } } as Parameters<typeof personMenu>[0]);
const mine = { nav, person: overview, values: {}, faults: [], saved: undefined };
const shown = {
  name: '赵*生',
  documents: [{ label: { zh: '公民身份号码', en: 'Citizen ID number' }, value: '52******14' }],
  phone: '139****0001',
};
const draft = {
  registration: 'draft',
  registrationId: 'draft',
  maskedName: '赵*生',
  maskedIdNumber: '52******14',
  maskedPhone: '139****0001',
  proof: 'confirmed',
  proved: 'phone',
  level: 2,
  values: {},
};
const documentTypes = ['111', '553'];
const stepUp = { ...here, essential: false, current: 1, wanted: 2, name: '赵*生', phone: '139****0001' };

/** Every page with data of every state that it can be in, by name. */
export const samples: Readonly<Record<string, ViewReply>> = {
  home: { view: 'portal/home' },
  'home-person': { view: 'portal/home', data: { name: '赵*生', level: 2, nav } },
  login: { view: 'portal/login', data: { ...here, way: 'password', lifetimes } },
  'login-own': { view: 'portal/login', data: { ...here, site: own, way: 'password', lifetimes } },
  'login-sms': { view: 'portal/login', data: { ...here, way: 'sms', lifetimes } },
  'login-organisation': {
    view: 'portal/login',
    data: {
      ...here,
      way: 'password',
      lifetimes,
      tab: 'organisation',
      organisation: '91520000MA0DEM005',
      identifier: '13900000001',
      faults: [{ field: 'organisation', text: { zh: '位数不对', en: 'Too few characters' } }],
    },
  },
  'login-organisation-sms': {
    view: 'portal/login',
    data: { ...here, way: 'sms', lifetimes, tab: 'organisation' },
  },
  'login-code-organisation': {
    view: 'portal/login-code',
    data: { ...here, challenge: 'c', tab: 'organisation', organisation: creditCode },
  },
  acting: {
    view: 'portal/acting',
    data: { ...here, name: '赵*生', organisations: represented, mayAct: true, isAsked: true, values: {} },
  },
  'acting-reason': {
    view: 'portal/acting',
    data: { ...here, name: '赵*生', organisations: [], mayAct: true, reason: 'mismatch', values: {} },
  },
  'acting-level': {
    view: 'portal/acting',
    data: {
      ...here,
      name: '赵*生',
      organisations: represented,
      mayAct: false,
      reason: 'level-too-low',
      values: {},
    },
  },
  'acting-fault': {
    view: 'portal/acting',
    data: {
      ...{ ...here, name: '赵*生', organisations: represented, mayAct: true, values: { choice: 'org-1' } },
      faults: [fault('', 'businessUnavailable')],
    },
  },
  organisations: { view: 'portal/organisations', data: { ...mine, organisations: represented } },
  'organisations-acting': {
    view: 'portal/organisations',
    data: {
      ...mine,
      acting: { organisationId: 'org-1', name: '示例省演示食品有限公司' },
      organisations: represented.map((one) => ({ ...one, isActing: true })),
      saved: 'acting',
    },
  },
  'organisations-none': {
    view: 'portal/organisations',
    data: {
      ...{ ...mine, organisations: [], values: { creditCode } },
      faults: [fault('creditCode', 'organisationMismatch')],
    },
  },
  'login-refused': {
    view: 'portal/login',
    data: {
      ...here,
      way: 'password',
      lifetimes,
      identifier: '13900000001',
      faults: [fault('', 'loginRefused')],
    },
  },
  'login-locked': {
    view: 'portal/login',
    data: { ...here, way: 'password', lifetimes, faults: [lockedFault('', noon)] },
  },
  'login-again': {
    view: 'portal/login',
    data: { ...here, way: 'password', lifetimes, again: { name: '赵*生' } },
  },
  'login-again-own': {
    view: 'portal/login',
    data: { ...here, site: own, way: 'password', lifetimes, again: { name: '赵*生' } },
  },
  'login-again-level': {
    view: 'portal/login',
    data: {
      ...here,
      way: 'password',
      lifetimes,
      again: { name: '赵*生', wanted: 2 },
      stepUp: { essential: false, current: 1 },
    },
  },
  'login-code': { view: 'portal/login-code', data: { ...here, challenge: 'c', faults: [wrongCodeFault(3)] } },
  'step-up-phone': { view: 'portal/step-up', data: { ...stepUp, obstacle: 'phone' } },
  'step-up-passkey': {
    view: 'portal/step-up',
    data: { ...stepUp, obstacle: 'passkey', wanted: 3, current: 2, essential: true },
  },
  'step-up-no-passkey': {
    view: 'portal/step-up',
    data: { ...stepUp, obstacle: 'no-passkey', wanted: 3, current: 2 },
  },
  'step-up-counter': {
    view: 'portal/step-up',
    data: { ...stepUp, obstacle: 'counter', wanted: 3, current: 2, essential: true },
  },
  'step-up-held': {
    view: 'portal/step-up',
    data: { ...stepUp, obstacle: 'held', heldUntil: noon + 2 * day },
  },
  'step-up-pending': {
    view: 'portal/step-up',
    data: { ...stepUp, obstacle: 'pending', wanted: 1, current: 0 },
  },
  'register-identity': { view: 'portal/register-identity', data: { ...here, documentTypes, values: {} } },
  'register-identity-faults': {
    view: 'portal/register-identity',
    data: {
      ...here,
      documentTypes,
      values: { name: '赵示生', idNumber: '520102188001010014' },
      isMismatch: true,
      faults: [fault('', 'mismatch'), fault('agree', 'agree')],
    },
  },
  'register-refused': { view: 'portal/register-refused', data: here },
  'register-phone': { view: 'portal/register-phone', data: { ...here, ...draft } },
  'register-phone-pending': {
    view: 'portal/register-phone',
    data: { ...here, ...draft, proof: 'pending', faults: [fault('phoneNumber', 'phoneInUse')] },
  },
  'register-code': { view: 'portal/register-code', data: { ...here, ...draft } },
  'register-second-proof': { view: 'portal/register-second-proof', data: { ...here, ...draft } },
  'register-login': { view: 'portal/register-login', data: { ...here, ...draft } },
  'register-login-pending': {
    view: 'portal/register-login',
    data: { ...here, ...draft, proved: 'pending', level: 0, faults: [fault('password2', 'passwordsDiffer')] },
  },
  'register-login-later': {
    view: 'portal/register-login',
    data: { ...here, ...draft, proved: 'later', level: 1 },
  },
  'register-yours': { view: 'portal/register-yours', data: here },
  recover: { view: 'portal/recover', data: { ...here, documentTypes, values: {} } },
  'recover-code': {
    view: 'portal/recover-code',
    data: { ...here, recovery: 'r', faults: [limitedFault('code', noon)] },
  },
  'recover-login': { view: 'portal/recover-login', data: { ...here, recovery: 'r' } },
  consent: {
    view: 'portal/consent',
    data: {
      ...here,
      host: 'yibao.example',
      name: '赵*生',
      items: [
        { claim: 'name', value: '赵*生' },
        { claim: 'phone_number', value: '139****0001', isNumber: true },
        { claim: 'phone_number_verified', word: 'claim.value.yes' },
        { claim: 'id_type', value: { zh: '公民身份号码', en: 'Citizen ID number' } },
        { claim: 'id_number', word: 'claim.value.none' },
        { claim: 'acting_for', value: '示例省演示食品有限公司（您是法定代表人）' },
        { claim: 'acting_code', value: creditCode, isNumber: true },
      ],
      rights: ['offline_access', 'api'],
    },
  },
  'consent-staff': {
    view: 'portal/consent',
    data: {
      ...here,
      ...{ host: 'hall.example', name: '冯**', rights: [] },
      items: [
        { claim: 'name', value: '冯**' },
        { claim: 'duties', word: 'claim.value.duties' },
      ],
    },
  },
  'consent-licences': {
    view: 'portal/consent',
    data: {
      ...here,
      ...{ host: 'hall.example', name: '赵*生', items: [], rights: [], level: 2 },
      offers: [
        {
          index: 0,
          isWeak: false,
          serviceItem: { zh: '食品经营许可', en: 'Food business licence' },
          matter: { purpose: '办理食品经营许可', serviceItemCode: 'food', caseNumber: 'C-2026-0001' },
          validUntil: noon + 30 * day,
          reads: 10,
          types: [
            {
              code: 'a',
              name: { zh: '营业执照', en: 'Business licence' },
              level: 1,
              learns: [
                { zh: '法定代表人', en: 'Legal representative', fact: 'name' },
                { zh: '住所', en: 'Address', fact: 'address' },
                { zh: '经营范围是否含食品', en: 'Whether the business scope contains food', fact: 'food' },
                { zh: '当日是否有效', en: 'Valid on that day', fact: 'valid' },
              ],
              licences: [
                {
                  licenceId: 'AAAAAAAAAAAAAAAAAAAAAA',
                  maskedNumber: '91******005M',
                  issuer: { zh: '示例市场监督管理局', en: 'Demo Market Authority' },
                  validUntil: null,
                  isValid: true,
                  tells: {
                    name: { value: '周演示' },
                    address: { value: '示例省示例市样板区演示街道虚构路1号' },
                    food: { value: true },
                  },
                },
                {
                  licenceId: 'BBBBBBBBBBBBBBBBBBBBBB',
                  maskedNumber: '92******0021',
                  issuer: { zh: '示例市场监督管理局', en: 'Demo Market Authority' },
                  validUntil: '2026-01-01',
                  isValid: false,
                  tells: { name: { value: null }, food: { value: false } },
                },
              ],
            },
            {
              code: 'b',
              name: { zh: '卫生许可证', en: 'Hygiene licence' },
              level: 1,
              learns: [],
              licences: [],
            },
            {
              code: 'c',
              name: { zh: '生育登记', en: 'Birth registration' },
              level: 3,
              learns: [],
              licences: [],
            },
          ],
        },
      ],
    },
  },
  account: {
    view: 'portal/account',
    data: { ...mine, shown, sessionLevel: 2, now: noon, saved: 'phone-match' },
  },
  'account-full': {
    view: 'portal/account',
    data: {
      ...mine,
      shown: {
        name: '赵示生',
        documents: [{ label: { zh: '公民身份号码', en: 'Citizen ID number' }, value: '520102188001010014' }],
        phone: '+86 139 0000 0001',
      },
      isFull: true,
      sessionLevel: 2,
      now: noon,
    },
  },
  'account-empty': {
    view: 'portal/account',
    data: {
      ...mine,
      person: empty,
      shown: { ...shown, documents: [], phone: undefined },
      sessionLevel: 0,
      now: noon,
    },
  },
  methods: { view: 'portal/methods', data: { ...mine, methods: ['password', 'sms', 'passkey'] } },
  'methods-empty': {
    view: 'portal/methods',
    data: {
      ...mine,
      person: empty,
      methods: ['password', 'sms', 'passkey'],
      faults: [fault('', 'lastWayIn')],
    },
  },
  activity: {
    view: 'portal/activity',
    data: {
      ...mine,
      sessions: [
        {
          id: 's1',
          isCurrent: true,
          device: 'Chrome · Android',
          address: '203.0.*.*',
          since: noon,
          method: 'passkey',
          sites: ['办事大厅（示例）', '医保（示例）'],
        },
        {
          id: 's2',
          isCurrent: false,
          device: undefined,
          address: undefined,
          since: noon - day,
          method: 'sms',
          sites: [],
        },
      ],
      logins: [
        { at: noon, method: 'passkey', outcome: 'succeeded', site: '办事大厅（示例）' },
        { at: noon - day, method: 'password', outcome: 'refused', site: undefined },
      ],
      next: 'cursor',
      lifetimes,
    },
  },
  'activity-empty': { view: 'portal/activity', data: { ...mine, sessions: [], logins: [], lifetimes } },
  sites: {
    view: 'portal/sites',
    data: {
      ...mine,
      sites: [
        { id: 'hall', name: '办事大厅（示例）', since: noon, claims: ['name', 'id_type', 'id_number'] },
        { id: 'health', name: '医保（示例）', since: noon, claims: [] },
      ],
    },
  },
  'sites-empty': { view: 'portal/sites', data: { ...mine, sites: [] } },
  'change-name': { view: 'portal/change-name', data: { ...mine, faults: [fault('name', 'nameMismatch')] } },
  'change-phone': { view: 'portal/change-phone', data: mine },
  'change-phone-code': { view: 'portal/change-phone-code', data: { ...mine, challenge: 'c' } },
  'change-password': { view: 'portal/change-password', data: mine },
  'passkey-add': { view: 'portal/passkey-add', data: { ...mine, suggestion: 'Chrome · Android' } },
  'passkey-rename': { view: 'portal/passkey-rename', data: { ...mine, passkey: overview.passkeys[0] } },
  'passkey-remove': { view: 'portal/passkey-remove', data: { ...mine, passkey: overview.passkeys[0] } },
  level: {
    view: 'portal/level',
    data: { ...mine, person: { ...empty, proofingLevel: 1, maskedPhone: '139****0001' } },
  },
  'level-top': { view: 'portal/level', data: { ...mine, person: { ...overview, proofingLevel: 3 } } },
  theft: { view: 'portal/theft', data: mine },
  'theft-done': { view: 'portal/theft-done', data: { blocked: ['sms', 'password'] } },
  disable: {
    view: 'portal/disable',
    data: { ...mine, sessions: 2, sites: 3, faults: [fault('confirm', 'confirm')] },
  },
  'disable-done': { view: 'portal/disable-done' },
  report: { view: 'portal/report', data: { token: 't' } },
  'report-expired': { view: 'portal/report-expired' },
  expired: { view: 'portal/expired' },
  'expired-site': {
    view: 'portal/expired',
    data: { startAgain: { name: '医保（示例）', uri: 'https://yibao.example' } },
  },
  'not-entered': { view: 'portal/not-entered', data: { isUnmet: false } },
  'not-entered-unmet': { view: 'portal/not-entered', data: { isUnmet: true } },
  'protocol-error': {
    view: 'portal/protocol-error',
    data: { error: 'invalid_client', text: { zh: '这个网站没有登记。', en: 'This site is not registered.' } },
  },
  'protocol-error-down': {
    view: 'portal/protocol-error',
    data: {
      error: 'server_error',
      isDown: true,
      text: { zh: '请稍后再试。', en: 'Please try again later.' },
    },
  },
  logout: {
    view: 'portal/logout',
    data: {
      action: '/oidc/logout/confirm',
      xsrf: 'x',
      site: '医保（示例）',
      sites: ['医保（示例）', '办事大厅（示例）'],
    },
  },
  'logout-own': { view: 'portal/logout', data: { action: '/oidc/logout/confirm', xsrf: 'x', sites: [] } },
  'logged-out': { view: 'portal/logged-out', data: { sites: ['医保（示例）', '办事大厅（示例）'] } },
  'logged-out-none': { view: 'portal/logged-out', data: { sites: [] } },
  'logged-out-one': { view: 'portal/logged-out', data: { site: '医保（示例）', sites: [] } },
  'logged-out-kept': { view: 'portal/logged-out', data: { isKept: true, sites: [] } },
  return: {
    view: 'portal/return',
    data: {
      action: 'https://yibao.example/callback',
      fields: [
        ['code', 'x'],
        ['state', 'y'],
      ],
      site: '医保（示例）',
    },
  },
  privacy: { view: 'portal/privacy' },
  accessibility: { view: 'portal/accessibility' },
  ...staffSamples,
};
